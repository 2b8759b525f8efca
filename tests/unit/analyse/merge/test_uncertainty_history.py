"""The scatter of a series about its own trend: what was planted comes back on average, and nothing makes it 0 or missing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.merge.uncertainty.history import scatter_of_histories
from idtracker.model.method import KNOWING_NOTHING, HistoryRule, load_method
from tests.support.oracle.uncertainty import history

RULE = HistoryRule(window=12, minimum_points=6, floor=0.5)


def positions(**series: list[float | None]) -> pd.DataFrame:
    """Series of consecutive quarters; None where there is no value."""
    rows = [
        (number, 8000 + quarter, value)
        for number, values in enumerate(series.values())
        for quarter, value in enumerate(values)
        if value is not None
    ]
    found = pd.DataFrame(rows, columns=["series", "quarter", "position"])
    return found.assign(is_new=True, apart=math.nan, degrees=0.0)


def planted(noise: float, step: float, trend: float, quarters: int, count: int = 1500) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    level = 50 + np.cumsum(rng.normal(trend, step, (count, quarters)), axis=1)
    values = level + rng.normal(0, noise, (count, quarters))
    return positions(**{f"s{n}": row.tolist() for n, row in enumerate(values)})


@pytest.mark.parametrize("trend", [0.0, 2.0])
@pytest.mark.parametrize(("noise", "step"), [(4.0, 0.0), (4.0, 1.0), (4.0, 1.5)])
def test_planted_noise_comes_back_on_average(noise: float, step: float, trend: float) -> None:
    found = scatter_of_histories(planted(noise, step, trend, 12), RULE)
    last = found[found["quarter"] == 8011]
    assert (last["noise"] ** 2).mean() == pytest.approx(noise**2, rel=0.13)
    assert (last["drift"] ** 0.5).mean() == pytest.approx(step, abs=1.5)
    assert (last["trend"] ** 0.5).mean() == pytest.approx(trend, abs=0.5)


def test_a_series_that_lies_on_a_line_or_never_moves_is_not_exact() -> None:
    found = scatter_of_histories(positions(flat=[40.0] * 9, line=[float(n) for n in range(9)]), RULE)
    assert found.groupby("series").size().tolist() == [4, 4]
    assert (found["noise"] >= RULE.floor).all() and (found["noise"] < 1).all()
    assert (found["drift"] > 0).all()
    assert found.loc[found["series"] == 1, "trend"].tolist() == pytest.approx([1.0] * 4, abs=0.1)


def test_too_few_values_tell_nothing_and_gaps_shorten_the_history() -> None:
    short, gap = (
        [1.0, 5.0, 2.0, 6.0, 3.0],
        [1.0, None, 5.0, None, 2.0, None, 6.0, None, 3.0, None, 4.0, None, None, 2.0],
    )
    found = scatter_of_histories(positions(short=short, one=[7.0], none=[], gap=gap), RULE)
    assert found["series"].unique().tolist() == [3]
    assert found["quarter"].tolist() == [8010, 8013]
    assert found["noise"].notna().all()


def test_wild_values_know_no_less_than_nothing() -> None:
    wild = scatter_of_histories(positions(wild=[1e6 * (-1) ** n for n in range(8)]), RULE)
    assert wild["noise"].tolist() == [KNOWING_NOTHING] * 3
    assert np.isfinite(wild["drift"]).all()


def test_later_values_and_those_before_the_window_say_nothing() -> None:
    values = [3.0, 9.0, 4.0, 8.0, 1.0, 7.0, 2.0, 5.0, 6.0, 3.0, 8.0, 2.0, 9.0, 4.0]
    whole, shorter = (
        scatter_of_histories(positions(s=values), RULE),
        scatter_of_histories(positions(s=values[:9]), RULE),
    )
    assert whole.iloc[: len(shorter)].equals(shorter)
    other = scatter_of_histories(positions(s=[50.0, *values[1:]]), RULE)
    changed = whole.merge(other, on="quarter").query("noise_x != noise_y")["quarter"].tolist()
    assert changed == list(range(8005, 8012))


def test_the_last_digit_does_not_depend_on_what_else_is_worked_out() -> None:
    every = planted(4.0, 1.0, 0.3, 14, count=300)
    every = every[np.random.default_rng(3).random(len(every)) > 0.2]
    together = scatter_of_histories(every.sample(frac=1, random_state=1), RULE)
    for number in (0, 7, 150, 299):
        alone = scatter_of_histories(every[every["series"] == number], RULE)
        assert together[together["series"] == number].reset_index(drop=True).equals(alone)


def test_it_is_what_the_written_formula_gives() -> None:
    every = planted(5.0, 1.5, 0.5, 16, count=40)
    every = every[np.random.default_rng(4).random(len(every)) > 0.25]
    rule = load_method().uncertainty
    assert rule is not None
    found = scatter_of_histories(every, rule.history).set_index(["series", "quarter"])
    seen = 0
    for number, rows in every.groupby("series"):
        past = dict(zip(rows["quarter"], rows["position"], strict=True))
        for quarter in past:
            window = {q: value for q, value in past.items() if quarter - rule.history.window < q <= quarter}
            again = history(window, rule.history.model_dump())
            assert (again is None) == ((number, quarter) not in found.index)
            if again is not None:
                told = found.loc[(number, quarter), ["noise", "drift", "trend"]].tolist()
                assert [math.sqrt(again[0]), *again[1:]] == pytest.approx(told, rel=1e-9, abs=1e-12)
                seen += 1
    assert seen > 100


def test_a_figure_of_a_year_is_one_observation_of_four_quarters() -> None:
    values = [50.0, 58.0, 47.0, 55.0]
    yearly = positions(s=[v for v in values for _ in range(4)])
    assert len(scatter_of_histories(yearly, RULE)) > 0, "as if each quarter had been observed"
    assert scatter_of_histories(yearly.assign(is_new=yearly["quarter"] % 4 == 0), RULE).empty
    wide = RULE.model_copy(update={"window": 24})
    long = positions(s=[v for v in [*values, 52.0, 49.0] for _ in range(4)])
    found = scatter_of_histories(long.assign(is_new=long["quarter"] % 4 == 0), wide)
    assert found["quarter"].tolist() == [8020, 8021, 8022, 8023]
    assert found["noise"].nunique() == 1 and 3 < found["noise"].iloc[0] < 6


def test_differences_between_reports_are_pooled_over_the_window() -> None:
    rows = positions(s=[float(n % 3) for n in range(14)], short=[1.0, 2.0])
    rows = rows.assign(apart=[4.0] * 10 + [math.nan, 16.0, 4.0, 4.0, 9.0, math.nan])
    rows = rows.assign(degrees=[1.0] * 10 + [0.0, 2.0, 1.0, 1.0, 1.0, 0.0])
    found = scatter_of_histories(rows, RULE).set_index(["series", "quarter"])
    assert found.loc[(0, 8010), ["apart", "degrees"]].tolist() == [4.0, 10.0]
    assert found.loc[(0, 8013), ["apart", "degrees"]].tolist() == [pytest.approx((10 * 4 + 2 * 16) / 12), 12.0]
    assert found.loc[1, ["apart", "degrees"]].values.tolist() == [[9.0, 1.0], [9.0, 1.0]]
    assert found.loc[1, "noise"].isna().all()
    again = rows.assign(is_new=rows["quarter"] != 8011)
    assert scatter_of_histories(again, RULE).set_index(["series", "quarter"]).loc[(0, 8013), "degrees"] == 10.0
