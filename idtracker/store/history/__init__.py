"""Moments at which something changed, and the vintages of derived tables."""
