"""The order problem: the synapses that run backward, and the lower bound on their weight."""
