"""A file against what its source said before: what is odd is told with its figures, what is ordinary is not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.series import EarlierReports, history_columns
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.findings import Group
from idtracker.model.periods import periods_between
from idtracker.model.register.register import Register

CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
QUARTERS = periods_between("2022-Q1", "2026-Q4")
PLACES = ["Mafraq", "Irbid", "Ajloun", "Karak", "Maan", "Aqaba", "Zarqa", "Amman"]
USUAL = [58.0, 61.0, 60.0, 63.0, 59.0, 62.0, 60.0, 61.0]
CELLS: dict[str, object] = {
    "title": "Returns",
    "publisher": "GB-GOV-11",
    "format": {"kind": "csv", "delimiter": ","},
    "cadence": {"every": "quarter"},
    "feeds": "activity_cell",
    "key": ["reference", "place", "period"],
    "columns": [{"field": f} for f in ("reference", "place", "period", "people_reached", "spend", "spend_currency")],
}
PAYMENTS: dict[str, object] = {
    **{k: v for k, v in CELLS.items() if k not in ("feeds", "key", "columns", "format")},
    "format": {"kind": "json"},
    "parts": [
        {
            "feeds": "activity",
            "key": ["reference"],
            "columns": [{"field": "reference"}],
            "layout": {"records": "activities"},
            "optional": True,
        },
        {
            "feeds": "transaction",
            "key": ["reference"],
            "columns": [{"field": "reference"}, {"field": "activity"}],
            "layout": {"records": "payments"},
        },
    ],
}


def source_of(definition: dict[str, object], **changes: object) -> Source:
    return Source.model_validate({**definition, **changes}).located("returns", Path(), "x")


def judge(source: Source, content: str, history: EarlierReports | None = None) -> Assessment:
    return assess(
        content.encode(), "returns", source, CATALOGUE,
        submission_id="s", received_at=pd.Timestamp("2027-01-20"), history=history,
    )  # fmt: skip


def said(source: Source, *contents: str) -> EarlierReports:
    """What the source said in these files, one after the other."""
    frames: dict[str, pd.DataFrame] = {}
    for content in contents:
        facts = judge(source, content).facts
        for part in source.parts:
            if part.id in facts and history_columns(part):
                earlier = [f for f in (frames.get(part.id), facts[part.id][history_columns(part)]) if f is not None]
                frames[part.id] = pd.concat(earlier).drop_duplicates("fact_id", keep="last")
    return EarlierReports(frames, "v")


def lines(period: str, values: Sequence[float | str], currency: str = "GBP", spend: Sequence[float | str] = ()) -> str:
    """One file: a row for each place."""
    rows = ["reference,place,period,people_reached,spend,spend_currency"]
    for n, value in enumerate(values):
        rows.append(f"A,{PLACES[n]},{period},{value},{spend[n] if spend else ''},{currency if spend else ''}")
    return "\n".join(rows) + "\n"


def found(past: Sequence[float], value: float, column: str = "people_reached", **changes: object) -> list[Group]:
    """Findings about one value after a series of values of one place."""
    source = source_of(CELLS, **changes)

    def one(quarter: str, figure: float) -> str:
        is_people = column == "people_reached"
        return lines(quarter, [int(figure)]) if is_people else lines(quarter, [""], spend=[figure])

    history = said(source, *(one(q, v) for q, v in zip(QUARTERS, past, strict=False)))
    result = judge(source, one(QUARTERS[len(past)], value), history)
    assert result.rows_accepted == 1  # history never holds a row
    return [g for g in result.findings.groups if g.rule.id.startswith("history.")]


def rules_of(groups: Sequence[Group]) -> list[str]:
    return [g.rule.id for g in groups]


def test_a_value_far_from_the_usual_is_told_with_its_figures() -> None:
    (group,) = found(USUAL, 140)
    assert group.rule.id == "history.outlier" and list(group.rows) == [2]
    assert group.message() == (
        "“people_reached” is 140; this series usually lies around 60.5 (between 58 and 63 in 8 earlier periods)."
    )


@pytest.mark.parametrize("value", [64, 55, 70, 80])
def test_an_ordinary_value_is_not_told(value: float) -> None:
    assert found(USUAL, value) == []


@pytest.mark.parametrize(
    ("past", "value"),
    [
        (USUAL[:7], 140),  # too few to know what is usual
        ([10, 12, 14, 17, 20, 24, 29, 35], 42),  # a series that grows
        ([100] * 10, 130),  # a constant series that moves
        ([0] * 10, 1),
        ([3, 40, 12, 33, 5, 27, 18, 39], 60),  # a restless one
        ([1, 0, 2, 1, 0, 1, 2, 1], 4),  # small counts
    ],
)
def test_what_is_no_news_is_not_told(past: list[float], value: float) -> None:
    assert found(past, value) == []


def test_a_constant_series_that_jumps_is_told() -> None:
    assert rules_of(found([100] * 10, 400)) == ["history.outlier"]


def test_only_the_latest_periods_make_the_usual_level() -> None:
    assert found([500] * 6 + [60] * 12, 500) != []


@pytest.mark.parametrize(
    ("value", "factor", "meant"),
    [
        (1_240_000.0, "100 times", "12,400"),
        (12_400_000.0, "1,000 times", "12,400"),
        (124.0, "one hundredth of", "12,400"),
        (12.4, "one thousandth of", "12,400"),
    ],
)
def test_a_value_in_another_unit_is_told_with_what_was_perhaps_meant(value: float, factor: str, meant: str) -> None:
    (group,) = found([12_100, 11_900, 12_300], value, "spend")
    assert (group.rule.id, list(group.suggestions)) == ("history.unit", [meant])
    assert factor in group.message() and "12,100" in group.message()
    assert not any(c.isascii() and c.isalpha() for c in group.message("ar").replace("spend", ""))


@pytest.mark.parametrize(
    ("past", "value"),
    [
        ([12_100, 11_900], 12.1),  # two points are too few
        ([12_100, 11_900, 12_300], 240.0),  # a fiftieth is no unit
        ([10.0, 900.0, 60.0, 4000.0], 6000.0),  # no steady level
        ([12_100, 11_900, 12_300], 0.0),  # nothing spent
    ],
)
def test_what_is_no_slip_of_the_unit_is_not_told(past: list[float], value: float) -> None:
    assert found(past, value, "spend") == []


def test_a_large_part_of_a_file_in_another_unit_is_told_once_a_column() -> None:
    source = source_of({**CELLS, "key": ["reference", "place", "period"]})
    head = "reference,place,period,people_reached,spend,spend_currency\n"

    def file(quarter: str, figure: float) -> str:
        figures = [figure if n < 30 else 12_000 for n in range(60)]
        return head + "".join(f"A{n},Mafraq,{quarter},,{v + n},GBP\n" for n, v in enumerate(figures))

    history = said(source, *(file(q, 12_000) for q in QUARTERS[:4]))
    (group,) = [g for g in judge(source, file(QUARTERS[4], 1_200_000), history).findings if "history" in g.rule.id]
    assert (group.rule.id, len(group.rows)) == ("history.unit", 30)


def test_a_changed_sign_is_told() -> None:
    (group,) = found([8700, 9100, 9900, 9300], -9500, "spend")
    assert group.rule.id == "history.sign"
    assert found([8700, -9100, 9900, 9300], -9500, "spend") == []
    assert found([8700, 9100, 9900], -9500, "spend") == []
    assert found([8700, 9100, 9900, 9300], 0, "spend") == []


def test_another_currency_is_another_series() -> None:
    source = source_of(CELLS)
    history = said(source, *(lines(q, [""], "GBP", [12_000]) for q in QUARTERS[:6]))
    assert not [
        g for g in judge(source, lines(QUARTERS[6], [""], "JOD", [12]), history).findings if "history" in g.rule.id
    ]
    assert [g for g in judge(source, lines(QUARTERS[6], [""], "GBP", [12]), history).findings if "history" in g.rule.id]


def test_a_year_is_not_held_against_quarters() -> None:
    source = source_of(CELLS)
    history = said(source, *(lines(q, [60]) for q in QUARTERS[:9]))
    assert not [g for g in judge(source, lines("2025", [240]), history).findings if "history" in g.rule.id]


def test_only_earlier_periods_count() -> None:
    source = source_of(CELLS)
    history = said(source, *(lines(q, [60]) for q in QUARTERS[1:12]))
    assert not [g for g in judge(source, lines(QUARTERS[0], [600]), history).findings if "history" in g.rule.id]


FIRST, SECOND = [21, 34, 12, 45, 28, 19, 40, 33], [25, 31, 15, 41, 30, 22, 37, 35]


def copied(third: Sequence[float], *past: Sequence[float], **changes: object) -> list[Group]:
    source = source_of(CELLS, **changes)
    history = said(source, *(lines(q, v) for q, v in zip(QUARTERS, past, strict=False)))
    result = judge(source, lines(QUARTERS[len(past)], third), history)
    return [g for g in result.findings.groups if g.rule.id == "history.copy"]


def test_the_last_period_sent_again_is_told_once() -> None:
    (group,) = copied(SECOND, FIRST, SECOND)
    assert group.message() == (
        "All 8 values of 2022-Q3 are the same as those of 2022-Q2: perhaps the last report was sent again."
    )
    assert "2022-Q2" in group.message("ar") and list(group.rows) == []


@pytest.mark.parametrize(
    ("third", "past"),
    [
        ([26, *SECOND[1:]], (FIRST, SECOND)),  # one value differs
        (SECOND, (SECOND, SECOND)),  # a series that never moves
        (SECOND, (SECOND,)),  # nothing is known of how it moves
        ([0] * 8, (FIRST, [0] * 8)),  # nothing happened twice
        (SECOND[:4], (FIRST[:4], SECOND[:4])),  # four values may agree by chance
        (FIRST, (FIRST, SECOND)),  # the same as two periods before
    ],
)
def test_what_is_no_copy_is_not_told(third: list[float], past: tuple[list[float], ...]) -> None:
    assert copied(third, *past) == []


def test_a_part_may_leave_history_out() -> None:
    assert found(USUAL, 140, history=False) == []
    assert found(USUAL, 140, history=["outlier"]) == []
    assert rules_of(found(USUAL, 140, history=["copy"])) == ["history.outlier"]
    assert copied(SECOND, FIRST, SECOND, history=["copy"]) == []


def test_facts_do_not_depend_on_history() -> None:
    source = source_of(CELLS)
    history = said(source, *(lines(q, [int(v)]) for q, v in zip(QUARTERS, USUAL, strict=False)))
    content = lines(QUARTERS[8], [140])
    with_it, without = judge(source, content, history), judge(source, content)
    pd.testing.assert_frame_equal(with_it.facts["activity_cell"], without.facts["activity_cell"])
    assert without.findings.groups == []


def test_a_reference_that_no_earlier_file_explains_is_told() -> None:
    source = source_of(PAYMENTS)
    history = said(source, '{"activities": [{"reference": "A"}], "payments": [{"reference": "P1", "activity": "A"}]}')
    later = (
        '{"activities": [], "payments": [{"reference": "P2", "activity": "A"}, {"reference": "P3", "activity": "X"}]}'
    )
    (group,) = judge(source, later, history).findings.groups
    assert (group.rule.id, list(group.values)) == ("cross.reference_unseen", ["X"])
    assert judge(source, later).findings.groups == []  # nothing is known to hold it against


def test_a_reference_that_an_earlier_file_explains_is_not_told() -> None:
    source = source_of(PAYMENTS)
    history = said(source, '{"activities": [{"reference": "A"}], "payments": []}')
    later = '{"activities": [{"reference": "B"}], "payments": [{"reference": "P2", "activity": "A"}]}'
    assert judge(source, later, history).findings.groups == []
    assert rules_of(judge(source, later).findings.groups) == ["cross.reference"]
