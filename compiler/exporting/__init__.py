"""A connectome as a file that other programs read: its canonical rows, the forms of it."""
