"""Text to typed fields. Names are resolved and rows judged elsewhere."""
