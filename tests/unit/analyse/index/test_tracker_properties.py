"""What must hold for any cells: the coverage rule, weights that add up, the scale, and no dependence on order."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place
from tests.unit.analyse.figures import score_cells, trend_scores

NAMES = [f"BSF{d}_{letter}" for d in (1, 2, 3) for letter in "abc"]
QUARTERS = ["2026-Q1", "2026-Q2"]
COUNTRIES = [f"J{n}" for n in range(8)]
"""Countries of one example, with a governorate each: scoring takes as long for one of them as for all."""
PLACES = conform_types(
    pd.DataFrame(
        [{"place_id": c, "name": c, "level": "country", "parent_id": None} for c in COUNTRIES]
        + [{"place_id": f"{c}-AM", "name": c, "level": "adm1", "parent_id": c} for c in COUNTRIES]
    ),
    Place,
)

figure = st.floats(0, 100, allow_nan=False)
cell = st.fixed_dictionaries(
    {
        "indicator_id": st.sampled_from(NAMES),
        "place_id": st.sampled_from(["", "-AM"]),
        "period": st.sampled_from(QUARTERS),
        "score": st.none() | figure,
        "score_error": st.none() | st.floats(0, 30),
        "is_carried": st.booleans(),
        "releasable_to": st.sampled_from([None, "HMG", "HMG;PARTNERS"]),
    }
)
some_cells = st.lists(
    cell, min_size=1, max_size=30, unique_by=lambda c: (c["indicator_id"], c["place_id"], c["period"])
)
some_weights = st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.0]), min_size=len(NAMES), max_size=len(NAMES))


@pytest.fixture(scope="session")
def scored(cells, indicators, method):
    def run(rows, weights):
        expected = indicators(**{n: {"weight": w, "level": "both"} for n, w in zip(NAMES, weights, strict=True)})
        frame = cells([{"value": 1.0, **row} for row in rows])
        return frame, expected, score_cells(frame, expected, PLACES, method, QUARTERS)

    return run


@settings(max_examples=10, derandomize=True)
@given(several=st.tuples(*[some_cells] * len(COUNTRIES)), weights=some_weights)
def test_whatever_the_cells(scored, method, several, weights):
    rows = [{**c, "place_id": name + c["place_id"]} for name, one in zip(COUNTRIES, several, strict=True) for c in one]
    frame, expected, scores = scored(rows, weights)
    assert (scores["score"].isna() == (scores["completeness"] < 2 / 3)).all()
    full = scores[scores["score"].notna()]
    assert full["score"].between(0, 100).all()
    assert full["score_alternative"].between(0, 100).all()
    for text in full["effective_weights"]:
        assert sum(json.loads(text).values()) == pytest.approx(1, abs=1e-9)
    stated = full[full["low"].notna()]
    assert (stated["low"].between(0, stated["score"]) & stated["high"].between(stated["score"], 100)).all()
    assert (full["low"].notna() == (full["error_coverage"] > 0)).all()
    assert (full["band"].notna()).all()
    turned = score_cells(frame.iloc[::-1], expected.iloc[::-1], PLACES.iloc[::-1], method, QUARTERS[::-1])
    pd.testing.assert_frame_equal(scores, turned, check_exact=True)
    assert len(trend_scores(scores, method)) == len(scores)


def test_the_error_of_a_cell_without_a_score_makes_no_interval(scored):
    """The score rests on a cell without an error: an interval of no width would claim that it is certain."""
    rows = [
        {"indicator_id": NAMES[2], "place_id": COUNTRIES[0], "period": QUARTERS[0], "score": 40.0, "score_error": None},
        {"indicator_id": NAMES[0], "place_id": COUNTRIES[0], "period": QUARTERS[0], "score": None, "score_error": 16.0},
    ]
    weights = [0.5 if name != NAMES[2] else 9.0 for name in NAMES]
    *_, scores = scored(rows, weights)
    stated = scores[scores["score"].notna()]
    assert len(stated) and stated["low"].isna().all() and stated["high"].isna().all()


@settings(max_examples=10, derandomize=True)
@given(
    several=st.lists(
        st.tuples(st.tuples(figure, figure, figure), st.integers(0, 2), st.floats(0, 50)),
        min_size=len(PLACES),
        max_size=len(PLACES),
    )
)
def test_a_better_indicator_never_makes_a_worse_score(scored, several):
    """The same place twice: as it is in the first quarter, with one indicator better in the second."""
    names = ["BSF1_a", "BSF2_a", "BSF3_a"]
    rows = []
    for place_id, (values, better, more) in zip(PLACES["place_id"], several, strict=True):
        for n, name in enumerate(names):
            for period, value in zip(QUARTERS, (values[n], min(100, values[n] + more * (n == better))), strict=True):
                rows.append({"indicator_id": name, "place_id": place_id, "period": period, "score": value})
    scores = scored(rows, [1.0 if name in names else 0.0 for name in NAMES])[2]
    roots = scores[scores["node_code"] == "STABILITY"].pivot(index="place_id", columns="period", values="score")
    assert len(roots) == len(PLACES) and roots.notna().all(axis=None)
    assert (roots[QUARTERS[1]] >= roots[QUARTERS[0]] - 1e-9).all()
