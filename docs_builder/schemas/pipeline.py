"""What the documents of the pipeline hold: run, publish, status, withdraw."""

from __future__ import annotations

from docs_builder.schemas.pieces import (
    INSTANT,
    Schema,
    code_of,
    flag,
    listing,
    maybe,
    moment,
    number,
    paths,
    record,
    rows_schema,
    text,
    whole,
)


def run_schema() -> Schema:
    submission = {
        "submission_id": text("submission"),
        "source": text("source"),
        "file_name": text("file name as received"),
        "state": code_of("submission_state", "what became of it"),
        **rows_schema("rows_"),
        "first_finding": maybe(text("rule of the gravest finding")),
    }
    return record(
        "What a run did.",
        {
            "outcome": text("how it ended", enum=["done", "nothing_new", "failed"]),
            "changed": flag("whether anything was computed again"),
            "submissions": listing("submissions that arrived since the last run", record("one submission", submission)),
            "rows": record("rows of these submissions: read = the other four together", rows_schema()),
            "headline": maybe(_headline()),
            "moved": listing("metrics of the whole programme that differ between the last two quarters", _moved()),
            "overdue": listing("sources that are neither fresh nor due", _overdue()),
            "published": paths("audience -> folder of its publication"),
            "failed_steps": listing("steps that failed", text("step")),
            "unknown_inboxes": listing("folders of the inbox that belong to no source", text("folder")),
            "not_taken": listing(
                "files that wait in an inbox because they could not be taken in, with the reason", text("file")
            ),
            "notice": text("notice of the programme; empty where there is none"),
            "seconds": number("how long it took", minimum=0),
        },
        {"failures": paths("failed step -> what it said: the place and the remedy")},
    )


def _headline() -> Schema:
    score = {key: maybe(number(meaning, minimum=0, maximum=100)) for key, meaning in {
        "score": "score, 100 is stable; null below the coverage rule",
        "low": "lower bound, 90 %",
        "high": "upper bound, 90 %",
    }.items()}  # fmt: skip
    return record(
        "The whole index of the country, else of the first place, in the latest quarter that has a score; null before there is any.",
        {
            "place_id": text("place"),
            "place": text("name of the place"),
            "period": text("quarter"),
            **score,
            "band": maybe(text("band")),
            "completeness": number("share of the weight that is present", minimum=0, maximum=1),
            "trend": maybe(code_of("trend_class", "where the score is heading")),
        },
    )


def _moved() -> Schema:
    return record(
        "one metric",
        {
            "metric": text("metric", pattern="^IM-"),
            "name": text("name"),
            "period": text("later quarter"),
            "unit": text("unit"),
            "before": maybe(number("value in the quarter before")),
            "now": maybe(number("value in the later quarter")),
        },
    )


def _overdue() -> Schema:
    return record(
        "one source",
        {
            "source": text("source"),
            "state": code_of("freshness_state", "state"),
            "whose_turn": maybe(text("who has to act")),
            "why": text("the state in one sentence"),
        },
    )


def withdraw_schema() -> Schema:
    return record(
        "What was withdrawn.",
        {
            "submission_id": text("submission"),
            "source": text("source"),
            "state": {"const": "withdrawn", "description": "state from now on"},
        },
    )


def status_schema() -> Schema:
    source = {
        "id": text("source"),
        "state": code_of("freshness_state", "state"),
        "data_time": maybe(moment("end of the latest period reported")),
        "arrived_at": maybe(moment("latest accepted arrival")),
        "expected_next": maybe(moment("when the next report is due")),
        "owner": maybe(text("team that answers for the source")),
        "whose_turn": maybe(text("who has to act")),
        "why": text("the state in one sentence"),
    }
    stored = {
        "table": text("table"),
        "rows": whole("rows, for facts those known now", minimum=0),
        "data_time": maybe(moment("end of the latest period in it")),
        "recorded_at": maybe(moment("since when its newest row has been known")),
    }
    last = {
        "outcome": text("how it ended", enum=["done", "nothing_new", "failed"]),
        "started_at": text(f"start, {INSTANT}"),
        "ended_at": maybe(text(f"end, {INSTANT}")),
        "message": maybe(text("steps that failed")),
    }
    return record(
        "How fresh each source and each published table is.",
        {
            "as_of": moment("day spoken of"),
            "notice": text("notice of the programme; empty where there is none"),
            "sources": listing(
                "every source", record("one source", source, {"org_id": text("organisation that reports")})
            ),
            "tables": listing("published tables; empty before the first publication", record("one table", stored)),
            "last_run": maybe(record("the last run; null before the first", last)),
        },
    )


def publish_schema() -> Schema:
    return record(
        "What was published.",
        {"published": paths("audience -> folder of its publication"), "changed": flag("whether anything in it is new")},
    )
