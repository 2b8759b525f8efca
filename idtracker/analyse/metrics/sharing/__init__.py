"""Sharing: what was logged by those who shared, and what the system itself has seen."""
