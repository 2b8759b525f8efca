"""The formats that stand inside a publication, made from its own tables alone."""
