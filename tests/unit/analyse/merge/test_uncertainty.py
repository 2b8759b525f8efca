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


A1 = {"reliability": "A", "credibility": "1"}


def two(values: list[tuple[float, float]], **known: Any) -> list[dict[str, Any]]:
    """Reports of two organisations about consecutive quarters."""
    return [
        {"period": p, "value": v, "org_id": org, **A1, **known}
        for p, pair in zip(QUARTERS, values, strict=False)
        for org, v in zip(("GB-GOV-1", "GB-GOV-8"), pair, strict=True)
    ]


def test_two_reports_that_differ_say_a_little_and_many_say_it(merge: Merge) -> None:
    assert figures(merge(two([(40, 46)]), periods=QUARTERS[:1]))[0][1:] == [
        pytest.approx(math.sqrt((4 * 25 + 3**2) / 5)), "ASSUMED",
    ]  # fmt: skip
    nearly_alike = merge(two([(40, 40.001)]), periods=QUARTERS[:1])
    assert nearly_alike["score_error"].iloc[0] == pytest.approx(math.sqrt(4 * 25 / 5), abs=1e-3)
    often = merge(two([(40, 46), (41, 47), (39, 45), (42, 48)]), periods=QUARTERS[3:4])
    assert figures(often)[0][1:] == [pytest.approx(math.sqrt((25 + 9) / 2)), "ESTIMATED"]
    later = [*two([(40, 46), (41, 47), (39, 45)]), {"period": QUARTERS[3], "value": 44, **A1}]
    alone = merge(later, periods=QUARTERS[3:4])
    assert figures(alone)[0][1:] == [pytest.approx(math.sqrt((4 * 25 + 3 * 18) / 7)), "ASSUMED"], (
        "one is less sure than two"
    )


def test_a_stated_error_is_raised_by_differences_and_never_lowered(merge: Merge) -> None:
    within = 2.0 / math.sqrt(2)
    assert figures(merge(two([(40, 41)], standard_error=2.0), periods=QUARTERS[:1]))[0][1:] == [
        pytest.approx(within), "STATED",
    ]  # fmt: skip
    apart = merge(two([(40, 52)], standard_error=2.0), periods=QUARTERS[:1])
    assert figures(apart)[0][1:] == [pytest.approx(math.sqrt((4 * within**2 + 6**2) / 5)), "STATED"]


def test_a_zero_beside_a_stated_error_makes_nothing_surer(merge: Merge) -> None:
    rows = two([(40, 41)], standard_error=4.0)
    rows[0]["standard_error"] = 0.0
    assert figures(merge(rows, periods=QUARTERS[:1]))[0][1:] == [pytest.approx(4.0 / math.sqrt(2)), "STATED"]
    zeros = merge(two([(40, 46)], standard_error=0.0), periods=QUARTERS[:1])
    assert zeros["error_basis"].tolist() == ["ASSUMED"]


def test_a_figure_of_a_year_is_not_four_observations(merge: Merge) -> None:
    years = [{"period": str(2023 + n), "value": v} for n, v in enumerate([40.0, 52.0, 43.0, 50.0])]
    cells = merge(years, {"frequency": "year"}, periods=(*QUARTERS, "2026-Q3", "2026-Q4"))
    assert len(cells) == 16 and not cells["is_carried"].any()
    assert cells["error_basis"].tolist() == ["ASSUMED"] * 16 and set(cells["score_error"]) == {5.0}


def test_ranks_that_never_change_are_no_surer_than_a_rank(merge: Merge) -> None:
    ranks = {"scale": "ordinal", "merge_policy": "median", "goalpost_low": 1, "goalpost_high": 5}
    cells = merge(history([3.0] * 8), ranks, periods=QUARTERS[7:8])
    assert figures(cells)[0][1:] == [pytest.approx(25 / math.sqrt(12)), "ESTIMATED"]


def test_a_carried_value_grows_by_its_trend_as_by_its_walk(merge: Merge) -> None:
    line = [30.0 + 3 * n for n in range(8)]
    cells = merge(history(line), {"max_age_days": 400}, periods=QUARTERS[7:12])
    assert cells["is_carried"].tolist() == [False] + [True] * 4
    for ahead, error in enumerate(cells["score_error"]):
        assert error >= 3 * ahead, "a line that went on would have left the value by so much"
    assert cells["score_error"].iloc[-1] < 15


def test_a_declared_break_begins_another_history(merge: Merge) -> None:
    values = [40.0, 41.0, 39.0, 42.0, 40.0, 41.0, 80.0, 79.0, 81.0, 80.0]
    rows = history(values)
    jumps = merge(rows, periods=QUARTERS[9:10])["score_error"].iloc[0]
    rows[6]["obs_status"] = "B"
    assert figures(merge(rows, periods=QUARTERS[9:10]))[0][1:] == [5.0, "ASSUMED"] and jumps > 5
    assert merge(rows, periods=QUARTERS[5:6])["error_basis"].tolist() == ["ESTIMATED"]


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
    steps = [b**2 - a**2 for a, b in itertools.pairwise(errors)]
    bends = [b - a for a, b in itertools.pairwise(steps)]
    assert bends == pytest.approx([bends[0]] * len(bends), abs=1e-9) and bends[0] >= 0, "a walk, and a trend in squares"


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
