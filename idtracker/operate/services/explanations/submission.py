"""What one file changed: the account of its rows, the facts it opened, corrected and closed, and the figures that followed."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches

import duckdb
import pandas as pd

from idtracker.explain.tables import Row, rows_of
from idtracker.explain.trees import file_node, files_of, with_files
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node, first_of, node, row_node
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.json_values import plain
from idtracker.model.tables import FACTS
from idtracker.operate.services.explanations.fact import changes, ended_by
from idtracker.operate.services.explanations.moves import moved_figures
from idtracker.publish.current import open_current
from idtracker.store.tables import read_table

FATES = ("accepted", "held", "unchanged", "superseded")
_FACT = ("indicator_id", "activity_id", "event_id", "org_id", "place_id", "period", "value", "title")


def explain_submission(home: Home, name: str, audience_id: str = DEFAULT_AUDIENCE, limit: int | None = 100) -> Node:
    """What the submission of an identifier or file name changed, and what it changes no more.

    The figures that followed are those that differ between the last instant before its arrival and its arrival, both
    computed from the facts known then. UsageError where no submission has that name, or several do.
    """
    with open_current(home, audience_id) as published:
        files = files_of(published)
        chosen = chosen_submission(files, name)
        arrived = _arrival(published, chosen)
        findings = rows_of(read_table(published, "finding", f"submission_id = '{chosen['submission_id']}'"))
        overruled = _overruled(published, chosen)
        vintages = {table: _of_source(published, table, chosen) for table in FACTS}
    vintages = {table: rows for table, rows in vintages.items() if rows}
    because = [
        _account(chosen, arrived),
        _findings_node(findings),
        *overruled,
        *_company(chosen, files),
        _on_arrival(vintages, chosen, limit),
        *_afterwards(vintages, chosen, limit),
        *moved_figures(home, audience_id, chosen["received_at"], limit),
        _no_more(vintages, chosen, files),
    ]
    tree = file_node(chosen)
    what = f"{chosen['file_name']} of {chosen['source_id']}"
    return with_files({**tree, "what": what, "value": chosen["state"], "because": because}, files)


def chosen_submission(files: dict[str, Row], name: str) -> Row:
    if name in files:
        return files[name]
    rows = [row for row in files.values() if row["file_name"] == name]
    if len(rows) == 1:
        return rows[0]
    if rows:
        candidates = ", ".join(f"{r['submission_id']} (of {r['source_id']}, {plain(r['received_at'])})" for r in rows)
        raise UsageError(f"Several submissions are called `{name}`; name one by its identifier: {candidates}.")
    known = [*files, *(str(row["file_name"]) for row in files.values())]
    near = get_close_matches(name, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else '`idtracker query "FROM submission"` lists them.'
    raise UsageError(f"There is no submission `{name}`. {hint}")


def _arrival(published: duckdb.DuckDBPyConnection, chosen: Row) -> Row:
    """The account of its rows on arrival."""
    states = read_table(published, "submission_state", f"submission_id = '{chosen['submission_id']}'")
    return rows_of(states.sort_values("since"))[0]


def _of_source(published: duckdb.DuckDBPyConnection, table: str, chosen: Row) -> list[Row]:
    """Every vintage of the source in a table, oldest first."""
    rows = read_table(published, table, f"source_id = '{chosen['source_id']}'")
    return rows_of(rows.sort_values(["recorded_from", "fact_id"], kind="stable"))


def _account(chosen: Row, arrived: Row) -> Node:
    fates = [node(f"rows {fate}", arrived[f"rows_{fate}"]) for fate in FATES]
    return node("rows read", chosen["rows_read"], fates, says=f"on arrival: {arrived['state']}")


def _findings_node(findings: list[Row]) -> Node:
    counted = Counter((row["severity"], row["rule"]) for row in findings)
    nodes = [node(f"{severity} {rule}", count) for (severity, rule), count in sorted(counted.items())]
    return node("findings", len(findings), nodes)


def _overruled(published: duckdb.DuckDBPyConnection, chosen: Row) -> list[Node]:
    """Decisions that what was taken for a protective marking in the file is none."""
    where = f"action = 'marking_overruled' AND subject = '{chosen['submission_id']}'"
    acts = rows_of(read_table(published, "audit", where))
    return [node("marking overruled", plain(act["at"]), says=f"{act['actor']}: {act['detail']}") for act in acts]


def _company(chosen: Row, files: dict[str, Row]) -> list[Node]:
    """Other files that arrived in the same instant: what followed is theirs as well."""
    others = [r for r in files.values() if r["received_at"] == chosen["received_at"] and r != chosen]
    says = "the figures that followed cannot be told apart from theirs"
    return [node("files of the same instant", len(others), map(file_node, others), says=says)] if others else []


def _on_arrival(vintages: dict[str, list[Row]], chosen: Row, limit: int | None) -> Node:
    """Facts opened, corrected and closed at the instant of arrival, by table."""
    nodes = [_in_table(table, rows, chosen, limit) for table, rows in vintages.items()]
    nodes = [child for child in nodes if child["value"]]
    return node("facts it changed on arrival", sum(int(str(child["value"])) for child in nodes), nodes)


def _in_table(table: str, rows: list[Row], chosen: Row, limit: int | None) -> Node:
    at = chosen["received_at"]
    opened = [r for r in rows if r["recorded_from"] == at and r["submission_id"] == chosen["submission_id"]]
    ended = {r["fact_id"]: r for r in rows if r["recorded_to"] == at}
    reopened = {r["fact_id"] for r in rows if r["recorded_from"] == at}
    corrected = [r for r in opened if r["fact_id"] in ended]
    added = [r for r in opened if r["fact_id"] not in ended]
    closed = [r for fact_id, r in ended.items() if fact_id not in reopened]
    kinds = {
        "corrected": [_fact(table, r, changes(table, ended[r["fact_id"]], r)) for r in corrected],
        "closed": [_fact(table, r, []) for r in closed],
        "added": [_fact(table, r, []) for r in added],
    }
    nodes = [node(kind, len(children), first_of(children, limit)) for kind, children in kinds.items() if children]
    says = ", ".join(f"{len(children):,} {kind}" for kind, children in kinds.items() if children)
    return node(table, sum(map(len, kinds.values())), nodes, says=says)


def _fact(table: str, row: Row, because: list[Node]) -> Node:
    return {**row_node(table, row, _FACT), "because": because}


def _afterwards(vintages: dict[str, list[Row]], chosen: Row, limit: int | None) -> list[Node]:
    """Rows that it came to say later: let through by a waiver, or right again when what outdid them was withdrawn."""
    nodes = [
        _fact(table, row, [node("since", row["recorded_from"])])
        for table, rows in vintages.items()
        for row in rows
        if row["submission_id"] == chosen["submission_id"] and row["recorded_from"] > chosen["received_at"]
    ]
    return [node("facts it said later", len(nodes), first_of(nodes, limit))] if nodes else []


def _no_more(vintages: dict[str, list[Row]], chosen: Row, files: dict[str, Row]) -> Node:
    """How many of its vintages stand, and by what the others were ended."""
    own = [r for rows in vintages.values() for r in rows if r["submission_id"] == chosen["submission_id"]]
    ended = [r for r in own if r["recorded_to"] is not None]
    starts: dict[tuple[str, pd.Timestamp], list[Row]] = {}
    for rows in vintages.values():
        for row in rows:
            starts.setdefault((row["fact_id"], row["recorded_from"]), []).append(row)
    ends = Counter(ended_by(r, starts.get((r["fact_id"], r["recorded_to"]), []), files) for r in ended)
    nodes = [node(f"since superseded: {by}", count) for by, count in ends.most_common()]
    return node("facts of it that stand", len(own) - len(ended), nodes, says=f"of {len(own)} that it ever said")
