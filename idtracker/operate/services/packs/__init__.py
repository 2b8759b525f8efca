"""Feedback packs of a home: one folder for each body that reports."""
