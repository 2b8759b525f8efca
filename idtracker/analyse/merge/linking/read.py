"""Declarations read from a store or publication; one of before there were any declares nothing."""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.merge.linking.declared import Declared, declared
from idtracker.store.tables import read_table

_TABLES = ("series_break", "code_crosswalk", "place_share", "place")


def read_declared(connection: duckdb.DuckDBPyConnection) -> Declared:
    """The declared breaks, crosswalks and shares."""
    there = {name for (name,) in connection.execute("SELECT DISTINCT table_name FROM duckdb_tables()").fetchall()}
    return declared({name: read_table(connection, name) for name in _TABLES if name in there})


def declared_breaks(connection: duckdb.DuckDBPyConnection, states: pd.DataFrame) -> pd.DataFrame:
    """Pseudo-cells with the status B for breaks that no crosswalk leads across: place_id, indicator_id, period, known_at, obs_status.

    One for each state (columns place_id, known_at) of a place that has ever had a value of the indicator, in the first quarter
    of the new basis, whether anything was reported in it or not.
    """
    breaks = read_declared(connection).breaks
    breaks = breaks[breaks["crosswalk"] == "none"]
    columns = ["place_id", "indicator_id", "period", "known_at", "obs_status"]
    if breaks.empty or states.empty:
        return pd.DataFrame(columns=columns)
    quarter = breaks["quarter"].astype("int64")
    period = (quarter // 4).astype("str") + "-Q" + (quarter % 4 + 1).astype("str")
    own = connection.execute("SELECT DISTINCT place_id, indicator_id FROM merged_cell_vintage ORDER BY ALL").df()
    rows = breaks[["indicator_id"]].assign(period=period).merge(own, on="indicator_id")
    moments = states[["place_id", "known_at"]].drop_duplicates()
    return rows.merge(moments, on="place_id").assign(obs_status="B")[columns]
