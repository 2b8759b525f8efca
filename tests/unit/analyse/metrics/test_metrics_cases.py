"""Every metric on the given tables of its cases: every row that is expected and no other."""

from __future__ import annotations

import pandas as pd
import pytest
from metrics_given import HERE, Case, cases

from idtracker.analyse.metrics.registry import metric_of, metrics
from idtracker.model.tables import TABLES, schema_of

COLUMNS = ["measure", "scope", "period", "value", "numerator", "denominator", "n", "suppressed_reason"]
ENDS = ["lower", "upper"]
"""Ends of an interval: in a case where a value has one, beside it."""
KEY = ["period", "scope", "measure"]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_case(case: Case) -> None:
    assert case.shows
    found = case.measured()
    schema_of(TABLES["metric_value"]).validate(found)
    assert not found.duplicated(KEY).any()
    expected = case.expected()
    found = found[~_is_other_part(found["scope"], expected["scope"])].reset_index(drop=True)
    if "lower" not in expected:
        expected.insert(COLUMNS.index("value") + 1, "lower", None)
        expected.insert(COLUMNS.index("value") + 2, "upper", None)
    assert [name for name in expected if name not in ENDS] == COLUMNS
    pd.testing.assert_frame_equal(_comparable(found), _comparable(expected), atol=1e-6, rtol=0)
    assert found["value"].isna().eq(found["suppressed_reason"].notna()).all()


def test_every_metric_has_a_case_and_one_that_withholds_its_value() -> None:
    withheld: dict[str, set[str]] = {}
    for case in cases():
        withheld.setdefault(case.metric_id, set()).update(case.expected()["suppressed_reason"].dropna())
    assert set(withheld) == set(metrics())
    told = {"no_units", "below_minimum_denominator", "undefined", "missing_cells", "not_yet_reported", "small_count"}
    assert told == set().union(*withheld.values())


def test_cases_lie_in_the_folder_of_their_family() -> None:
    for path in (HERE / "cases").glob("*/*.yml"):
        assert path.parent.name == metric_of(path.stem).family


def _is_other_part(scopes: pd.Series, expected: pd.Series) -> pd.Series:
    """Scopes of a kind of part of which the case speaks nowhere: test_metrics_parts holds these against the rows of each part."""
    kinds = {kind for kind in ("objective", "department", "portfolio") if not expected.str.startswith(f"{kind}=").any()}
    return scopes.str.split("=").str[0].isin(kinds)


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = dict.fromkeys(("value", *ENDS, "numerator", "denominator", "n"), "float64")
    typed = frame[[*COLUMNS, *ENDS]].astype(numbers)
    typed["suppressed_reason"] = (
        typed["suppressed_reason"].astype("object").where(typed["suppressed_reason"].notna(), "")
    )
    for name in (*KEY, "suppressed_reason"):
        typed[name] = typed[name].astype("object")
    return typed.sort_values(KEY).reset_index(drop=True)
