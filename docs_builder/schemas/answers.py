"""What the documents about one file or one query hold: check, submit, query; and docs build and errors."""

from __future__ import annotations

from typing import get_args

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, moment, record, rows_schema, text, whole
from idtracker.feedback.check.changes import EXAMPLES
from idtracker.ingest.judge.assess import Verdict
from idtracker.model.findings.rules import SEVERITIES, Dimension

_RULE = r"^[a-z_]+\.[a-z_]+$"
_EXAMPLES = ("added", "changed", "removed")


def check_schema() -> Schema:
    return {
        "description": "The verdict on one file, or with --explain what a rule means.",
        "anyOf": [_verdict(), _rule()],
    }


def _verdict() -> Schema:
    return record(
        "the verdict on one file",
        {
            "submission_id": text("submission; empty where the file was refused unread"),
            "source": text("source"),
            "verdict": text("verdict", enum=list(get_args(Verdict))),
            "sentence": text("the verdict in one line with its consequence, and what would change"),
            "sentence_ar": text("the same in Arabic"),
            "rows": record("rows of the file: read = the other four together", rows_schema()),
            "changes": record(
                "against what is published",
                {
                    "added": whole("rows that are not known yet", minimum=0),
                    "changed": whole("known rows that would say something else", minimum=0),
                    "removed": whole("known rows that the file would take away", minimum=0),
                },
            ),
            "by_period": listing("the same by period", _period()),
            "examples": record(
                f"the first {EXAMPLES} rows of each kind", {k: listing(f"rows {k}", _example()) for k in _EXAMPLES}
            ),
            "groups": listing("findings, the same mistake in the same column once", _group()),
            "findings": listing("every location of every finding, gravest first", _finding()),
            "counts": record("findings of each severity", {s: whole(s, minimum=0) for s in SEVERITIES}),
            "file": _file(),
            "title": text("title of the source"),
            "publisher": text("organisation that publishes the source"),
            "publisher_name": text("its name"),
            "notice": text("notice of the programme; empty where there is none"),
            "rule_set_version": _version(),
        },
        {"written": listing("files written beside the document", text("path"))},
    )


def _version() -> Schema:
    return text("version of the rules", pattern="^[0-9a-f]{12}$")


def _file() -> Schema:
    return record(
        "the file as it was given",
        {
            "name": text("name of the file"),
            "sha256": maybe(text("hash of its bytes; null where nothing may be kept of it", pattern="^[0-9a-f]{64}$")),
            "checked_at": maybe(moment("when it was checked")),
            "received_before_at": maybe(moment("when the very same file arrived before; null where it did not")),
            "outdone_by": listing("files whose word counts for more where both speak", text("name of a file")),
        },
    )


def _period() -> Schema:
    return record(
        "one period of one part of the file",
        {
            "part": text("part of the source"),
            "period": maybe(text("period; null where rows have none")),
            "added": whole("rows that are not known yet", minimum=0),
            "changed": whole("known rows that would say something else", minimum=0),
            "unchanged": whole("known rows that are left alone", minimum=0),
            "removed": whole("known rows that the file would take away", minimum=0),
            "superseded": whole("rows that a stronger report speaks about", minimum=0),
        },
    )


def _example() -> Schema:
    difference = record(
        "one value",
        {"column": text("column of the file"), "before": text("value published"), "after": text("value of the file")},
    )
    return record(
        "one row",
        {
            "part": text("part of the source"),
            "period": maybe(text("period; null where the row has none")),
            "sheet": text("sheet or section"),
            "row": maybe(whole("one-based row of the file; null for a row that is not in it", minimum=1)),
            "key": {"type": "object", "description": "column of the file -> value, for each column of the key"},
            "is_held": flag("whether the file does hold this removed row, among its held rows"),
            "differences": listing("what a changed row would say otherwise", difference),
        },
    )


def _group() -> Schema:
    return record(
        "the same mistake in one column of one sheet",
        {
            "group": whole("number of the group, which its findings carry", minimum=0),
            **_broken(),
            "dimension": text("dimension of data quality", enum=list(get_args(Dimension))),
            "column_ar": text("the column; in Arabic where it is told in words"),
            "locations": whole("places where it was found", minimum=1),
            "rows": whole("different rows among them", minimum=0),
            "consequence": text("what follows"),
            "consequence_ar": text("what follows, in Arabic"),
            "allowed": maybe(text("allowed values, where there is a list")),
            **_told(),
        },
    )


def _rule() -> Schema:
    return record(
        "what a rule means (--explain)",
        {
            "rule": text("rule", pattern=_RULE),
            "severity": text("severity", enum=list(SEVERITIES)),
            "dimension": text("dimension of data quality", enum=list(get_args(Dimension))),
            "consequence": text("what follows"),
            "consequence_ar": text("what follows, in Arabic"),
            "text": text("what it says; words in braces are filled in where it is reported"),
            "text_ar": text("what it says, in Arabic"),
            "remedy": text("how to put it right"),
            "remedy_ar": text("how to put it right, in Arabic"),
            "valid": text("a case that keeps the rule"),
            "invalid": text("a case that breaks it"),
            "rule_set_version": _version(),
        },
    )


def _broken() -> dict[str, Schema]:
    return {
        "rule": text("rule broken", pattern=_RULE),
        "severity": text("severity", enum=list(SEVERITIES)),
        "sheet": text("sheet or section; empty for the file as a whole"),
        "column": text(
            "column as headed in the file, or in words where no column holds the value; empty for the sheet as a whole"
        ),
    }


def _told() -> dict[str, Schema]:
    return {
        "message": text("what is wrong"),
        "message_ar": text("what is wrong, in Arabic"),
        "remedy": text("how to put it right"),
        "remedy_ar": text("how to put it right, in Arabic"),
    }


def _finding() -> Schema:
    return record(
        "one location of one finding",
        {
            **_broken(),
            "row": maybe(whole("one-based row", minimum=1)),
            "cell": maybe(text("spreadsheet address; empty where there is none")),
            "value": maybe(text("value as typed")),
            **_told(),
            "suggestion": maybe(text("nearest allowed value")),
            "group": whole("number of its group", minimum=0),
        },
    )


def submit_schema() -> Schema:
    checked = _verdict()
    placed = {"placed": maybe(text("where the file waits; null where it was not placed"))}
    further = {"written": checked["properties"].pop("written")}
    return record("The verdict on one file, and where it was placed.", {**checked["properties"], **placed}, further)


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
