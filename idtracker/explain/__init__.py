"""Trees of what, value and because: from a figure down to the rows of a file. Opens no store."""
