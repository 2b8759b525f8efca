"""What the documents about one file, one figure or one query hold: check, submit, explain, query; and docs build and errors."""

from __future__ import annotations

from typing import get_args

from idtracker.contract.assess import Verdict
from idtracker.contract.tables import TABLES
from idtracker.findings.rules import CONSEQUENCE
from idtracker.report.schemas_pieces import Schema, flag, listing, maybe, record, rows_schema, text, whole


def check_schema() -> Schema:
    return record(
        "The verdict on one file.",
        {
            "submission_id": text("submission; empty where the file was refused unread"),
            "source": text("source"),
            "verdict": text("verdict", enum=list(get_args(Verdict))),
            "sentence": text("the verdict in one line with its consequence"),
            "rows": record("rows of the file: read = the other four together", rows_schema()),
            "changes": record(
                "against what is published",
                {
                    "added": whole("rows that are not known yet", minimum=0),
                    "changed": whole("known rows that would say something else", minimum=0),
                    "removed": whole("known rows that the file would take away", minimum=0),
                },
            ),
            "findings": listing("every location of every finding, gravest first", _finding()),
            "counts": record("findings of each severity", {s: whole(s, minimum=0) for s in CONSEQUENCE}),
            "rule_set_version": text("version of the rules", pattern="^[0-9a-f]{12}$"),
        },
    )


def _finding() -> Schema:
    return record(
        "one location of one finding",
        {
            "rule": text("rule broken", pattern=r"^[a-z_]+\.[a-z_]+$"),
            "severity": text("severity", enum=list(CONSEQUENCE)),
            "sheet": text("sheet or section; empty for the file as a whole"),
            "row": maybe(whole("one-based row", minimum=1)),
            "column": text("column as headed in the file; empty for the sheet as a whole"),
            "cell": maybe(text("spreadsheet address; empty where there is none")),
            "value": maybe(text("value as typed")),
            "message": text("what is wrong"),
            "message_ar": text("what is wrong, in Arabic"),
            "remedy": text("how to put it right"),
            "remedy_ar": text("how to put it right, in Arabic"),
            "suggestion": maybe(text("nearest allowed value")),
        },
    )


def submit_schema() -> Schema:
    checked = check_schema()
    placed = {"placed": maybe(text("where the file waits; null where it was not placed"))}
    return record("The verdict on one file, and where it was placed.", {**checked["properties"], **placed})


def explain_schema() -> Schema:
    node = record(
        "what a value is made of",
        {
            "what": text("what is spoken of"),
            "value": {"description": "its value; null where there is none"},
            "because": listing("what it follows from", {"$ref": "#/$defs/node"}),
        },
        {
            "measure": text("which figure of the metric"),
            "unit": text("unit of the value"),
            "table": text("table in which a row stands", enum=list(TABLES)),
            "fact_id": maybe(text("fact that a row is")),
            "submission_id": maybe(text("submission that said it")),
            "sheet": maybe(text("sheet or section")),
            "row_number": maybe(whole("one-based row of the sheet")),
        },
    )
    return {
        "description": "A figure and everything behind it, as a tree.",
        "$ref": "#/$defs/node",
        "$defs": {"node": node},
    }


def query_schema() -> Schema:
    row = {"type": "object", "description": "column -> value; instants are ISO 8601"}
    return listing("Rows of the result, in its order.", row)


def docs_build_schema() -> Schema:
    return record(
        "Which generated files were out of date.",
        {
            "files": whole("generated files", minimum=1),
            "stale": listing("files that were missing, out of date or no longer defined", text("path")),
            "written": flag("whether they were brought up to date"),
        },
    )


def error_schema() -> Schema:
    return record(
        "Why a command ended without its document.",
        {
            "error": text("place and remedy; several problems stand on a line each"),
            "exit_code": whole("exit code of the command", minimum=1),
        },
    )
