"""Rules that reference data has to keep, one module per table."""
