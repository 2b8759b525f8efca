"""What a body outside HMG is told: its own rows, and of figures that others are behind as well their names and its share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from idtracker.feedback.pack.document import FeedbackPack
from idtracker.feedback.pack.make import Edition, feedback_pack, find_body
from idtracker.feedback.pack.page import pack_page
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.publish.current import open_current
from tests.support.publications.by_hand import QUARTERS, cell, metric, names, publish, report, submission

EDITION = Edition(
    "Programme", "Invented <b>figures</b>", "2026-02-01-b", "2026-02-01T00:00:00Z", date(2025, 7, 1), date(2026, 1, 31)
)
EMPTY = {
    key: []
    for key in (
        "held_row",
        "finding",
        "obligation",
        "metric_value",
        "missing_report",
        "decision",
        "score",
        "cell_report",
        "merged_cell",
    )
}


def fact(identifier: str, sent: str, **more: Any) -> dict[str, Any]:
    return {"fact_id": identifier, "submission_id": sent, "recorded_to": None, "row_number": 1, **more}


def finding(sent: str, source: str, text: str) -> dict[str, Any]:
    words = dict.fromkeys(("message", "message_ar", "remedy", "remedy_ar", "value"), text)
    return {
        "submission_id": sent,
        "source_id": source,
        "rule": "value.number",
        "severity": "error",
        "sheet": "S",
        "row": 4,
        **words,
    }


def owed(org: str, source: str, period: str, due: str, late: int | None, state: str) -> dict[str, Any]:
    came = None if late is None else "2025-12-30"
    about = {
        "source_id": source,
        "org_id": org,
        "period": period,
        "due_on": due,
        "overdue_on": due,
        "is_derogated": False,
    }
    return {**about, "received_at": came, "days_late": late, "state": state}


def missing(org: str, source: str, period: str, narrowing: float, node: str = "STABILITY") -> dict[str, Any]:
    about = {
        "source_id": source,
        "org_id": org,
        "report_period": period,
        "indicator_ids": "WATER",
        "narrowing": narrowing,
    }
    return {**about, "place_id": "JO-AM", "period": "2025-Q4", "node_code": node}


def score(
    value: float, place: str = "JO-AM", node: str = "STABILITY", weights: str = '{"WATER": 1.0}'
) -> dict[str, Any]:
    return {"place_id": place, **QUARTERS["2025-Q3"], "node_code": node, "score": value, "effective_weights": weights}


def rows_of_others(seed: int) -> dict[str, list[dict[str, Any]]]:
    """Rows that other bodies sent, and what follows from all rows: every text and number of them is another for another seed."""
    text, number = f"SECRET{seed}", 900000.0 + seed
    weight = 0.25 + seed / 100
    return {
        "freshness": [{"source_id": f"{text}-source", "org_id": "ORG-3", "state": "FRESH", "why": text}],
        "submission": [submission(f"{text}-s", "2025-11-01", f"{text}-source", file_name=text, periods=text)],
        "finding": [finding(f"{text}-s", f"{text}-source", text)],
        "held_row": [{"held_id": text, "submission_id": f"{text}-s", "source_id": f"{text}-source", "cells": text, "held_to": None}],
        "obligation": [owed("ORG-3", f"{text}-source", text, "2025-10-01", seed, "late")],
        "cell_report": [
            report("ORG-3", number, f"{text}-s") | {"weight": weight, "standard_error": number},
            report("ORG-3", number, f"{text}-s", place="JO-KA"),
        ],
        "merged_cell": [cell(number, number, org_ids="ORG-2;ORG-3"), cell(number, place="JO-KA", org_ids="ORG-3")],
        "score": [score(number), score(number, "JO-KA"), score(number, "JO", "ALL", '{"STABILITY": 1.0}'), score(number, "JO")],
        "metric_value": [metric(number, number - 1, number + 1)],
        "observation": [fact(text, f"{text}-s", indicator_id="WATER", place_id="JO-KA", value=number, note=text)],
        "analysis_product": [fact(f"{text}-p", f"{text}-s", product_id=text, title=text)],
        "decision": [fact(f"{text}-d", f"{text}-s", decision_id=text, title=text, product_ids=f"OWN-P;{text}", decided_on="2025-12-01")],
        "missing_report": [missing("ORG-3", f"{text}-source", text, number), missing("ORG-2", "own", "2025-Q4", number)],
    }  # fmt: skip


def rows_of_own(seed: int | None) -> dict[str, list[dict[str, Any]]]:
    """Rows that ORG-2 sent; the weight of its report depends on what others sent."""
    weight = 1.0 if seed is None else 0.75 - seed / 100
    return {
        "freshness": [{"source_id": "own", "org_id": "ORG-2", "state": "FRESH"}],
        "submission": [
            submission("s-own", "2025-10-05", "own"),
            submission("s-new", "2026-01-05", "own", corrects="s-own"),
        ],
        "finding": [finding("s-own", "own", "Own <b>words</b>")],
        "held_row": [{"held_id": "h", "submission_id": "s-own", "source_id": "own", "held_to": None}],
        "obligation": [
            owed("ORG-2", "own", "2025-Q2", "2025-07-15", -3, "received"),
            owed("ORG-2", "own", "2025-Q3", "2025-10-15", 4, "late"),
            owed("ORG-2", "own", "2025-Q4", "2026-01-15", None, "overdue"),
            owed("ORG-2", "own", "2026-Q1", "2026-01-30", None, "due"),
            owed("ORG-2", "own", "2024-Q4", "2025-01-15", 0, "received"),
        ],
        "cell_report": [report("ORG-2", 5.0, "s-own") | {"weight": weight}],
        "observation": [fact("o-own", "s-own", indicator_id="WATER", place_id="JO-AM", value=5.0)],
        "analysis_product": [fact("p-own", "s-own", product_id="OWN-P", title="Own product")],
    }


@contextmanager
def published(home: Home, seed: int | None) -> Iterator[Any]:
    others = {} if seed is None else rows_of_others(seed)
    own = rows_of_own(seed)
    rows = {table: [*own.get(table, []), *others.get(table, [])] for table in {**EMPTY, **own, **others}}
    publish(home, "2026-02-01-b", "2026-02-01T00:00:00", {**names(), **rows})
    with open_current(home, "hmg") as connection:
        yield connection


def pack_of(home: Home, seed: int | None, org: str = "ORG-2", lang: Any = "en") -> FeedbackPack:
    with published(Home(home.root / f"{seed} {org} {lang}", home.sources), seed) as connection:
        return feedback_pack(connection, org, EDITION, lang, {"own": "corrections_own.xlsx"})


def without(pack: FeedbackPack, *names: str) -> dict[str, Any]:
    """The document without keys of these names, wherever they stand."""

    def drop(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: drop(v) for k, v in value.items() if k not in names}
        return [drop(one) for one in value] if isinstance(value, list) else value

    dropped: dict[str, Any] = drop(pack.printed())
    return dropped


def test_replacing_every_row_of_others_changes_nothing_but_shares_of_weight(home: Home) -> None:
    first, second = pack_of(home, 1), pack_of(home, 7)
    assert [use.share for use in first.cells] == [0.74] and [use.share for use in second.cells] == [0.68]
    assert without(first, "share") == without(second, "share")
    assert first.files and first.cells and first.scores and first.metrics and first.helpful and first.corrections


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_text_and_no_number_of_others_is_in_a_pack(home: Home, lang: str) -> None:
    pack = pack_of(home, 3, lang=lang)
    for shown in (json.dumps(pack.printed()), pack_page(pack)):
        assert "SECRET" not in shown and "900003" not in shown and "900,003" not in shown
        assert "ORG-3" not in shown and "Body 3" not in shown
    assert pack.decisions == [] and not pack.sees_values
    assert {(s.node_code, s.place_id, s.score) for s in pack.scores} == {
        ("STABILITY", "JO-AM", None), ("STABILITY", "JO", None), ("ALL", "JO", None),
    }  # fmt: skip
    assert pack.helpful[0].narrowing is None


def test_without_others_only_shares_and_what_is_published_are_others(home: Home) -> None:
    allowed = ("share", "sole", "score_count", "scores", "metrics", "helpful")
    alone = pack_of(home, None)
    assert without(pack_of(home, 1), *allowed) == without(alone, *allowed)
    assert [use.sole for use in alone.cells] == [1]


def test_a_department_sees_what_is_released_to_hmg(home: Home) -> None:
    rows = rows_of_others(1)
    own = {"freshness": [{"source_id": "dept", "org_id": "ORG-1", "state": "FRESH"}]}
    own |= {"submission": [submission("s-dept", "2025-10-05", "dept")], "cell_report": [report("ORG-1", 5.0, "s-dept")]}
    own |= {"analysis_product": [fact("p-own", "s-dept", product_id="OWN-P", title="Own")]}
    own |= {"missing_report": [missing("ORG-1", "dept", "2025-Q4", 2.5), missing("ORG-1", "dept", "2025-Q3", 7.5)]}
    own |= {"score": [score(55.0, node="HIDDEN") | {"releasable_to": None}]}
    every = {table: [*own.get(table, []), *rows.get(table, [])] for table in {**EMPTY, **own, **rows}}
    publish(home, "2026-02-01-b", "2026-02-01T00:00:00", {**names(), **every})
    with open_current(home, "hmg") as connection:
        pack = feedback_pack(connection, "ORG-1", EDITION, "en")
    assert {(s.node_code, s.score) for s in pack.scores if s.place_id == "JO-AM"} == {
        ("STABILITY", 900001.0),
        ("HIDDEN", None),
    }
    assert [decision.product_ids for decision in pack.decisions] == [["OWN-P"]]
    assert [(h.report_period, h.narrowing) for h in pack.helpful] == [("2025-Q3", 7.5), ("2025-Q4", 2.5)]


def test_what_was_sent_and_when_is_counted_against_the_body_itself(home: Home) -> None:
    pack = pack_of(home, 1)
    assert [(f.submission_id, f.still_held, f.corrects) for f in pack.files] == [
        ("s-own", 1, None),
        ("s-new", 0, "s-own"),
    ]
    now, before = pack.punctuality, pack.punctuality_before
    assert (now.owed, now.on_time, now.late, now.missing, now.waiting) == (3, 1, 1, 1, 1)
    assert (now.median_days_late, now.missing_reports) == (0.5, ["own 2025-Q4"])
    assert (before.first_day, before.last_day, before.owed, before.on_time) == ("2024-11-28", "2025-06-30", 1, 1)
    page = pack_page(pack)
    assert "Own &lt;b&gt;words&lt;/b&gt;" in page and "<b>" not in page
    assert 'href="corrections_own.xlsx"' in page


def test_a_page_in_arabic_reads_from_right_to_left(home: Home) -> None:
    page = pack_page(pack_of(home, 1, lang="ar"))
    assert '<html lang="ar" dir="rtl">' in page and "ساعات المياه" in page
    assert '<bdi dir="ltr">2025-07-01</bdi>' in page  # else it would read 01-07-2025
    assert '<bdi dir="ltr">2026-01-05</bdi>: ' in page
    assert "<title>" in page and "<bdi" not in page.partition("<title>")[2].partition("</title>")[0]


def test_a_body_is_found_by_identifier_or_name_and_else_the_nearest_is_named(home: Home) -> None:
    with published(home, 1) as connection:
        assert find_body(connection, "org-2") == find_body(connection, "Body 2") == "ORG-2"
        with pytest.raises(UsageError, match="Did you mean"):
            find_body(connection, "Bdy 2")
