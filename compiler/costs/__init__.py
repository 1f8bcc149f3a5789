"""What a model costs to run: counts of its graph, and times that this machine was measured by."""
