"""What tests share: toy models, strategies, runners, where things are."""
