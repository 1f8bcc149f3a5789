"""The protocol of a comparison: its runs and tests, fixed before the first run."""
