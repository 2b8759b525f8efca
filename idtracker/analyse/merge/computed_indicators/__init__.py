"""Observations worked out from events and survey answers."""
