"""What a heading and the values below it say about a column."""

from __future__ import annotations

import pytest

from idtracker.ingest.draft.similarity import fold, kind_of, similarity


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["yes", "No", "y"], "flag"),
        (["نعم", "لا"], "flag"),
        (["2026-Q1", "Q2 2026"], "period"),
        (["2026-04", "2026-05"], "period"),
        (["2025/26"], "period"),
        (["2026-04-01", "2026-04-02T10:00"], "date"),
        (["1/2/2026", "13/02/26"], "date"),
        (["1", "-2", "1,234"], "integer"),
        (["١٢٣"], "integer"),
        (["1.5", "2,5", "12%"], "number"),
        (["£1,200", "JOD 35.5"], "money"),
        (["1", "n/a", "", ".."], "integer"),
        (["1", "two"], "text"),
        ([""], "text"),
        ([], "text"),
    ],
)
def test_kind_of_values(values: list[str], kind: str) -> None:
    assert kind_of(values) == kind


def test_values_speak_against_a_heading() -> None:
    assert similarity("Value", "value", "number", ["1", "2"]) > 90
    assert similarity("Value", "value", "number", ["high", "low"]) < 70
    assert similarity("Title", "title", "text", []) > similarity("Activity", "title", "text", [])


def test_headings_are_folded() -> None:
    assert fold("peopleReached (Total)") == "people reached total"
    assert fold("  START_ON: ") == "start on"
    assert fold("Café") == "cafe"
