"""On what of other places a cell may rest: every rule that pools over places, in one list.

A cell is merged from the rows and decisions about its own indicator and place, and from its own history. Beyond that

- a country's cell may be made of those of its governorates (merge/policies/national.py): it is touched with each of them,
  in the same quarters, and is made from their cells as they are kept, with the drift of each (drifts.py);
- the bias of sources is estimated over all cells of an indicator (merge/policies/calibration.py): one whole, in every quarter;
- what translating an indicator across a declared break adds to its errors is taken over from the governorates by the country
  before their own errors are complete (merge/linking/basis.py): one whole;
- a place may take its past over from others by declared shares (merge/linking/places.py): every indicator is one whole.

An observation that is computed may rest on facts of any place. It is a row like others: touched are the places of the rows
that say something else.

Merged whole are, besides, indicators of which nothing is kept to go on from (a first run, the end of a quarter, a country's cell
that may be carried from before the tracker's first quarter), and those of which most places changed: that costs less.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.history.computed import KNOWN
from idtracker.analyse.history.timeline import PendingChangePoints
from idtracker.analyse.merge.linking.read import read_declared
from idtracker.model.method import Method
from idtracker.model.periods import quarter_number

_POOLED = ("adm1", "both")
"""Levels of indicators of which a country's cell may be made of its governorates'."""


def is_calibrated(indicator: pd.DataFrame, method: Method) -> pd.Series:
    """Whether the sources of each indicator are calibrated over all its cells, on indicator_id."""
    policy = indicator.set_index("indicator_id")["merge_policy"].fillna(method.merge_policy)
    calibrated: pd.Series = policy == "unobserved_components"
    return calibrated


def merged_whole(
    connection: duckdb.DuckDBPyConnection,
    indicator: pd.DataFrame,
    method: Method,
    pending: PendingChangePoints,
    changed: pd.DataFrame,
) -> set[str]:
    """Indicators to merge in all places together. `changed`: indicator_id, place_id, known_at, first, reach of what changed."""
    declared = read_declared(connection)
    if pending.since is None or pending.period_changes or len(declared.shares):
        return set(indicator["indicator_id"])
    calibrated = is_calibrated(indicator, method)
    return {
        *calibrated.index[calibrated],
        *declared.breaks["indicator_id"],
        *_mostly_changed(connection, changed),
        *_carried_in(connection, indicator, pending, changed),
    }


def countries_of(place: pd.DataFrame) -> pd.Series:
    """The country of each governorate, on place_id."""
    governorates = place[(place["level"] == "adm1") & place["parent_id"].notna()]
    return governorates.set_index("place_id")["parent_id"]


def with_countries(touched: pd.DataFrame, indicator: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """What is touched, and with it the countries above: one row for each indicator, place and moment."""
    pooled = indicator.loc[indicator["level"].isin(_POOLED), "indicator_id"]
    above = touched[touched["indicator_id"].isin(pooled)]
    above = above.assign(place_id=above["place_id"].map(countries_of(place))).dropna(subset="place_id")
    both = pd.concat([touched, above], ignore_index=True)
    key = ["indicator_id", "place_id", "known_at", "reach", "memory"]
    return both.groupby(key, as_index=False).agg({"first": "min", "last": "max"})


def _mostly_changed(connection: duckdb.DuckDBPyConnection, changed: pd.DataFrame) -> set[str]:
    """Indicators of which, at most of their moments, more than half of the places changed."""
    row = connection.execute(f"SELECT count(DISTINCT place_id) FROM ({KNOWN})").fetchall()[0]
    by_indicator = changed.groupby("indicator_id")
    limit = by_indicator["known_at"].nunique() * row[0] / 2
    is_more = by_indicator.size() > limit
    return set(is_more.index[is_more])


def _carried_in(
    connection: duckdb.DuckDBPyConnection,
    indicator: pd.DataFrame,
    pending: PendingChangePoints,
    changed: pd.DataFrame,
) -> set[str]:
    """Indicators of which a touched cell of a country may come from before the first quarter in sight: no cell is kept there."""
    rows = connection.execute(f"SELECT indicator_id, min(first) FROM ({KNOWN}) GROUP BY ALL").fetchall()
    seen = {at: quarter_number(codes[0]) if codes else None for at, codes in pending.in_sight()}
    rows_of = changed[changed["indicator_id"].isin(indicator.loc[indicator["level"].isin(_POOLED), "indicator_id"])]
    first_seen, earliest = rows_of["known_at"].map(seen), rows_of["indicator_id"].map(dict(rows))
    is_early = first_seen.isna() | ((rows_of["first"] - rows_of["reach"] < first_seen) & (earliest < first_seen))
    return set(rows_of.loc[is_early, "indicator_id"])
