"""Several breakdowns in one row are one breakdown, whatever the order; wholes are left out, and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.shape.totals import without_totals
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register
from idtracker.model.text import TEXT

CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
HEAD = "ref,what,period,sex,age,disability,measure,actual"


def source(dimensions: Sequence[str] = ("sex", "age", "disability")) -> Source:
    columns: list[dict[str, object]] = [
        {"field": "reference", "heading": "ref"}, {"field": "result_indicator", "heading": "what"},
        {"field": "period"}, {"field": "measure"}, {"field": "actual"},
        *({"field": "disaggregation", "dimension": name, "heading": name} for name in dimensions),
    ]  # fmt: skip
    return Source.model_validate(
        {"title": "Reach", "publisher": "GB-GOV-11", "format": {"kind": "csv"}, "cadence": {"every": "quarter"}}
        | {"feeds": "result_value", "key": ["reference", "result_indicator", "period", "disaggregation"]}
        | {"columns": columns}
    ).located("reach", Path(), "x")


def judge(*cells: str, of: Source | None = None) -> Assessment:
    """Rows of sex, age, disability and value."""
    rows = [f"A,Trained,2026-Q1,{c.rpartition(',')[0]},1,{c.rpartition(',')[2]}" for c in cells]
    content, at = "\n".join([HEAD, *rows]) + "\n", pd.Timestamp("2026-04-20")
    return assess(content.encode(), "r.csv", of or source(), CATALOGUE, submission_id="s", received_at=at)


def breakdowns(found: Assessment) -> list[str | None]:
    cells = found.facts["result_value"]["disaggregation"]
    return [None if pd.isna(c) else str(c) for c in cells]


@pytest.mark.parametrize(
    ("cells", "breakdown"),
    [
        ("F,5-17,no", "age=5-17;disability=no;sex=F"),
        ("Both sexes,All ages,Total", None),
        ("_T,_T,_T", None),
        ("كلا الجنسين,كل الأعمار,", None),
        ("F,,", "sex=F"),
        ("sex=F,all ages,", "sex=F"),
        ("Both sexes,18+,yes", "age=18+;disability=yes"),
    ],
)
def test_columns_of_dimensions_make_one_breakdown(cells: str, breakdown: str | None) -> None:
    found = judge(f"{cells},7")
    assert (found.rows_accepted, breakdowns(found)) == (1, [breakdown]), found.findings.to_frame()["message"].tolist()


def test_the_order_of_the_columns_does_not_matter() -> None:
    one, other = (
        judge("F,5-17,no,7", of=source(order)) for order in (("sex", "age", "disability"), ("age", "disability", "sex"))
    )
    assert list(one.facts["result_value"]["fact_id"]) == list(other.facts["result_value"]["fact_id"])


def test_two_rows_of_the_total_are_one_or_clash() -> None:
    assert judge("Both sexes,All ages,,7", ",,Total,8").rows_held == 2
    assert judge("Both sexes,All ages,,7", ",,Total,7").rows_accepted == 1


def test_parts_of_two_dimensions_that_are_more_than_the_total_are_told() -> None:
    parts = [f"{sex},{age},,6" for sex in "MF" for age in ("5-17", "18+")]
    assert [g.rule.id for g in judge(",,,24", *parts).findings.groups] == []
    (group,) = judge(",,,20", *parts).findings.groups
    assert group.rule.id == "cross.breakdown"
    assert "by age and sex in “actual” add up to 24, more than the total of 20" in group.message()


def test_pairs_in_one_cell_stand_in_one_order() -> None:
    cells = pd.Series(["sex=F;age=5-17", "age=5-17, sex=F", "sex=F;age=_T", "women; girls"], dtype=TEXT)
    assert list(without_totals(cells)) == ["age=5-17;sex=F", "age=5-17;sex=F", "sex=F", "women; girls"]


@pytest.mark.parametrize(
    "columns",
    [
        [{"field": "disaggregation"}, {"field": "disaggregation", "dimension": "age"}],
        [{"field": "disaggregation", "dimension": "age"}, {"field": "disaggregation", "dimension": "age"}],
        [{"field": "period", "dimension": "age"}],
    ],
)
def test_columns_that_are_no_dimensions_of_their_own_are_refused(columns: list[dict[str, object]]) -> None:
    definition = source().model_dump(exclude_unset=True)
    definition["parts"][0]["columns"] = [{"field": "reference"}]
    definition["parts"][0]["key"] = ["reference"]
    definition["parts"][0]["columns"] += columns
    with pytest.raises(ValueError, match="dimension"):
        Source.model_validate(definition)
