"""Dagster wiring: assets, checks, schedules, sensors. No parsing, no SQL, no rules."""
