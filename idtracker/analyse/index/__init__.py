"""Merged cells to scores of every place, quarter and node of the index, and their trends."""
