"""What leaves the store: derived tables as known at any day, snapshots per audience, and the way to read them."""
