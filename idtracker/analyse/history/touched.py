"""Which quarters of which indicator a change touches, and how far around them a merge has to look.

A change of rows about the quarters [first, last] at a moment touches the values from `first` to `last`, and the errors of
those up to `memory` quarters later, in whose history they stand; and all of them as far as a value may be carried (`reach`
quarters). The reports behind cells are touched from `reach` before `first` (a cell that was carried may stand no longer) to
`memory` after `last` (one may be carried no longer). For these to be right every row is needed about the quarters from
2·reach + memory before `first` to memory + reach after `last`. An indicator whose sources are calibrated is one whole: any
change touches all of it.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import PendingChangePoints
from idtracker.analyse.merge.quarters import SHORTEST_QUARTER_DAYS
from idtracker.model.method import Method
from idtracker.store.tables import read_table

_FAR = 40_000  # beyond the number of any quarter
KNOWN = """
    SELECT *, year(period_start) * 4 + quarter(period_start) - 1 AS first,
      year(period_end) * 4 + quarter(period_end) - 1 AS last
    FROM (SELECT *, recorded_from AS begins, recorded_to AS ends FROM observation
      UNION ALL BY NAME SELECT * FROM _computed)
"""
"""Every observation, stated or computed: the interval in which it was known, and its first and last quarter."""


def touched_quarters(
    connection: duckdb.DuckDBPyConnection, indicator: pd.DataFrame, method: Method, pending: PendingChangePoints
) -> pd.DataFrame:
    """When each indicator's cells change, and in which quarters: indicator_id, known_at, first, last, reach, memory.

    The computed observations must stand in the view `_computed`.
    """
    since = "-infinity" if pending.since is None else pending.since.isoformat(sep=" ")
    changed: pd.DataFrame = connection.execute(
        f"""SELECT indicator_id, known_at, min(first) AS first, max(last) AS last
        FROM (SELECT indicator_id, unnest([begins, ends]) AS known_at, first, last FROM ({KNOWN}))
        WHERE known_at > TIMESTAMP '{since}' GROUP BY ALL"""
    ).df()
    decided = read_table(connection, "adjudication")[["indicator_id", "decided_at", "period"]]
    turned = [(at, code) for at, came, gone in pending.period_changes for code in sorted(came | gone)]
    turns = indicator[["indicator_id"]].merge(pd.DataFrame(turned, columns=["known_at", "period"]), how="cross")
    named = pd.concat([decided.rename(columns={"decided_at": "known_at"}), turns], ignore_index=True)
    number = named["period"].str[:4].astype("int64") * 4 + named["period"].str[-1].astype("int64") - 1
    named = named.drop(columns="period").assign(first=number, last=number)
    frames = [f.astype({"known_at": "datetime64[ns]"}) for f in (changed, named) if len(f)]
    if not frames:
        return changed.assign(reach=0, memory=0)
    every = pd.concat(frames, ignore_index=True)
    every = every[every["known_at"].isin(pending.at)]
    touched = every.groupby(["indicator_id", "known_at"], as_index=False).agg({"first": "min", "last": "max"})
    terms = indicator.set_index("indicator_id")
    touched = touched[touched["indicator_id"].isin(terms.index)].reset_index(drop=True)
    policy = touched["indicator_id"].map(terms["merge_policy"]).fillna(method.merge_policy)
    is_whole = policy == "unobserved_components"
    reach = touched["indicator_id"].map(terms["max_age_days"]).astype("int64") // SHORTEST_QUARTER_DAYS
    reached: pd.DataFrame = touched.assign(
        first=touched["first"].mask(is_whole, 0),
        last=touched["last"].mask(is_whole, _FAR),
        reach=reach,
        memory=0 if method.uncertainty is None else method.uncertainty.history.window - 1,
    ).astype({"first": "int64", "last": "int64"})
    return reached


def states_of(
    connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame, table: str, quarters: list[int]
) -> pd.DataFrame:
    """The touched quarters of `merged_cell` or of `cell_report` one by one: indicator_id, period, known_at."""
    before, after = ("0", "memory + reach") if table == "merged_cell" else ("reach", "memory")
    connection.register("_touched", touched)
    connection.register("_grid", pd.DataFrame({"q": pd.Series(quarters, dtype="int64")}))
    try:
        states: pd.DataFrame = connection.execute(
            f"""SELECT indicator_id, (q // 4) || '-Q' || (q % 4 + 1) AS period, known_at FROM _touched
            JOIN _grid ON q BETWEEN first - {before} AND last + {after} ORDER BY ALL"""
        ).df()
    finally:
        connection.unregister("_touched")
        connection.unregister("_grid")
    return states
