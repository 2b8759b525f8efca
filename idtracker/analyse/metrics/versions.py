"""Tables with every version of their rows: from when to when each was known."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from idtracker.model.tables import FACTS, TABLES, conform_types, empty_frame
from idtracker.model.tables.vintages import KNOWN, vintages_of

BOUNDS = ("begins", "ends")
"""Columns that say from when on, and until when, a version was known; no end while it is."""
_RECORDED = ("recorded_from", "recorded_to")


def versions_in(frames: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Every version of a table among frames by name: a fact table itself, of a derived one that of its vintages."""
    stored, bounds = (name, _RECORDED) if name in FACTS else (vintages_of(name), KNOWN)
    model = TABLES[stored]
    rows = frames.get(stored)
    rows = empty_frame(model) if rows is None else conform_types(rows.reset_index(drop=True), model)
    return rows.assign(**{ours: rows[theirs] for ours, theirs in zip(BOUNDS, bounds, strict=True)})
