"""Lint: what in a connectome's file looks like a trap, each finding with a code."""
