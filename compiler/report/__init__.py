"""Reports of compile and explain, for people."""
