"""Commands for the analyst: query, explain, status."""
