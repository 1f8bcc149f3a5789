"""What stands in a book, understood as edges: one code for every container."""
