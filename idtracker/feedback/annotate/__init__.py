"""The submitter's own workbook, with the cells in question marked."""
