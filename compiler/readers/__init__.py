"""Readers: one module a format, bytes in, plain columns out."""
