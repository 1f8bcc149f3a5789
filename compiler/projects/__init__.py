"""Models in a repository: how each is to be made, from where, and how it is made again."""
