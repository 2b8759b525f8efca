"""A node's figures follow from its own children: what else is worked out in the same batch changes no digit."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.index.aggregate import aggregate
from idtracker.model.method import load_method

numbers = st.none() | st.floats(0, 100)


def children(node, scores, errors):
    return pd.DataFrame(
        {
            "node": node,
            "child": [f"c{n}" for n in range(len(scores))],
            "weight": 1.0,
            "score": scores,
            "error": errors,
            "error_coverage": [0.3333333333333333, 0.5714285714285714, 0.4444444444444444, 0.4, 0.25][: len(scores)],
            "error_estimated": [0.1, 0.2, 0.1111111111111111, 0.3, 0.75][: len(scores)],
            "error_assumed": 0.25,
            "carried_share": 0.0,
        }
    )


@settings(max_examples=60, derandomize=True)
@given(
    scores=st.lists(st.floats(0, 100), min_size=5, max_size=5),
    errors=st.lists(st.floats(0.1, 5), min_size=5, max_size=5),
    others=st.lists(numbers, min_size=1, max_size=5),
)
def test_other_nodes_change_no_digit(scores, errors, others):
    method = load_method()
    alone = aggregate(children(1, scores, errors), "geometric", method)
    other = children(0, others, [None] * len(others))
    together = aggregate(pd.concat([other, children(1, scores, errors)]), "geometric", method)
    pd.testing.assert_frame_equal(alone, together.loc[[1]], check_exact=True)


def test_no_children_make_no_nodes():
    assert aggregate(children(1, [], np.array([])).astype({"node": "int64"}), "geometric", load_method()).empty
