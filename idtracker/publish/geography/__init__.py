"""Boundaries of places: where they are from, whether they can be relied on, and how they are published."""
