"""Dates and periods as people type them, in several calendars and languages."""
