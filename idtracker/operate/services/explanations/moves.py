"""Cells, scores and metric values that differ between two instants, the largest moves first."""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.explain.tables import Row, rows_of
from idtracker.model.explanation import Node, first_of, node
from idtracker.model.home import Home
from idtracker.model.json_values import plain
from idtracker.publish.reading.known_at import open_snapshot
from idtracker.publish.reading.moved import FIGURES, compare_figures
from idtracker.store.tables import read_table

_BEFORE = pd.Timedelta(microseconds=1)
_WORDS = {"merged_cell": "merged cells", "score": "scores", "metric_value": "metric values"}


def moved_figures(home: Home, audience_id: str, at: pd.Timestamp, limit: int | None) -> list[Node]:
    """One node per derived table: how many of its figures an instant changed, and which, both sides computed anew."""
    before, after = (_figures(home, audience_id, moment) for moment in (at - _BEFORE, at))
    return [_moves(table, before[table], after[table], limit) for table in FIGURES]


def _figures(home: Home, audience_id: str, at: pd.Timestamp) -> dict[str, pd.DataFrame]:
    with open_snapshot(home, audience_id, at) as known:
        return {table: _table(known, table) for table in FIGURES}


def _table(known: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    return read_table(known, table)


def _moves(table: str, before: pd.DataFrame, after: pd.DataFrame, limit: int | None) -> Node:
    moved = compare_figures(table, before, after)
    kinds = {
        "new": moved["before"].isna(),
        "gone": moved["after"].isna(),
        "moved": moved["before"].notna() & moved["after"].notna(),
    }
    says = ", ".join(f"{int(chosen.sum()):,} {kind}" for kind, chosen in kinds.items() if chosen.any())
    nodes = [_move(table, row) for row in rows_of(moved)]
    return node(f"{_WORDS[table]} that differ", len(moved), first_of(nodes, limit), says=says)


def _move(table: str, row: Row) -> Node:
    name = " ".join(str(row[column]) for column in FIGURES[table][0])
    before, after = plain(row["before"]), plain(row["after"])
    if row["before"] is None:
        says = "new"
    elif row["after"] is None:
        says = f"gone; before: {row['before']:,.4g}"
    else:
        says = f"before: {row['before']:,.4g}"
    return node(name, after, before=before, says=says)
