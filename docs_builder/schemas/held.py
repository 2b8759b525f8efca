"""What the documents about held rows hold: held list, show, export, replay and waive."""

from __future__ import annotations

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, moment, record, text, whole


def _submission() -> Schema:
    rule = {"rule": text("rule"), "rows": whole("rows that it holds", minimum=1)}
    return record(
        "one submission",
        {
            "submission_id": text("submission"),
            "source": text("source"),
            "file_name": text("file name as received"),
            "received_at": moment("arrival"),
            "rows": whole("rows held", minimum=1),
            "held_since": moment("since when the first of them has been held"),
            "age_days": whole("days since then", minimum=0),
            "rules": listing("rules that hold them", record("one rule", rule)),
            "waivable": whole("rows that a waiver could let through", minimum=0),
            "whose_turn": text("who has to act"),
            "overtaken_by": maybe(text("file name of a later edition; null where there is none")),
        },
    )


def list_schema() -> Schema:
    return record(
        "Submissions with rows that are held.",
        {
            "as_of": moment("moment spoken of"),
            "notice": text("notice of the programme; empty where there is none"),
            "submissions": listing("by source and arrival", _submission()),
            "rows": whole("rows held in these submissions", minimum=0),
            "overtaken_rows": whole("rows held in files of which a later edition came", minimum=0),
        },
    )


def show_schema() -> Schema:
    reason = {
        "rule": text("rule"),
        "column": maybe(text("heading of the row")),
        "value": maybe(text("value as typed")),
        "message": text("what is wrong"),
        "message_ar": text("what is wrong, in Arabic"),
        "remedy": text("how to put it right"),
        "remedy_ar": text("how to put it right, in Arabic"),
        "suggestion": maybe(text("nearest known value")),
    }
    place = {"submission_id": text("submission"), "sheet": text("sheet"), "row": text("row")}
    row = {
        "held_id": text("name of the row"),
        "source": text("source"),
        "submission_id": text("submission"),
        "part": text("part of the source"),
        "sheet": text("sheet; empty where the file has none"),
        "row": text("one-based row; `12/2` is the second of the rows made of row 12"),
        "corrects": maybe(record("the row of the first file, where this came in a correction", place)),
        "held_from": moment("since when it has been held"),
        "is_waivable": flag("whether a waiver could let it through"),
        "cells": {
            "type": "object",
            "description": "heading -> cell as typed; null where empty",
            "additionalProperties": {"type": ["string", "null"]},
        },
        "reasons": listing("every reason", record("one reason", reason)),
    }
    return record(
        "Held rows with their reasons.", {"rows": listing("in the order of the file", record("one row", row))}
    )


def export_schema() -> Schema:
    return record(
        "The workbook that was written.",
        {"source": text("source"), "rows": whole("rows in it", minimum=1), "written": text("path of the workbook")},
    )


def replay_schema() -> Schema:
    return record(
        "What judging the held rows again has changed.",
        {
            "released": whole("rows that are held no longer", minimum=0),
            "held": whole("rows that are still held", minimum=0),
            "submissions": listing("submissions with rows that are still held", _submission()),
            "failed_steps": listing("steps that failed", text("step")),
        },
    )


def waive_schema() -> Schema:
    return record(
        "A waiver.",
        {
            "waiver_id": text("name of the waiver"),
            "source": text("source"),
            "submission_id": text("submission"),
            "held_id": maybe(text("the row; null where it is about every row that the rules alone hold")),
            "rules": listing("rules that it looks past", text("rule")),
            "given_by": text("role or organisation that answers for it"),
            "why": text("reason"),
            "given_at": moment("when it was given"),
            "until_on": moment("last day in force"),
            "in_force": flag("false where it ends an earlier one"),
        },
    )
