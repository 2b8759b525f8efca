"""The vintages of one fact: what it said from when to when, which file said so, and what ended it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from idtracker.explain.tables import Row, rows_of
from idtracker.explain.trees import files_of, with_files
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node, node, row_node
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.json_values import plain
from idtracker.model.tables import FACTS, PROVENANCE, columns_of
from idtracker.publish.current import open_current
from idtracker.store.tables import read_table

SHORTEST_BEGINNING = 6


def explain_fact(home: Home, fact_id: str, audience_id: str = DEFAULT_AUDIENCE) -> Node:
    """Every vintage of a fact, oldest first, with what differs from the one before.

    The beginning of an identifier is enough where only one fact begins so. UsageError where none or several do.
    """
    with open_current(home, audience_id) as published:
        table, identifier = _find_fact(published, fact_id)
        vintages = rows_of(read_table(published, table, f"fact_id = '{identifier}'").sort_values("recorded_from"))
        files = files_of(published)
    last = vintages[-1]["recorded_to"]
    because = []
    before: Row = {}
    for vintage in vintages:
        because.append(_vintage(table, vintage, before, files))
        before = vintage
    says = "it stands" if last is None else f"it ended {plain(last)}, {ended_by(vintages[-1], [], files)}"
    count = f"{len(vintages)} vintage{'' if len(vintages) == 1 else 's'}"
    tree = node(f"{table} {identifier}", count, because, says=says, source_id=vintages[0]["source_id"])
    return with_files(tree, files)


def changes(table: str, before: Mapping[str, object], after: Mapping[str, object]) -> list[Node]:
    """One node per column that says something else: its new value, with the earlier one as `before`."""
    nodes = []
    for spec in columns_of(FACTS[table]):
        old, new = plain(before.get(spec.name)), plain(after.get(spec.name))
        if spec.name not in PROVENANCE and old != new:
            nodes.append(node(spec.name, new, before=old, says="" if not before else f"before: {_shown(old)}"))
    return nodes


def ended_by(vintage: Row, rivals: Iterable[Row], files: Mapping[str, Row]) -> str:
    """What ended a vintage: the vintage among `rivals` that follows it, a withdrawal, or a file that left it out."""
    at, own = vintage["recorded_to"], files.get(vintage["submission_id"])
    follower = next((r for r in rivals if r["recorded_from"] == at and r["fact_id"] == vintage["fact_id"]), None)
    if follower is not None:
        return _named(files, follower["submission_id"])
    if own is not None and own["withdrawn_at"] == at:
        return "withdrawn"
    came = [f for f in files.values() if f["received_at"] == at and f["source_id"] == vintage["source_id"]]
    return f"left out by {_named(files, came[0]['submission_id'])}" if came else "by a waiver, lock or withdrawal"


def _named(files: Mapping[str, Row], submission_id: str) -> str:
    row = files.get(submission_id)
    return f"{row['file_name']} ({submission_id})" if row else submission_id


def _vintage(table: str, vintage: Row, before: Row, files: Mapping[str, Row]) -> Node:
    tree = row_node(table, vintage, ("revision_type", "recorded_from", "recorded_to"))
    if before and before["recorded_to"] != vintage["recorded_from"]:
        gap = f"unknown from {plain(before['recorded_to'])}, {ended_by(before, [], files)}"
        return {**tree, "because": [node(gap, None), *changes(table, before, vintage)]}
    return {**tree, "because": changes(table, before, vintage)}


def _shown(value: object) -> str:
    return "empty" if value is None else str(value)


def _find_fact(published: duckdb.DuckDBPyConnection, typed: str) -> tuple[str, str]:
    """Table and identifier of the one fact that is meant."""
    if not typed.isalnum() or len(typed) < SHORTEST_BEGINNING:
        raise UsageError(
            f"`{typed}` is no identifier of a fact; write at least its first {SHORTEST_BEGINNING} characters."
        )
    facts_found: list[tuple[str, str]] = []
    for table in FACTS:
        query = f'SELECT DISTINCT fact_id FROM "{table}" WHERE starts_with(fact_id, ?) ORDER BY fact_id LIMIT 5'
        facts_found += [(table, identifier) for (identifier,) in published.execute(query, [typed]).fetchall()]
    exact = [one for one in facts_found if one[1] == typed]
    if len(exact or facts_found) == 1:
        return (exact or facts_found)[0]
    if not facts_found:
        raise UsageError(f'There is no fact `{typed}`; `idtracker query "SELECT fact_id FROM observation"` lists some.')
    raise UsageError(f"Several facts begin with `{typed}`: {', '.join(f'{t} {i}' for t, i in facts_found)}.")
