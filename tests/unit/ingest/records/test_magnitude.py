"""A file of which all values are a hundredth of the usual waits for a person; a single value of that kind is a warning."""

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
from idtracker.model.periods import periods_between
from idtracker.model.register.register import Register

CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
QUARTERS = periods_between("2024-Q1", "2026-Q4")
PLACES = ["Mafraq", "Irbid", "Ajloun", "Karak", "Aqaba", "Zarqa", "Amman", "Tafilah", "Jerash", "Balqa"]
HEAD = "reference,place,period,people_reached,spend"
INDICATORS = (
    "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy\n"
    "IND-1,One,points,1,1,adm1,quarter,mean,200,median\nIND-2,Two,%,1,1,adm1,quarter,mean,200,median\n"
)
USUAL = (400, 650, 520, 300)


def source(**changes: object) -> Source:
    columns = [{"field": f} for f in HEAD.split(",")]
    columns[-1]["currency"] = "GBP"
    return Source.model_validate(
        {"title": "Returns", "publisher": "GB-GOV-11", "format": {"kind": "csv", "delimiter": ","}}
        | {"cadence": {"every": "quarter"}, "feeds": "activity_cell", "key": ["reference", "place", "period"]}
        | {"columns": columns, **changes}
    ).located("returns", Path(), "x")


def judge(period: str, spend: Sequence[float], of: Source, history: EarlierReports | None = None) -> Assessment:
    lines = [f"A,{place},{period},7,{value}" for place, value in zip(PLACES, spend, strict=False)]
    content = "\n".join([HEAD, *lines]) + "\n"
    at = pd.Timestamp("2027-01-20")
    return assess(content.encode(), "r.csv", of, CATALOGUE, submission_id="s", received_at=at, history=history)


def after(reports: Sequence[Sequence[float]], now: Sequence[float], **changes: object) -> Assessment:
    """A report judged against earlier ones, one a quarter."""
    of = source(**changes)
    facts = [
        judge(q, spend, of).facts["activity_cell"][history_columns(of.parts[0])]
        for q, spend in zip(QUARTERS, reports, strict=False)
    ]
    return judge(QUARTERS[len(reports)], now, of, EarlierReports({"activity_cell": pd.concat(facts)}, "v"))


def rules_of(found: Assessment) -> list[str]:
    return [g.rule.id for g in found.findings.groups if g.rule.id.startswith(("bounds.", "history."))]


@pytest.mark.parametrize("factor", [0.01, 100, 0.001, 1000])
def test_a_file_that_is_wholly_a_hundredth_of_the_usual_waits(factor: float) -> None:
    found = after([USUAL] * 3, [v * factor * change for v, change in zip(USUAL, (0.9, 1.6, 1, 0.6), strict=True)])
    assert (found.verdict, found.rows_held, rules_of(found)) == ("held", 4, ["bounds.magnitude"])
    assert set(found.held["is_waivable"]) == {True} and len(found.waivable["activity_cell"]) == 4


def test_places_without_a_past_wait_with_the_others() -> None:
    found = after([USUAL] * 3, [v / 100 for v in (*USUAL, 500, 600)])
    assert (found.rows_held, found.rows_accepted) == (6, 0)
    assert (
        "All 4 values of “spend” that can be compared are about one hundredth of what is usual, such as 4 where 400"
        in (found.findings.groups[-1].message())
    )


@pytest.mark.parametrize(
    ("reports", "now"),
    [
        ([USUAL] * 2, [4, 6.5, 5.2, 3]),  # fewer than three earlier periods
        ([USUAL[:2]] * 4, [4, 6.5]),  # fewer than three values to compare
        ([USUAL] * 4, [4, 650, 520, 300]),  # one value: a warning
        ([USUAL] * 4, [4, 6.5, 520, 300]),
        ([USUAL] * 4, [40, 65, 52, 30]),  # a tenth may be true
        ([USUAL] * 4, [0, 0, 0, 0]),
        ([USUAL] * 4, [0, 0, 5.2, 3]),
        ([USUAL] * 4 + [(4, 6.5, 5.2, 3)], [4, 6.5, 5.2, 3]),  # on the level of the latest, which a person confirmed
    ],
)
def test_what_is_not_wholly_in_another_unit_is_accepted(reports: list[tuple[float, ...]], now: list[float]) -> None:
    found = after(reports, now)
    assert found.rows_held == 0 and "bounds.magnitude" not in rules_of(found)


def test_a_part_whose_history_leaves_out_units_is_not_held() -> None:
    for history in (False, ["unit"]):
        assert after([USUAL] * 3, [v / 100 for v in USUAL], history=history).rows_held == 0


def test_the_rows_of_one_indicator_in_another_unit_wait_alone(tmp_path: Path) -> None:
    (tmp_path / "_reference").mkdir()
    (tmp_path / "_reference" / "indicators.csv").write_text(INDICATORS, "utf-8")
    catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(tmp_path), {})
    columns = [{"field": f} for f in ("indicator", "place", "period", "value")]
    of = Source.model_validate(
        {"title": "R", "publisher": "GB-GOV-11", "format": {"kind": "csv"}, "cadence": {"every": "quarter"}}
        | {"feeds": "observation", "key": ["indicator", "place", "period"], "columns": columns}
    ).located("returns", Path(), "x")
    names = ["IND-1", "IND-2"]

    def report(period: str, share: float, history: EarlierReports | None = None) -> Assessment:
        lines = [
            f"{name},{place},{period},{(share if n else 1) * (40 + 3 * k)}"
            for n, name in enumerate(names)
            for k, place in enumerate(("JO-MA", "JO-IR", "JO-KA", "JO-AM"))
        ]
        content = "\n".join(["indicator,place,period,value", *lines]) + "\n"
        at = pd.Timestamp("2027-01-20")
        return assess(content.encode(), "r.csv", of, catalogue, submission_id="s", received_at=at, history=history)

    known = pd.concat([report(q, 1).facts["observation"][history_columns(of.parts[0])] for q in QUARTERS[:3]])
    found = report(QUARTERS[3], 0.01, EarlierReports({"observation": known}, "v"))
    assert (found.rows_held, found.rows_accepted) == (4, 4)
    assert set(found.facts["observation"]["indicator_id"]) == {names[0]}
