"""Measured claims, each beside its bound."""
