"""Scores of a model against the signal atlas: what its wiring says beyond distance."""
