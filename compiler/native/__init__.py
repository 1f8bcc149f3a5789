"""A fast sweep, in C, for any module that elegansc generated."""
