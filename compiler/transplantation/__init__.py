"""Carry trained parameters from one generated model to another, by name."""

from .carry import transplant

__all__ = ["transplant"]
