"""Where the Python API is imported from; it stands in `reading/`."""

from __future__ import annotations

from idtracker.publish.reading.known_at import NOW_ALONE, instant, open_snapshot
from idtracker.publish.reading.tracker import Tracker, open_tracker

__all__ = ["NOW_ALONE", "Tracker", "instant", "open_snapshot", "open_tracker"]
