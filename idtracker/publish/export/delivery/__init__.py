"""A finished export taken to where its readers are."""
