"""The same at every moment at which it changed: what has to be worked out again, and from when."""
