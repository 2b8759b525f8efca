"""What `explain` prints: what the Python API gives as well."""

from __future__ import annotations

from idtracker.publish.reading.explanation import Explanation

__all__ = ["Explanation"]
