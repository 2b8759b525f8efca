"""Rules about rows, one module per family."""
