"""What leaves the store: snapshots per audience, and the way to read them."""
