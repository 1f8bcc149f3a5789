"""Proof: the ways in which a generated module is held to its tables, one a module."""
