"""What the documents of `explain` hold: a tree of what, value and because, with the same keys wherever they stand."""

from __future__ import annotations

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, moment, number, record, text, whole
from idtracker.model.tables import TABLES


def explain_schema() -> Schema:
    node = record(
        "what a value is made of",
        {
            "what": text("what is spoken of"),
            "value": {"description": "its value; null where there is none"},
            "because": listing("what it follows from", {"$ref": "#/$defs/node"}),
        },
        _of_value() | _of_score() | _of_row(),
    )
    return {
        "description": "A figure, file or fact and everything behind it, as a tree.",
        "$ref": "#/$defs/node",
        "$defs": {"node": node},
    }


def _of_value() -> dict[str, Schema]:
    return {
        "measure": text("which figure of the metric"),
        "unit": text("unit of the value"),
        "says": text("one line about the value: interval, standing, where it comes from"),
        "kind": text("what a node is", enum=["score", "cell", "governorate", "report", "decision"]),
        "before": {"description": "the value before, where the node tells of a change"},
    }


def _of_score() -> dict[str, Schema]:
    share = {"minimum": 0, "maximum": 1}
    return {
        "node_code": text("node of the index"),
        "indicator_id": text("indicator of a cell"),
        "place_id": text("place of a cell"),
        "period": text("quarter of a cell"),
        "low": maybe(number("lower bound of a score")),
        "high": maybe(number("upper bound of a score")),
        "band": maybe(text("band of a score")),
        "completeness": number("share of the weight that is present", **share),
        "method_version": text("method that made a score"),
        "weight": maybe(number("weight in force in the node above; of a report its share in the value", **share)),
        "points": number("points that it adds to the score above, an arithmetic mean"),
        "factor": number("factor of the score above, a geometric mean"),
        "score": maybe(number("value between its goalposts", minimum=0, maximum=100)),
        "standard_error": maybe(number("standard error in the unit of the value", minimum=0)),
        "is_carried": flag("whether the value is carried forward"),
        "origin_period": text("quarter that the value comes from"),
        "population_share": number("share of the population among the governorates that have a value", **share),
        "part_of_value": number("what a governorate adds to the value of the country"),
        "org_id": text("organisation of a report"),
        "origin": maybe(text("open source that a report quotes")),
        "use": text("what became of a report: a code of report_use"),
    }


def _of_row() -> dict[str, Schema]:
    return {
        "table": text("table in which a row stands", enum=list(TABLES)),
        "fact_id": maybe(text("fact that a row is")),
        "submission_id": maybe(text("submission that said it")),
        "sheet": maybe(text("sheet or section")),
        "row_number": maybe(whole("one-based row of the sheet")),
        "waiver": text("who let the row through, why and until when"),
        "file_name": text("file in which a row stands"),
        "sha256": maybe(text("SHA-256 of that file; null where it was refused unread")),
        "rule_set_version": text("version of the rules that judged it"),
        "received_at": moment("its arrival"),
    }
