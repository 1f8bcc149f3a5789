"""Null models: random twins of a connectome, each checked for what it must keep."""
