"""The generated file: a plan as Python source, and the source as a plan again."""
