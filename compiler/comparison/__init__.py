"""Compare connectomes and models: diff, status, git."""
