"""Every value has an error and says what it rests on: stated, estimated, assumed; and a carried one grows less certain."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.model.errors import DefinitionError
from idtracker.model.method import BUNDLED, KNOWING_NOTHING, Method, load_method
from tests.unit.analyse.figures import merge_cells

Merge = Callable[..., pd.DataFrame]
QUARTERS = tuple(f"{2023 + n // 4}-Q{n % 4 + 1}" for n in range(14))
SCATTER = [40.0, 46.0, 41.0, 47.0, 39.0, 45.0, 42.0, 48.0]
FIGURES = ["standard_error", "score_error", "error_basis"]


def history(values: list[float], **known: Any) -> list[dict[str, Any]]:
    return [{"period": p, "value": v, **known} for p, v in zip(QUARTERS, values, strict=False)]


def figures(cells: pd.DataFrame) -> list[Any]:
    return cells[FIGURES].values.tolist()


@pytest.mark.parametrize(
    ("change", "assumed"),
    [
        ({"derived_from": "event:count"}, 10),
        ({"derived_from": "survey_response:q=yes"}, 6),
        ({"scale": "ordinal", "merge_policy": "median", "goalpost_low": 1, "goalpost_high": 5}, 10),
        ({"unit": "%"}, 5),
        ({"unit": "days", "goalpost_low": 90, "goalpost_high": 40, "direction": -1}, 7.5),
    ],
)
def test_without_statement_and_history_the_method_assumes_by_kind(
    merge: Merge, change: dict[str, Any], assumed: float
) -> None:
    cell = merge([{"value": 3}], change).iloc[0]
    width = abs(change.get("goalpost_high", 100) - change.get("goalpost_low", 0))
    assert cell[FIGURES].tolist() == [pytest.approx(assumed * width / 100), assumed, "ASSUMED"]


def test_a_stated_error_counts_as_stated_and_zero_is_no_statement(merge: Merge) -> None:
    assert figures(merge([{"value": 40, "standard_error": 0.1}])) == [[0.1, 0.1, "STATED"]]
    assert figures(merge([{"value": 40, "standard_error": 0.0}])) == [[5.0, 5.0, "ASSUMED"]]


def test_disagreement_is_an_estimate_and_never_below_the_floor(merge: Merge) -> None:
    graded = {"reliability": "A", "credibility": "1"}
    two = [{"value": 40, **graded}, {"value": 46, "org_id": "GB-GOV-8", **graded}]
    assert figures(merge(two)) == [[3.0, 3.0, "ESTIMATED"]]
    alike = [{"value": 40, **graded}, {"value": 40.001, "org_id": "GB-GOV-8", **graded}]
    assert figures(merge(alike)) == [[0.5, 0.5, "ESTIMATED"]]
    stated = [{"value": 40, "standard_error": 2.0, **graded}, {"value": 46, "org_id": "GB-GOV-8", **graded}]
    assert figures(merge(stated))[0][2] == "STATED"


def test_a_history_replaces_the_assumption_once_it_is_long_enough(merge: Merge) -> None:
    cells = merge(history(SCATTER), periods=QUARTERS[:8])
    assert cells["error_basis"].tolist() == ["ASSUMED"] * 5 + ["ESTIMATED"] * 3
    assert cells["score_error"].iloc[-1] == pytest.approx(3.5, abs=0.8)
    flat = merge(history([40.0] * 8), periods=QUARTERS[7:8])
    assert 0.5 <= flat["score_error"].iloc[0] < 1


def test_quarters_before_the_grid_are_history_and_later_ones_are_none(merge: Merge) -> None:
    whole = merge(history(SCATTER), periods=QUARTERS[:8])
    assert figures(merge(history(SCATTER), periods=QUARTERS[7:8])) == figures(whole)[7:]
    assert figures(merge(history(SCATTER[:7]), periods=QUARTERS[:7])) == figures(whole)[:7]


def test_a_carried_value_grows_less_certain_with_every_quarter(merge: Merge) -> None:
    cells = merge([{"period": QUARTERS[0], "value": 40}], {"max_age_days": 400}, periods=QUARTERS[:5])
    assert cells["score_error"].tolist() == pytest.approx([math.sqrt(25 + 4 * n) for n in range(5)])
    stated = merge([{"period": QUARTERS[0], "value": 40, "standard_error": 1.0}], periods=QUARTERS[:2])
    assert stated["error_basis"].tolist() == ["STATED", "ASSUMED"], "the drift is an assumption"
    known = merge(history(SCATTER), {"max_age_days": 400}, periods=QUARTERS[7:11])
    errors = known["score_error"].tolist()
    assert errors == sorted(set(errors)) and set(known["error_basis"]) == {"ESTIMATED"}
    assert len({round(b**2 - a**2, 9) for a, b in itertools.pairwise(errors)}) == 1


def test_a_carried_value_is_dropped_once_it_says_nothing(merge: Merge) -> None:
    wild = merge(history([10.0, 90.0] * 4), {"max_age_days": 900}, periods=QUARTERS)
    assert wild["score_error"].max() == KNOWING_NOTHING and len(wild) == 8
    restless = merge(history([20.0, 60.0, 30.0, 70.0, 25.0, 65.0, 20.0, 70.0]), {"max_age_days": 900}, periods=QUARTERS)
    carried = restless[restless["is_carried"]]
    assert 0 < len(carried) < 6 and (carried["score_error"] < KNOWING_NOTHING).all()
    calm = merge(history(SCATTER), {"max_age_days": 900}, periods=QUARTERS)
    assert len(calm) == 14


def test_the_country_has_the_weakest_basis_of_its_governorates(merge: Merge) -> None:
    rows = [{"place_id": "JO-AM", "value": 40, "standard_error": 2.0}, {"place_id": "JO-IR", "value": 50}]
    cells = merge([*rows, {"place_id": "JO-MA", "value": 60}], national=True).set_index("place_id")
    country = cells.loc["JO"]
    assert country["error_basis"] == "ASSUMED"
    assert country["score_error"] == pytest.approx(math.sqrt(0.4**2 * 4 + 2 * 0.3**2 * 25))
    stated = [{**row, "standard_error": 2.0} for row in (*rows, {"place_id": "JO-MA", "value": 60})]
    assert merge(stated, national=True).set_index("place_id").loc["JO", "error_basis"] == "STATED"


def test_a_sum_of_governorates_drifts_as_they_do(merge: Merge) -> None:
    rows = [{"place_id": f"JO-{code}", "value": 40, "period": QUARTERS[0]} for code in ("AM", "IR", "MA")]
    change = {"roll_up": "sum", "unit": "days", "goalpost_high": 50.0}
    cells = merge(rows, change, periods=QUARTERS[:2], national=True)
    country = cells[cells["place_id"] == "JO"]
    assert country["standard_error"].tolist() == pytest.approx([3.75 * math.sqrt(3), math.sqrt(3 * (3.75**2 + 1))])
    shares = 0.4**2 + 2 * 0.3**2
    assert country["score_error"].tolist() == pytest.approx([7.5 * math.sqrt(shares), math.sqrt(shares * (7.5**2 + 4))])


def test_an_indicator_without_goalposts_keeps_what_is_stated(merge: Merge) -> None:
    change = {"goalpost_low": None, "goalpost_high": None, "dimension_code": None}
    cells = merge([{"value": 40, "period": QUARTERS[0]}], change, periods=QUARTERS[:2])
    assert cells["standard_error"].isna().all() and cells["error_basis"].isna().all()
    stated = merge([{"value": 40, "standard_error": 2.0, "period": QUARTERS[0]}], change, periods=QUARTERS[:2])
    assert stated["standard_error"].tolist() == [2.0, 2.0] and stated["error_basis"].tolist() == ["STATED"] * 2


def test_equal_goalposts_of_a_scored_indicator_are_refused(merge: Merge) -> None:
    with pytest.raises(DefinitionError, match="two different goalposts"):
        merge([{"value": 40}], {"goalpost_low": 5, "goalpost_high": 5})


def test_an_earlier_method_gives_no_error_where_none_is_stated(
    observations: Any, indicators: Any, places: pd.DataFrame
) -> None:
    earlier = load_method(BUNDLED.with_name("STAB-1.1.yml"))
    rows = observations([{"value": 40}, {"value": 40, "place_id": "JO-IR", "standard_error": 2.0}])
    cells = merge_cells(rows, indicators({}), places, earlier, ["2026-Q2", "2026-Q3"]).set_index(["place_id", "period"])
    assert cells.loc["JO-AM", "standard_error"].isna().all() and cells.loc["JO-AM", "error_basis"].isna().all()
    assert cells.loc["JO-IR", "standard_error"].tolist() == [2.0, 2.0]
    assert set(cells.loc["JO-IR", "error_basis"]) == {"STATED"}


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("floor: 0.5", "floor: 0", r"uncertainty.history.floor"),
        ("window: 12 # quarters, that", "window: 5 # quarters, that", r"uncertainty.history.*do not fit"),
        ("percent: 5.0", "percent: 29", r"uncertainty.assumed.percent"),
        ("  assumed:", "  guessed:", r"uncertainty"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = BUNDLED.read_text("utf-8")
    assert old in text
    (tmp_path / "OWN-1.yml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(DefinitionError, match=named):
        load_method(tmp_path / "OWN-1.yml")


def test_no_value_of_the_bundled_method_is_exact(merge: Merge, method: Method) -> None:
    assert method.uncertainty is not None
    rows = [
        r for code in ("AM", "IR", "MA") for r in history(SCATTER[:6] * 2, place_id=f"JO-{code}", standard_error=0.0)
    ]
    cells = merge(rows[::2], {"level": "both"}, periods=QUARTERS, national=True)
    assert len(cells) > 40 and cells["error_basis"].notna().all()
    assert (cells["score_error"] > 0).all() and (cells["standard_error"] > 0).all()
