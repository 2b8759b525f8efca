"""The page about data quality over a few rows: what each source owes, sent and got wrong, and whether rows are accounted for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from idtracker.model.messages import LANGS, Lang
from idtracker.publish.briefing.pages.quality import pages
from idtracker.publish.briefing.parts import Figure
from tests.unit.publish.briefing.pages_of_rows import (
    QUARTER,
    check_numbers,
    edition,
    pieces,
    published,
    row_with,
    said,
    section,
)
from tests.unit.publish.export.published_rows import Rows, row_of

HOSTILE = "a'; DROP TABLE finding; --<b>"


def owed(source: str, period: str, state: str, days_late: int | None) -> dict[str, Any]:
    came = None if days_late is None else pd.Timestamp("2026-07-20T08:00:00")
    dates = {"due_on": pd.Timestamp("2026-07-15"), "received_at": came, "days_late": days_late}
    return row_of("obligation", source_id=source, org_id="A", state=state, **{**QUARTER, "period": period}, **dates)


def account(reason: str, rows: int, rows_in: int, step: str = "landing_to_judged") -> dict[str, Any]:
    return row_of(
        "reconciliation", step=step, subject="s1", reason=reason, rows=rows, rows_in=rows_in, rows_out=rows_in
    )


def rows() -> Rows:
    fresh = {"data_time": None, "arrived_at": None, "expected_next": None, "owner": None, "whose_turn": None}
    return {
        "freshness": [
            row_of("freshness", source_id="fine", org_id="A", state="FRESH", as_of_on=pd.Timestamp("2026-08-15"), **fresh),
            row_of("freshness", source_id=HOSTILE, org_id="A", state="DELINQUENT", as_of_on=pd.Timestamp("2026-08-15"), **{**fresh, "whose_turn": "A"}),
        ],
        "obligation": [
            owed("fine", "2026-Q1", "received", -3), owed("fine", "2026-Q2", "late", 5), owed(HOSTILE, "2026-Q2", "overdue", None),
        ],
        "submission": [row_of("submission", submission_id=str(n), source_id=s, state=state) for n, (s, state) in enumerate((("fine", "accepted"), ("fine", "accepted"), (HOSTILE, "rejected")))],
        "finding": [
            row_of("finding", source_id=HOSTILE, severity="critical", dimension="validity"),
            row_of("finding", source_id=HOSTILE, severity="error", dimension="validity"),
            row_of("finding", source_id="fine", severity="error", dimension="accuracy"),
        ],
        "reconciliation": [account("accepted", 7, 10), account("held", 3, 10)],
    }  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_has_its_address(lang: Lang) -> None:
    source = published(rows())
    figures, counts = check_numbers(source, pages(source, edition(lang)))
    assert figures == 1 and counts > 30


def test_sources_stand_by_how_overdue_they_are() -> None:
    made = section(pages(published(rows()), edition()), "freshness")
    table = made.blocks[-1]
    assert [said(row[0]) for row in table.rows] == [HOSTILE, "fine"]  # type: ignore[union-attr]
    assert "DELINQUENT: 1" in said(made) and "FRESH: 1" in said(made) and "OVERDUE" not in said(made)


@pytest.mark.parametrize("lang", LANGS)
def test_a_source_has_the_title_of_its_definition_where_that_is_published(lang: Lang) -> None:
    """One without a title, as publications of before have none, keeps its identifier."""
    stated = {"fine": '{"id": "fine", "title": "Residents asked"}', HOSTILE: "{}"}
    defined = [
        row_of("definition", kind="source", definition_id=name, definition=text) for name, text in stated.items()
    ]
    made = pages(published(rows() | {"definition": defined}), edition(lang))
    for name in ("freshness", "obligations", "files", "findings"):
        firsts = {said(row[0]) for block in section(made, name).blocks for row in getattr(block, "rows", ())}
        assert {"Residents asked", HOSTILE} <= firsts and "fine" not in firsts, name


def test_reports_are_counted_by_state_and_the_missing_ones_come_first() -> None:
    made = section(pages(published(rows()), edition()), "obligations")
    assert row_with(made, "All sources")[1:] == ["1", "1", "0", "1", "0"]
    assert row_with(made, "fine")[1:] == ["1", "1", "0", "0", "0"]
    last = made.blocks[-1]
    assert [[said(c) if c is not None else "" for c in row] for row in last.rows] == [  # type: ignore[union-attr]
        [HOSTILE, "A", "2026-Q2", "overdue", "2026-07-15", "", ""],
        ["fine", "A", "2026-Q2", "late", "2026-07-15", "2026-07-20", "5"],
    ]


def test_whole_numbers_are_printed_whole_where_other_rows_have_none() -> None:
    (late,) = (piece for piece in pieces(pages(published(rows()), edition())) if isinstance(piece, Figure))
    assert (late.value, type(late.value), late.digits) == (5, int, 0)


def test_findings_are_counted_by_source_severity_and_dimension() -> None:
    made = section(pages(published(rows()), edition()), "findings")
    assert row_with(made, "All sources")[1:] == ["1", "2", "0", "0"]
    assert row_with(made, HOSTILE)[1:] == ["1", "1", "0", "0"]
    assert row_with(made, "fine")[1:] == ["0", "1", "0", "0"]
    assert row_with(made, "validity")[1:] == ["1", "1", "0", "0"]


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([account("accepted", 7, 10), account("held", 3, 10)], ["At every step every row is accounted for"]),
        ([account("accepted", 7, 10)], ["Not every row", "does not add up to what came in at: landing_to_judged s1"]),
        ([account("accepted", 7, 10), account("unexplained", 3, 10)], ["Not every row", "unexplained rows: 1"]),
    ],
)
def test_rows_that_are_not_accounted_for_are_said(accounts: list[dict[str, Any]], expected: list[str]) -> None:
    text = said(section(pages(published({**rows(), "reconciliation": accounts}), edition()), "accounts"))
    assert all(part in text for part in expected)
    assert ("At every step" in text) == (expected[0].startswith("At every step"))


def test_a_publication_without_these_tables_says_so_and_claims_nothing() -> None:
    empty: Rows = {"freshness": [], "obligation": [], "submission": [], "finding": [], "reconciliation": []}
    for source in (published({}), published(empty)):
        made = pages(source, edition())
        assert "nothing was found, or they are not for this audience" in said(section(made, "findings"))
        assert "it is not known which are missing" in said(section(made, "obligations"))
        assert check_numbers(source, made) == (0, 0)
