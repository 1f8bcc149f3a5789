"""Random twins of a connectome: null models that keep what they say they keep."""
