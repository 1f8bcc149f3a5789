"""Passes: one module each, one frozen type in, one frozen type out."""
