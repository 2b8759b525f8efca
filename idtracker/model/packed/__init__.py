"""Columns of text that take one to eight bytes a row in memory, and are text to pandas."""
