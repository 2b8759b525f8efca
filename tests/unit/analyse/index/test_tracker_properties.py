"""What must hold for any cells: the coverage rule, weights that add up, the scale, and no dependence on order."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.analyse.figures import score_cells, trend_scores

NAMES = [f"BSF{d}_{letter}" for d in (1, 2, 3) for letter in "abc"]
QUARTERS = ["2026-Q1", "2026-Q2"]

figure = st.floats(0, 100, allow_nan=False)
cell = st.fixed_dictionaries(
    {
        "indicator_id": st.sampled_from(NAMES),
        "place_id": st.sampled_from(["JO", "JO-AM"]),
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
def scored(cells, indicators, places, method):
    def run(rows, weights):
        expected = indicators(**{n: {"weight": w, "level": "both"} for n, w in zip(NAMES, weights, strict=True)})
        frame = cells([{"value": 1.0, **row} for row in rows])
        return frame, expected, score_cells(frame, expected, places, method, QUARTERS)

    return run


@settings(max_examples=12, derandomize=True)
@given(rows=some_cells, weights=some_weights)
def test_whatever_the_cells(scored, places, method, rows, weights):
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
    turned = score_cells(frame.iloc[::-1], expected.iloc[::-1], places.iloc[::-1], method, QUARTERS[::-1])
    pd.testing.assert_frame_equal(scores, turned, check_exact=True)
    assert len(trend_scores(scores, method)) == len(scores)


@settings(max_examples=6, derandomize=True)
@given(values=st.lists(figure, min_size=3, max_size=3), place=st.integers(0, 2), more=st.floats(0, 50))
def test_a_better_indicator_never_makes_a_worse_score(scored, values, place, more):
    names = ["BSF1_a", "BSF2_a", "BSF3_a"]
    weights = [1.0 if name in names else 0.0 for name in NAMES]

    def root(figures):
        rows = [
            {"indicator_id": n, "place_id": "JO-AM", "period": "2026-Q1", "score": v}
            for n, v in zip(names, figures, strict=True)
        ]
        scores = scored(rows, weights)[2]
        chosen = scores[(scores["place_id"] == "JO-AM") & (scores["period"] == "2026-Q1")]
        return chosen.set_index("node_code").loc["STABILITY", "score"]

    better = [min(100, v + more) if n == place else v for n, v in enumerate(values)]
    assert root(better) >= root(values) - 1e-9
