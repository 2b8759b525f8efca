"""The bounds: the same work written by hand as one DuckDB script."""
