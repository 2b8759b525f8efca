"""Explanations of networks: why a figure moved."""
