"""What the compiler did, in words."""
