"""What declarations say of two sides of a change: breaks between them, and which governorates were there."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd

from idtracker.store.tables import read_table

Breaks = dict[str, list[date]]
Spans = dict[str, tuple[date, date]]


def breaks_and_spans(connection: duckdb.DuckDBPyConnection) -> tuple[Breaks, Spans]:
    """Indicator -> first days of its breaks without a crosswalk; place of declared shares -> first day, first day without it.

    Nothing of a publication from before there were declarations.
    """
    there = {name for (name,) in connection.execute("SELECT DISTINCT table_name FROM duckdb_tables()").fetchall()}
    breaks: Breaks = {}
    spans: Spans = {}
    if "series_break" in there:
        rows = read_table(connection, "series_break", "crosswalk = 'none'")
        for name, day in zip(rows["indicator_id"], rows["valid_from"], strict=True):
            breaks.setdefault(str(name), []).append(_date(day))
    if "place_share" in there:
        rows = read_table(connection, "place_share")
        for old, new, day in zip(rows["from_place_id"], rows["to_place_id"], rows["valid_from"], strict=True):
            spans[str(old)] = (spans.get(str(old), (date.min, date.max))[0], _date(day))
            spans[str(new)] = (_date(day), spans.get(str(new), (date.min, date.max))[1])
    return breaks, spans


def _date(day: object) -> date:
    return pd.Timestamp(day).date()  # type: ignore[arg-type]
