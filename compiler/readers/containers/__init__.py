"""Containers: what stands in a file and where, a module a format; nothing of what it means."""
