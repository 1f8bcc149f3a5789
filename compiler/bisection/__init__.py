"""Which changes moved a number: bisect over the hunks of a diff."""
