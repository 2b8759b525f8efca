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
that may be carried from before the tracker's first quarter), those of which most places changed, and small stores: that
costs less.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.history.computed import KNOWN
from idtracker.analyse.history.timeline import PendingChangePoints
from idtracker.analyse.merge.linking.read import read_declared
from idtracker.model.method import Method
from idtracker.model.periods import quarter_number

FEW_ROWS = 10_000
"""Up to so many rows at all moments together a second merge, of countries, costs more than the other places do."""
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
    held = connection.execute(
        f"""SELECT indicator_id, min(first) AS earliest, count(*) AS rows, count(DISTINCT place_id) AS places
        FROM ({KNOWN}) WHERE indicator_id IS NOT NULL GROUP BY ALL"""
    ).df()
    held = held.set_index("indicator_id")
    calibrated = is_calibrated(indicator, method)
    return {
        *calibrated.index[calibrated],
        *declared.breaks["indicator_id"],
        *_cheaper_whole(held, changed),
        *_carried_in(held, indicator, pending, changed),
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


def _cheaper_whole(held: pd.DataFrame, changed: pd.DataFrame) -> set[str]:
    """Indicators of which, at most of their moments, more than half of the places changed; all where there are few rows."""
    by_indicator = changed.groupby("indicator_id")
    moments = by_indicator["known_at"].nunique()
    if (moments * held["rows"].reindex(moments.index).fillna(0)).sum() <= FEW_ROWS:
        return set(moments.index)
    is_more = by_indicator.size() > moments * held["places"].reindex(moments.index).fillna(0) / 2
    return set(is_more.index[is_more])


def _carried_in(
    held: pd.DataFrame, indicator: pd.DataFrame, pending: PendingChangePoints, changed: pd.DataFrame
) -> set[str]:
    """Indicators of which a touched cell of a country may come from before the first quarter in sight: no cell is kept there."""
    seen = {at: quarter_number(codes[0]) if codes else None for at, codes in pending.in_sight()}
    pooled = indicator.loc[indicator["level"].isin(_POOLED), "indicator_id"]
    rows = changed[changed["indicator_id"].isin(pooled)]
    first_seen = rows["known_at"].map(seen).astype("float64")
    earliest = rows["indicator_id"].map(held["earliest"])
    is_early = first_seen.isna() | ((rows["first"] - rows["reach"] < first_seen) & (earliest < first_seen))
    return set(rows.loc[is_early, "indicator_id"])
