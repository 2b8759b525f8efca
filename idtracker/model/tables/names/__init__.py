"""Names of published tables and columns over time."""
