"""Delimited text in any encoding and dialect."""
