"""Bundled connectomes and the table of C. elegans cells: data only."""
