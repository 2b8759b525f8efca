"""Drafts of a `source.yml` from a file that nobody has described yet."""
