"""What the documents about source definitions hold: sources list, show, check and new."""

from __future__ import annotations

from typing import Any, get_args

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, moment, record, rows_schema, text, whole
from idtracker.ingest.judge.assess import Verdict
from idtracker.model.config.part import FieldType, Part
from idtracker.model.config.source import Every, Kind
from idtracker.model.findings.rules import SEVERITIES
from idtracker.model.tables import FACTS

_JUDGED = ("read", "accepted", "held", "superseded")  # nothing is known yet that a row could repeat


def list_schema() -> Schema:
    return record("The catalogue of sources.", {"sources": listing("every source", record("one source", _source()))})


def show_schema() -> Schema:
    owed = {
        "period": text("period"),
        "due_on": moment("day on which it is due"),
        "overdue_on": moment("day from which it is overdue"),
    }
    return record(
        "One source in full.",
        {
            **_source(),
            "publisher_name": maybe(text("name of the organisation that reports")),
            "description": text("what one row is; empty where nobody wrote it"),
            "owner": text("team that answers for the source; empty where nobody does"),
            "pattern": text("shell pattern of file names"),
            "parts": listing("the tables of a file", _part()),
            "bounds": _open("what is usual, as in source.yml"),
            "handling": _open("marking of every row, as in source.yml"),
            "due_after_days": whole("days after the end of a period at which the report is due", minimum=0),
            "grace_days": whole("further days before it is overdue", minimum=0),
            "owed_next": maybe(record("the next report; null where none is owed", owed)),
            "definition": text("path of source.yml"),
            "example": maybe(text("path of the example; null where there is none")),
            "inbox": text("folder in which files are dropped"),
        },
    )


def check_schema() -> Schema:
    checked = {
        "id": text("source"),
        "sound": flag("whether nothing is wrong with it"),
        "problems": listing("what is wrong with the definition", text("file, line, key and what was expected")),
        "to_review": listing("lines that a draft left to a person", text("line")),
        "example": maybe(_example()),
    }
    return record(
        "Whether definitions and their examples hold.",
        {
            "sound": flag("whether nothing is wrong at all"),
            "problems": listing("what is wrong with what all sources share", text("problem")),
            "sources": listing("every source, or the one asked for", record("one source", checked)),
        },
    )


def new_schema() -> Schema:
    return record(
        "What was drafted.",
        {
            "source": text("source"),
            "definition": text("path of the draft"),
            "format": text("kind of file", enum=list(get_args(Kind))),
            "feeds": listing("tables that it feeds", text("table", enum=list(FACTS))),
            "to_review": whole("lines to review", minimum=0),
            "rows": record("rows of the file as the draft reads it", _rows()),
            "next": listing("what to do next", text("step")),
        },
    )


def _source() -> dict[str, Schema]:
    return {
        "id": text("source, the name of its folder"),
        "title": text("name as people know it"),
        "publisher": text("organisation that reports"),
        "format": text("kind of file", enum=list(get_args(Kind))),
        "cadence": text("how often a report is owed", enum=list(get_args(Every))),
        "feeds": listing("tables that it feeds", text("table", enum=list(FACTS))),
    }


def _part() -> Schema:
    column = {
        "field": text("field of the table"),
        "kind": text("what it holds", enum=list(get_args(FieldType))),
        "heading": maybe(listing("headings in the file, first found wins; null for a constant", text("heading"))),
        "constant": maybe(text("fixed value instead of a heading")),
        "required": flag("whether an empty cell holds the row"),
        "key": flag("whether it identifies the row"),
    }
    return record(
        "one table of the file",
        {
            "part": text("name of the part"),
            "feeds": text("table", enum=list(FACTS)),
            "key": listing("fields that identify a row", text("field")),
            "revision": text("how later files change earlier rows", enum=_choices(Part, "revision")),
            "layout": _open("where the table stands, as in source.yml"),
            "across": maybe(text("headings whose columns become rows")),
            "columns": listing("fields and where they come from", record("one column", column)),
            "ignored": listing("headings that are known and not read", text("shell pattern")),
        },
    )


def _example() -> Schema:
    return record(
        "its example, judged; null where there is none",
        {
            "path": text("path"),
            "verdict": text("verdict", enum=list(get_args(Verdict))),
            "rows": record("rows of the example", _rows()),
            "findings": record("findings of each severity", {s: whole(s, minimum=0) for s in SEVERITIES}),
            "differences": listing("where it differs from what is expected of it", text("difference")),
        },
    )


def _rows() -> dict[str, Schema]:
    return {fate: schema for fate, schema in rows_schema().items() if fate in _JUDGED}


def _open(meaning: str) -> Schema:
    return {"type": "object", "description": meaning}


def _choices(model: type[Part], key: str) -> list[Any]:
    return list(get_args(model.model_fields[key].annotation))


def template_schema() -> Schema:
    return record(
        "The template that was written.",
        {
            "source": text("source"),
            "form": text("version of the form that the workbook carries"),
            "lang": text("language", enum=["en", "ar"]),
            "file": text("path of the workbook"),
        },
    )
