"""A model measured against the signal atlas, beside its twins and beside rulers."""
