"""Whether runs on this machine draw briefings, and which publication has one; asked by commands that must start fast."""

from __future__ import annotations

from pathlib import Path

from idtracker.model.home import Home
from idtracker.model.steps.switches import is_on

SETTING = "IDTRACKER_BRIEFING"
"""`no`: runs on this machine draw no briefings."""
FOLDER, START = "briefing", "index.html"
"""Name of a briefing's folder, and of the page to open."""


def is_drawn() -> bool:
    """Whether runs draw briefings on this machine."""
    return is_on(SETTING)


def published_page(home: Home, audience_id: str) -> Path | None:
    """The page to open of the briefing in an audience's current publication; None where it has none."""
    page = (home.published / audience_id / "current").resolve() / FOLDER / START
    return page if page.is_file() else None
