"""Declared breaks and shares as merging takes them, and a cell of a merge."""

from __future__ import annotations

import pandas as pd

from idtracker.analyse.merge.linking.declared import declared
from idtracker.model.method import BUNDLED, load_method
from idtracker.model.tables import conform_types, empty_frame
from idtracker.model.tables.reference import CodeCrosswalk, Place, PlaceShare, SeriesBreak

QUARTERS = [f"{year}-Q{n}" for year in (2024, 2025) for n in (1, 2, 3, 4)]
STATED = load_method(BUNDLED.with_name("STAB-1.1.yml"))
"""A method that completes no error: what a report states is what its cell says."""


def break_of(**more):
    row = {"break_id": "b1", "indicator_id": "trust", "valid_from": "2025-01-01", "kind": "base", "reason": "r"}
    return row | {"crosswalk": "linear", "factor": 2.0, "addend": 5.0, "crosswalk_error": 3.0} | more


def frames(breaks=(), codes=(), shares=(), place=None):
    tables = {"place": place if place is not None else empty_frame(Place)}
    for name, model, rows in (
        ("series_break", SeriesBreak, breaks),
        ("code_crosswalk", CodeCrosswalk, codes),
        ("place_share", PlaceShare, shares),
    ):
        tables[name] = conform_types(pd.DataFrame(list(rows)), model) if rows else empty_frame(model)
    return declared(tables)


def at(cells, period, place="JO-AM"):
    row = cells[(cells["period"] == period) & (cells["place_id"] == place)]
    return None if row.empty else row.iloc[0]
