"""What goes back to whoever sent a file: results, marked workbooks, templates, in English and Arabic."""
