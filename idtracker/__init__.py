"""idtracker: departmental and partner reporting in, a shared stability tracker and integration metrics out.

import idtracker
tracker = idtracker.open()
tracker.table("score").to_pandas()
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idtracker.publish.tracker import Tracker

__all__ = ["__version__", "open"]


def open(home: str | Path | None = None, sources: str | Path | None = None, audience: str = "hmg") -> Tracker:
    """The published store of a home, for reading."""
    from idtracker.publish.tracker import open_tracker

    return open_tracker(home, sources, audience)


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib import metadata

        return metadata.version("idtracker")
    raise AttributeError(name)
