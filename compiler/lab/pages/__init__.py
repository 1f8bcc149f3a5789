"""The README and the pictures of a comparison."""
