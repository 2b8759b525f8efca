"""Which figures and statements differ between two stores: the tables that people read, compared column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import pandas as pd

from idtracker.model.tables import FACTS, PROVENANCE, TABLES, columns_of
from idtracker.store.tables import read_table

_NO_FIGURE = frozenset({*PROVENANCE, "classification", "releasable_to", "handling", "as_of_on", "submission_ids"})


class Kind(NamedTuple):
    """A table of figures or statements, what tells its rows apart, and the column that is shown."""

    table: str
    key: tuple[str, ...]
    shown: str


KINDS: Mapping[str, Kind] = {
    "score": Kind("score", ("place_id", "period", "node_code"), "score"),
    "trend": Kind("trend", ("place_id", "period", "node_code"), "trend_class"),
    "metric": Kind("metric_value", ("metric_id", "measure", "scope", "period"), "value"),
    "warning": Kind("warning", ("rule_id", "place_id", "period"), "state"),
    "scenario": Kind("scenario", ("question_id", "period", "scheme"), "estimate"),
    "round": Kind("round", ("round_id",), "score"),
    "product": Kind("analysis_product", ("fact_id",), "product_id"),
    "decision": Kind("decision", ("fact_id",), "decision_id"),
    "answer": Kind("kpq_response", ("fact_id",), "answer"),
    "judgement": Kind("judgement", ("fact_id",), "judgement_id"),
    "claim": Kind("effect_claim", ("fact_id",), "claim_id"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is another without the submission, or none: its key, and the column that is shown on both sides."""

    kind: str
    key: tuple[str, ...]
    before: object
    after: object


def differences(kept: duckdb.DuckDBPyConnection, without: duckdb.DuckDBPyConnection) -> list[Difference]:
    """Every figure of KINDS of which any column but its markings and provenance differs, by kind and key; exact."""
    found: list[Difference] = []
    for kind in KINDS:
        found += _of_kind(kind, *(rows_of_kind(store, kind) for store in (kept, without)))
    return found


def facts_differ(kept: duckdb.DuckDBPyConnection, without: duckdb.DuckDBPyConnection) -> bool:
    """Whether any known fact is only in one of two stores, or says something else there; exact up to a hash of 64 bits."""
    return any(_digest(kept, table) != _digest(without, table) for table in FACTS)


def _digest(store: duckdb.DuckDBPyConnection, table: str) -> tuple[object, ...]:
    said = ["fact_id", *(c.name for c in columns_of(TABLES[table]) if c.name not in _NO_FIGURE and c.name != "fact_id")]
    listed = ", ".join(f'"{name}"' for name in said)
    query = f'SELECT count(*), sum(CAST(hash({listed}) AS HUGEINT)) FROM "{table}" WHERE recorded_to IS NULL'
    return tuple(store.execute(query).fetchall()[0])


def rows_of_kind(store: duckdb.DuckDBPyConnection, kind: str) -> pd.DataFrame:
    """The rows of a kind as they stand in a store; of facts those that are known."""
    table = KINDS[kind].table
    return read_table(store, table, "recorded_to IS NULL" if table in FACTS else "TRUE")


def _of_kind(name: str, before: pd.DataFrame, after: pd.DataFrame) -> list[Difference]:
    kind = KINDS[name]
    columns = [c.name for c in columns_of(TABLES[kind.table]) if c.name in kind.key or c.name not in _NO_FIGURE]
    old, new = (_by_key(frame[[*dict.fromkeys([*kind.key, *columns])]], kind.key) for frame in (before, after))
    at = [c for c in columns if c not in kind.key]
    shown = at.index(kind.shown) if kind.shown in at else None
    found = []
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        if one != other:
            sides = [None if side is None or shown is None else side[shown] for side in (one, other)]
            found.append(Difference(name, key, *sides))
    return found


def _by_key(frame: pd.DataFrame, key: tuple[str, ...]) -> dict[tuple[str, ...], tuple[object, ...]]:
    """Rows by key; what is missing is None, so that it equals itself."""
    plain = frame.astype(object).where(frame.notna(), None)
    width = len(key)
    rest = [c for c in plain.columns if c not in key]
    return {
        tuple(map(str, row[:width])): row[width:] for row in plain[[*key, *rest]].itertuples(index=False, name=None)
    }
