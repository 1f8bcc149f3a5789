"""Pages of reference that are made from the registries of the code."""
