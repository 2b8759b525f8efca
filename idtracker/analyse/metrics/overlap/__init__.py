"""Presence: which organisation works at which place in which sector, and what ties those that meet there."""
