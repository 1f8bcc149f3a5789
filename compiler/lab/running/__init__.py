"""Train the models of a comparison."""
