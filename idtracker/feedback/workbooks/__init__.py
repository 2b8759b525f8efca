"""Templates to fill and workbooks of held rows to correct."""
