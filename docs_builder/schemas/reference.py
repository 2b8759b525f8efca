"""What the documents about reference data hold: reference check, list, show and rates."""

from __future__ import annotations

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, record, text, whole
from idtracker.model.register.problems import PROBLEM_RULES

_KINDS = ["codelist", "organisation", "place"]


def _tables() -> Schema:
    table = {
        "table": text("reference table"),
        "rows": whole("rows", minimum=0),
        "own": whole("rows of them that stand in the programme's own files", minimum=0),
    }
    return listing("every reference table", record("one table", table))


def check_schema() -> Schema:
    problem = {
        "rule": text("what is broken", enum=list(PROBLEM_RULES)),
        "file": text("file in which it stands"),
        "line": maybe(whole("line of the file; null where it is about the whole of it", minimum=1)),
        "message": text("what is wrong"),
        "expected": maybe(text("what was expected; null where that has no one answer")),
        "stops_run": flag("whether a run refuses to begin because of it"),
    }
    scheme = {
        "scheme": text("scheme of identifiers"),
        "codes": whole("codes of the scheme", minimum=0),
        "organisations": whole("organisations that have one", minimum=0),
    }
    coverage = {
        "organisations": whole("organisations", minimum=0),
        "schemes": listing("schemes of identifiers", record("one scheme", scheme)),
        "only_local": listing("organisations with no identifier but a local one", text("organisation")),
    }
    return record(
        "Whether the reference data is sound, and every problem where it is not.",
        {
            "sound": flag("whether there is no problem"),
            "stops_run": flag("whether a run refuses to begin"),
            "published": flag("whether a published store was there to be compared with"),
            "tables": _tables(),
            "coverage": record("how far organisations have public identifiers", coverage),
            "problems": listing("every problem, those of the files first", record("one problem", problem)),
        },
    )


def list_schema() -> Schema:
    row = {"type": "object", "description": "column and value", "additionalProperties": True}
    return record(
        "The reference tables, or one of them.",
        {},
        {
            "tables": _tables(),
            "table": text("the table asked for"),
            "columns": listing("its columns", text("column")),
            "rows": listing("its rows", row),
        },
    )


def show_schema() -> Schema:
    some = {"type": "object", "description": "one entry", "additionalProperties": True}
    return record(
        "One codelist, organisation or place with its history.",
        {"kind": text("what it is", enum=_KINDS), "id": text("scheme or identifier")},
        {
            "versions": listing("of a codelist: versions in order of time with their codes", some),
            "also_read": listing("of a codelist: other spellings of codes", some),
            "name": maybe(text("name as it is last")),
            "stretches": listing("of an organisation: its rows in order of time", some),
            "parents": listing("of an organisation: those above it, from near to far", some),
            "successors": listing("of an organisation: those that followed it, in order", some),
            "predecessors": listing("of an organisation: those that it followed", some),
            "identifiers": listing("of an organisation: its codes in other schemes", some),
            "lies_in": listing("of a place: those it lies in, from near to far", some),
            "holds": listing("of a place: those that lie in it", some),
            "codes": listing("of a place: its codes by scheme", some),
            "also_called": listing("reviewed other names", text("name")),
        },
    )


def rates_schema() -> Schema:
    return record(
        "Rates taken over from a file.",
        {
            "file": text("the programme's file of rates"),
            "read": whole("rates read", minimum=0),
            "added": whole("rates that were not there before", minimum=0),
            "changed": whole("rates that say otherwise than before", minimum=0),
            "unknown": {
                "type": "object",
                "description": "currencies left out because they are not known, with their rows",
                "additionalProperties": {"type": "integer"},
            },
            "contradictions": listing(
                "days left out because the file says two rates", text("file, line and both rates")
            ),
        },
    )
