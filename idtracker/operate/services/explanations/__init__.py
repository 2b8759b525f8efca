"""Explanations of figures from a published store."""
