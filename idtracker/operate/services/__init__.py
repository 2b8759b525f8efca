"""What stands behind a command that reads or writes decisions, definitions and reference data."""
