"""Options and layout from named values: of a command, of a call, of a table."""
