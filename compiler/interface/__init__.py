"""What a caller from Python gets: compile, diff, verify, and their results."""
