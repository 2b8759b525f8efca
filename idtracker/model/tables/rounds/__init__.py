"""Rounds as tables."""
