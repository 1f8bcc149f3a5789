"""Merge: two changes of one model, by the names in their tables."""
