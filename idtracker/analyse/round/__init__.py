"""Rounds: what is frozen at a cut-off, what comes late, and the tables of it over time."""
