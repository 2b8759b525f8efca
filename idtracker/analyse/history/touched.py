"""Which quarters of which indicator and place a change touches, and how far around them a merge has to look.

A change of rows about the quarters [first, last] at a moment touches the values from `first` to `last`, and the errors of
those up to `memory` quarters later, in whose history they stand; and all of them as far as a value may be carried (`reach`
quarters). The reports behind cells are touched from `reach` before `first` (a cell that was carried may stand no longer) to
`memory` after `last` (one may be carried no longer). For these to be right every row is needed about the quarters from
2·reach + memory before `first` to memory + reach after `last`. Which other places a change touches, pooling.py says.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from idtracker.analyse.history.computed import KNOWN
from idtracker.analyse.history.pooling import countries_of, is_calibrated, merged_whole, with_countries
from idtracker.analyse.history.timeline import PendingChangePoints
from idtracker.analyse.merge.quarters import SHORTEST_QUARTER_DAYS
from idtracker.model.method import Method
from idtracker.model.periods import quarter_number
from idtracker.store.connection import registered
from idtracker.store.tables import read_table

_FAR = 40_000  # beyond the number of any quarter


@dataclass(frozen=True, slots=True)
class Touched:
    """When which cells change, and in which quarters: known_at, first, last, reach and memory.

    `indicators` (indicator_id) are merged in all places together, `places` (and place_id) each by itself, `countries` (and place_id)
    from their own rows and the cells of their governorates as they are after that.
    """

    indicators: pd.DataFrame
    places: pd.DataFrame
    countries: pd.DataFrame


def touched_cells(
    connection: duckdb.DuckDBPyConnection,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    pending: PendingChangePoints,
) -> Touched:
    """What has to be merged again at the moments that are left; `place` are the places that the tracker scores.

    The computed observations must stand in the view `_computed`.
    """
    terms = indicator.set_index("indicator_id")
    reach = terms["max_age_days"].astype("int64") // SHORTEST_QUARTER_DAYS
    memory = 0 if method.uncertainty is None else method.uncertainty.history.window - 1
    changed = pd.concat([_changed_rows(connection, pending), _decided(connection)], ignore_index=True)
    changed = changed[changed["indicator_id"].isin(terms.index) & changed["known_at"].isin(pending.at)]
    changed = changed.assign(reach=changed["indicator_id"].map(reach).astype("int64"), memory=memory)
    is_whole = changed["indicator_id"].isin(merged_whole(connection, indicator, method, pending, changed))
    apart = with_countries(changed[~is_whole], indicator, place)
    is_country = apart["place_id"].isin(countries_of(place))
    turned = _turned(indicator, pending)
    turned = turned.assign(reach=turned["indicator_id"].map(reach).astype("int64"), memory=memory)
    every = pd.concat([changed[is_whole].drop(columns="place_id"), turned], ignore_index=True)
    every = every.groupby(["indicator_id", "known_at", "reach", "memory"], as_index=False).agg(_SPAN)
    calibrated = every["indicator_id"].map(is_calibrated(indicator, method)).astype("bool")
    every = every.assign(first=every["first"].mask(calibrated, 0), last=every["last"].mask(calibrated, _FAR))
    return Touched(every, apart[~is_country], apart[is_country])


_SPAN = {"first": "min", "last": "max"}


def _changed_rows(connection: duckdb.DuckDBPyConnection, pending: PendingChangePoints) -> pd.DataFrame:
    """When rows of an indicator and place come or go, and the quarters they are about."""
    since = "-infinity" if pending.since is None else pending.since.isoformat(sep=" ")
    rows: pd.DataFrame = connection.execute(
        f"""SELECT indicator_id, place_id, known_at, min(first) AS first, max(last) AS last
        FROM (SELECT indicator_id, place_id, unnest([begins, ends]) AS known_at, first, last FROM ({KNOWN})
          WHERE begins > TIMESTAMP '{since}' OR ends > TIMESTAMP '{since}')
        WHERE known_at > TIMESTAMP '{since}' GROUP BY ALL"""
    ).df()
    return rows.astype(_TYPES)


_TYPES = {"known_at": "datetime64[ns]", "first": "int64", "last": "int64"}


def _decided(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """When cells were decided."""
    decided = read_table(connection, "adjudication")[["indicator_id", "place_id", "decided_at", "period"]]
    number = [quarter_number(code) for code in decided["period"]]
    decided = decided.drop(columns="period").rename(columns={"decided_at": "known_at"})
    return decided.assign(first=number, last=number).astype(_TYPES)


def _turned(indicator: pd.DataFrame, pending: PendingChangePoints) -> pd.DataFrame:
    """When quarters come into sight or leave it: of every indicator, in all places."""
    turned = [(at, quarter_number(code)) for at, came, gone in pending.period_changes for code in sorted(came | gone)]
    turns = pd.DataFrame(turned, columns=["known_at", "first"])
    turns = turns.assign(last=turns["first"]).astype(_TYPES)
    return indicator[["indicator_id"]].merge(turns, how="cross")


def keys_of(touched: pd.DataFrame) -> list[str]:
    """What names the cells of a frame of Touched: the indicator, or indicator and place."""
    return [name for name in ("indicator_id", "place_id") if name in touched.columns]


def states_of(
    connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame, table: str, quarters: list[int]
) -> pd.DataFrame:
    """The touched quarters of `merged_cell` or of `cell_report` one by one: those of keys_of(), period, known_at."""
    before, after = ("0", "memory + reach") if table == "merged_cell" else ("reach", "memory")
    keys = ", ".join(keys_of(touched))
    with registered(
        connection, {"_touched": touched, "_grid": pd.DataFrame({"q": pd.Series(quarters, dtype="int64")})}
    ):
        states: pd.DataFrame = connection.execute(
            f"""SELECT {keys}, (q // 4) || '-Q' || (q % 4 + 1) AS period, known_at FROM _touched
            JOIN _grid ON q BETWEEN first - {before} AND last + {after} ORDER BY ALL"""
        ).df()
    return states
