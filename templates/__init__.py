"""Jinja pages of the generated modules, one a target."""
