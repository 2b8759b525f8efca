"""The marking of every fact row, and the quarter it speaks of."""

from __future__ import annotations

from itertools import chain

import numpy as np
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

    Columns `source_id`, `counts` and `times` (how many rows one stands for); where every row is at hand also `unit` (table
    and fact), `table` and those that locate the row.
    """
    rows = inputs.remember(("official_rows",), lambda: _official(inputs))
    start, end = rows["start"].to_numpy(), rows["end"].to_numpy()
    begun, unfinished = start <= quarter.end.to_datetime64(), ~(end < quarter.start.to_datetime64())
    spoken_of: pd.DataFrame = rows[np.isnat(start) | (begun & unfinished)]
    return spoken_of


def _official(inputs: Inputs) -> pd.DataFrame:
    if inputs.marked is not None:
        return inputs.marked.at(inputs.as_of)
    tables = {name: inputs.table(name) for name in inputs.fact_tables()}
    parts = [_marked(rows, name) for name, rows in tables.items()]
    return pd.concat([_marked(inputs.table("observation").head(0), "observation"), *parts], ignore_index=True)


def _marked(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """The OFFICIAL rows of one table. A row without any date is standing: it speaks of every quarter."""
    sensitive = rows["handling"].str.contains("SENSITIVE", na=False)
    rows = rows[(rows["classification"] == "OFFICIAL") & ~sensitive]
    start, end = _speaks_of(rows, table)
    restricted = (rows["releasable_to"] == rows["originator_org_id"]) | (rows["releasable_to"] == _OWN)
    marked = rows[[*ROW, "source_id", "releasable_to"]].assign(table=table, start=start, end=end)
    return marked.assign(counts=restricted.fillna(False).astype(bool), unit=table + " " + rows["fact_id"], times=1)


def _speaks_of(rows: pd.DataFrame, table: str) -> tuple[pd.Series, pd.Series]:
    """First and last day a row speaks of: its period, else its dates, else its one day; an open end stays open."""
    start = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
    end = start.copy()
    for first, last in days_of(FACTS[table]):
        take = start.isna() & rows[first].notna()
        start, end = start.mask(take, rows[first]), end.mask(take, rows[last])
    return start, end
