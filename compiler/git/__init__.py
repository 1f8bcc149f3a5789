"""git: how it is run, and the files of its revisions."""
