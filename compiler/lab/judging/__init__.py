"""Judge the results of a comparison by its protocol."""
