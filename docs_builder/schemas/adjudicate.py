"""What the documents about decisions hold: adjudicate list, show, decide and revoke."""

from __future__ import annotations

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, moment, number, record, text, whole

_CELL = {
    "indicator_id": text("indicator"),
    "place_id": text("place"),
    "period": text("quarter"),
}
_REPORT = {
    "org_id": text("organisation whose word it is"),
    "origin": maybe(text("open source quoted")),
    "value": number("value in the indicator's unit"),
    "weight": number("share in the value of the cell"),
    "use": text("whether it is used, else why not; a code of report_use"),
    "grade": maybe(text("Admiralty grade of the row")),
    "file_name": maybe(text("file")),
    "sheet": maybe(text("sheet")),
    "row_number": maybe(whole("one-based row", minimum=1)),
}
_VALUE = {
    "value": maybe(number("value of the cell now")),
    "spread": maybe(number("range of the reports on the scale from 0 to 100")),
    "method": maybe(text("how the value was made; a code of merge_method")),
    "obs_status": maybe(text("SDMX observation status")),
    "is_disagreement": maybe(flag("whether the cell waits for a decision")),
    "report_count": whole("reports about the cell, used or not", minimum=0),
}
_DECISION = {
    "adjudication_id": text("identifier of the decision"),
    **_CELL,
    "value": maybe(number("value decided; null leaves the cell undecided again")),
    "standard_error": maybe(number("its standard error")),
    "decided_by": text("role or organisation that answers for it"),
    "decided_at": moment("when it was decided"),
    "why": text("reason"),
}
_REPORTS = listing("reports by value, one entry per row they come from", record("one report", _REPORT))


def list_schema() -> Schema:
    cell = record("one cell", {**_CELL, **_VALUE, "reports": _REPORTS})
    return record(
        "Cells whose reports disagree.",
        {"waiting": whole("cells that wait for a decision", minimum=0), "cells": listing("widest spread first", cell)},
    )


def show_schema() -> Schema:
    decisions = listing("decisions about it, oldest first", record("one decision", _DECISION))
    return record("Everything known about one cell.", {**_CELL, **_VALUE, "reports": _REPORTS, "decisions": decisions})


def decision_schema() -> Schema:
    warning = maybe(text("`outside` what was reported, or `no_reports` about the cell"))
    return record("A decision that was kept.", {**_DECISION, "warning": warning})
