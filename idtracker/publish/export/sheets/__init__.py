"""Sheets of a workbook: the package that they stand in, and their rows."""
