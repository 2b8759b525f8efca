"""The marking of every fact row, and the quarter it speaks of."""

from __future__ import annotations

from functools import partial
from itertools import chain

import pandas as pd

from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.tables import FACTS, days_of

_OWN = "ORIGINATOR"


def marking_columns(table: str) -> list[str]:
    """The columns of a fact table that say how its rows are marked and which days they speak of."""
    days = chain.from_iterable(days_of(FACTS[table]))
    return list(dict.fromkeys(["classification", "handling", "releasable_to", "originator_org_id", *days]))


def official_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows marked OFFICIAL (not -SENSITIVE) that speak of the quarter, with `counts`: releasable to the originator only.

    Columns `unit` (table and fact), `table`, `source_id`, `counts` and those that locate the row.
    """
    rows = inputs.remember(("official_rows",), lambda: _official(inputs))
    existence_columns = rows["start"].isna()
    return rows[
        existence_columns | ((rows["start"] <= quarter.end) & (rows["end"].isna() | (rows["end"] >= quarter.start)))
    ]


def _official(inputs: Inputs) -> pd.DataFrame:
    tables = {name: inputs.table(name) for name in inputs.fact_tables()}
    parts = [
        inputs.remember_while(("marked", name), [rows], partial(_marked, rows, name)) for name, rows in tables.items()
    ]
    return pd.concat([_marked(inputs.table("observation").head(0), "observation"), *parts], ignore_index=True)


def _marked(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """The OFFICIAL rows of one table. A row without any date is standing: it speaks of every quarter."""
    sensitive = rows["handling"].str.contains("SENSITIVE", na=False)
    rows = rows[(rows["classification"] == "OFFICIAL") & ~sensitive]
    start, end = _speaks_of(rows, table)
    restricted = (rows["releasable_to"] == rows["originator_org_id"]) | (rows["releasable_to"] == _OWN)
    marked = rows[[*ROW, "source_id", "releasable_to"]].assign(table=table, start=start, end=end)
    return marked.assign(counts=restricted.fillna(False).astype(bool), unit=table + " " + rows["fact_id"])


def _speaks_of(rows: pd.DataFrame, table: str) -> tuple[pd.Series, pd.Series]:
    """First and last day a row speaks of: its period, else its dates, else its one day; an open end stays open."""
    start = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
    end = start.copy()
    for first, last in days_of(FACTS[table]):
        take = start.isna() & rows[first].notna()
        start, end = start.mask(take, rows[first]), end.mask(take, rows[last])
    return start, end
