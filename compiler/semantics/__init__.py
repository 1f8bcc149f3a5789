"""What a compiled model computes: activations and the interpreter."""
