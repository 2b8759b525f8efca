"""Changes of level: the published series, every order of few values, ties, and what the trend of a score says."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from idtracker.analyse.index.change_point import approximate_p, exact_p, pettitt
from idtracker.analyse.index.trend import direction
from idtracker.model.method import load_method
from tests.unit.analyse.index.test_tracker_trend import last

NILE = (
    *(1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140),
    *(1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969),
    *(831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759),
    *(781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890),
    *(744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740),
)
"""Flow of the Nile at Aswan, 1871 to 1970, in 10⁸ m³ (Cobb 1978, The problem of the Nile, Biometrika 65)."""
STEP = [60, 61, 59, 62, 58, 60.5, 45, 44, 46, 43, 47, 45.5]


def test_the_published_series():
    change = pettitt(np.array(NILE, dtype="float64"))
    assert (1871 + change.after, change.k) == (1898, 1617)
    assert change.p == pytest.approx(3.59e-7, abs=5e-10)
    trend = direction(np.arange(100.0), np.array(NILE, dtype="float64"), load_method().trend)
    assert (trend.s, round(trend.z, 5), round(trend.slope, 9)) == (-1387, -4.12807, -2.6)


@pytest.mark.parametrize("n", range(2, 8))
def test_the_exact_p_against_every_order(n):
    every = [pettitt(np.array(order, dtype="float64")).k for order in itertools.permutations(range(n))]
    for k in Counter(every):
        assert exact_p(k, n) == pytest.approx(np.mean(np.array(every) >= k))


def test_the_least_p_of_twelve_and_what_ties_have():
    assert pettitt(np.array(STEP)).k == 36
    assert (
        pettitt(np.array(STEP)).p == exact_p(36, 12) == pytest.approx(2 / 924)
    )  # one half above the other: 2·6!·6!/12!
    tied = np.array([60.0] * 6 + [45.0] * 6)
    assert (pettitt(tied).after, pettitt(tied).k, pettitt(tied).p) == (5, 36, approximate_p(36, 12))


def test_a_trend_names_the_quarter_after_which_the_level_changed(method):
    row = last(STEP, method)
    assert (row["change_after"], row["change_k"]) == ("2024-Q2", 36)
    assert row["change_p"] == pytest.approx(2 / 924)


def test_no_quarter_is_named_where_the_change_may_be_chance(method):
    row = last([60, 61, 59, 62, 58, 60.5, 61.5, 59.5], method)
    assert row.isna()["change_after"]
    assert row["change_k"] > 0 and row["change_p"] > method.trend.p


def test_few_points_and_methods_without_the_rule_have_no_change(method):
    assert last(STEP[:7], method)[["change_after", "change_k", "change_p"]].isna().all()
    without = method.model_copy(update={"trend": method.trend.model_copy(update={"change_point": None})})
    assert last(STEP, without)[["change_after", "change_k", "change_p"]].isna().all()


def test_what_is_carried_is_no_point(method):
    row = last(STEP, method, carried=range(6))
    assert row["points_count"] == 6 and row.isna()["change_p"]
