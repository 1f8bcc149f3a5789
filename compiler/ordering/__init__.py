"""The feedback arc set: which synapses run backward, and what is proved of it."""
