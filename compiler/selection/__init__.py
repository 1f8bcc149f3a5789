"""What `select_cells` asks: is a table of these cells, which names are near, which match."""
