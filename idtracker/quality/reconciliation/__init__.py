"""Rows in against rows out, from files to publication."""
