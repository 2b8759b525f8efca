"""Why a published figure is what it is: the tables of a publication handed to the tracker's own explanation, with files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import duckdb
import pandas as pd

from idtracker.explain.cell import cell_node
from idtracker.explain.name_lookup import indicator_of, node_of, place_of, quarter_of
from idtracker.explain.score import explain_score
from idtracker.explain.tables import KnownTables, Row, rows_of
from idtracker.model.composite.definition import Index
from idtracker.model.errors import OtherTablesError, UsageError
from idtracker.model.explanation import Node, node
from idtracker.model.json_values import plain
from idtracker.model.methods.chosen import Methods
from idtracker.model.methods.published import methods_of
from idtracker.model.tables import REFERENCE
from idtracker.store.tables import read_table

_DERIVED = ("score", "merged_cell", "cell_report", "adjudication")
_FACTS = ("observation", "event", "survey_response")
_OF_FILE = ("file_name", "sha256", "rule_set_version", "received_at")


def score_tree(
    connection: duckdb.DuckDBPyConnection, place: str, period: str, node: str | None = None, limit: int | None = 100
) -> Node:
    """The tree behind one score, from dimensions to the rows of files; names are taken as people write them.

    At most `limit` entries stand under each node (None: all). UsageError for a place, quarter or node that has no score.
    """
    known = read_known(connection)
    named = place_of(known, place)
    tree = explain_score(_about(known, named), named, quarter_of(known, period), node_of(known, node), limit)
    return with_files(tree, files_of(connection))


def cell_tree(
    connection: duckdb.DuckDBPyConnection, indicator: str, place: str, period: str, limit: int | None = 100
) -> Node:
    """The tree behind one merged cell, as in score_tree(). UsageError where there is no such cell, nor could be."""
    known = read_known(connection)
    indicator_id, named = indicator_of(known, indicator), place_of(known, place, with_value=True)
    tree = cell_node(_about(known, named), indicator_id, named, quarter_of(known, period), limit)
    return with_files(tree, files_of(connection))


def _about(known: KnownTables, place_id: str) -> KnownTables:
    """The tables as they are best read for a place: a country's figures follow from those of its places."""
    row = known.one("place", place_id=place_id) or {}
    return replace(known, is_of_all_places=row.get("level") == "country")


def read_known(connection: duckdb.DuckDBPyConnection) -> KnownTables:
    """What an explanation reads, from a publication or from one that was computed for a past instant."""
    tables = _Tables(connection)
    methods = _methods(tables["method"], tables.values_of("score", "method_version"))
    definition = methods.headline.definition
    return KnownTables(tables, methods.merging, definition if isinstance(definition, Index) else None, tables)


class _Tables(Mapping[str, pd.DataFrame]):
    """The tables that explanations read, each read when it is first asked for, or only the rows that are asked for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._read: dict[str, pd.DataFrame] = {}
        present = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        self._names = [*(name for name in (*_DERIVED, *REFERENCE) if name in present), *_FACTS]

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = self.part(name, "TRUE")
        return self._read[name]

    def part(self, table: str, where: str) -> pd.DataFrame:
        """The rows that a condition in SQL is true of; of facts those that are known now."""
        known = f"({where}) AND recorded_to IS NULL" if table in _FACTS else where
        try:
            return read_table(self._connection, table, known)
        except duckdb.BinderException as problem:
            raise OtherTablesError from problem

    def values_of(self, table: str, column: str) -> list[str]:
        """The different values of a column of texts, in order."""
        query = f'SELECT DISTINCT "{column}" FROM main."{table}" WHERE "{column}" IS NOT NULL ORDER BY 1'
        return [str(value) for (value,) in self._connection.execute(query).fetchall()]

    def __contains__(self, name: object) -> bool:
        return name in self._names  # without reading it

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def files_of(connection: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """Every submission by its identifier."""
    return {row["submission_id"]: row for row in rows_of(read_table(connection, "submission"))}


def with_files(tree: Node, files: Mapping[str, Row]) -> Node:
    """The tree with file name, SHA-256, rule-set version and arrival on every row that came from a file.

    A row that follows from several submissions has one node for each of them below it.
    """
    because = [with_files(inner, files) for inner in _because(tree)]
    if "table" not in tree or not tree.get("submission_id"):
        return {**tree, "because": because}
    documents = [files[s] for s in str(tree["submission_id"]).split(";") if s in files]
    if len(documents) != 1:
        return {**tree, "because": [*because, *map(file_node, documents)]}
    place = str(tree["value"] or "").removeprefix(str(tree["submission_id"])).removeprefix(", ")
    value = ", ".join(part for part in (documents[0]["file_name"], place) if part)
    return {**tree, "value": value, "because": because, **_file_keys(documents[0])}


def file_node(row: Row) -> Node:
    """One submission as a node."""
    return node(f"submission {row['submission_id']}", row["file_name"], **_file_keys(row))


def _file_keys(row: Row) -> Node:
    keys = {name: plain(row[name]) for name in _OF_FILE}
    digest = f"SHA-256 {row['sha256'][:12]}…, " if row["sha256"] else ""
    says = f"submission {row['submission_id']}, {digest}rules {row['rule_set_version']}, received {keys['received_at']}"
    return {"submission_id": row["submission_id"], **keys, "says": says}


def _because(tree: Node) -> list[Node]:
    inner = tree["because"]
    return inner if isinstance(inner, list) else []


def _methods(methods: pd.DataFrame, versions: Sequence[str]) -> Methods:
    """The methods as published; UsageError where they are not those of the scores."""
    found = methods_of(rows_of(methods))
    if versions and found.headline.version not in versions:
        raise UsageError(
            f"The method {versions[0]} is not in this publication; run `idtracker run` to publish it again."
        )
    return found
