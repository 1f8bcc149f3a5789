"""Connectomes that a caller from Python has in hand: graphs, tables, rows, bytes, files."""
