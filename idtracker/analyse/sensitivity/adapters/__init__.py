"""Methods put as problems: the tracker's own out of the store, and index files on their data."""
