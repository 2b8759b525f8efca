"""The result of checking one file, as text, page and document."""
