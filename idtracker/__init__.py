"""idtracker: departmental and partner reporting in, a shared stability tracker and integration metrics out.

import idtracker
tracker = idtracker.open()
tracker.table("score").to_pandas()
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from idtracker.publish.tracker import Tracker

__all__ = ["Tracker", "__version__", "open"]


def open(
    home: str | Path | None = None,
    sources: str | Path | None = None,
    audience: str = "hmg",
    *,
    publication: str | Path | None = None,
) -> Tracker:
    """The published store of a home, or with `publication` that of a folder or database file, for reading.

    `sources` is taken and not read: a publication is enough.
    """
    from idtracker.publish.tracker import open_tracker

    return open_tracker(home, sources, audience, publication)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        return metadata.version("idtracker")
    if name == "Tracker":
        from idtracker.publish.tracker import Tracker

        return Tracker
    raise AttributeError(name)
