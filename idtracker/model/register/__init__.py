"""Reviewed reference data: codelists, organisations, places, indicators, names and decided matches."""
