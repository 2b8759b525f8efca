"""Integration metrics: the registry of definitions, their inputs, and the figures they give."""
