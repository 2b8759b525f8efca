"""A publication for geographic information systems: its places with their boundaries, and every table that has a place."""
