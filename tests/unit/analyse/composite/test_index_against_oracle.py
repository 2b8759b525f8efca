"""Indices of any depth agree to 1e-9 with plain loops that share no code with the engine, gaps and zeros included."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.composite.engine import compute
from idtracker.model.composite.definition import Index
from tests.support.index_oracle import nodes_of

NORMALISATIONS = [
    {"method": "goalposts", "low": 0, "high": 80, "scale": [0, 100]},
    {"method": "goalposts", "low": 10, "high": 20, "scale": [1, 5]},
    {"method": "min_max", "scale": [0, 1]},
    {"method": "min_max", "scale": [1, 10]},
    {"method": "z_score", "mean": 100, "sd": 10},
    {"method": "borda"},
]
AGGREGATIONS = ["arithmetic", "geometric", "harmonic", "power", "minimum", "median", "mazziotta_pareto"]
WEIGHTED = AGGREGATIONS[:4] + AGGREGATIONS[6:]


@st.composite
def tree_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A definition with up to four levels of nodes, as its file would say it."""
    indicators: dict[str, Any] = {}
    nodes = 0

    def indicator() -> str:
        code = f"I{len(indicators)}"
        chosen: dict[str, Any] = {"label": code, "normalise": draw(st.sampled_from(NORMALISATIONS))}
        chosen["direction"] = draw(st.sampled_from([1, -1]))
        chosen |= {"transform": t} if (t := draw(st.sampled_from([None, "square_root", "log1p"]))) else {}
        chosen |= {"limits": {"low": 5, "high": 60}} if draw(st.booleans()) else {}
        indicators[code] = chosen
        return code

    def node(depth: int) -> dict[str, Any]:
        nonlocal nodes
        nodes += 1
        made: dict[str, Any] = {"code": f"N{nodes}", "aggregation": draw(st.sampled_from(AGGREGATIONS))}
        made["coverage"] = draw(st.sampled_from([0, 0.5, 2 / 3, 1]))
        made |= {"exponent": draw(st.sampled_from([0.5, 2, 3]))} if made["aggregation"] == "power" else {}
        made |= {"floor": 1} if draw(st.integers(0, 3)) == 0 else {}
        made |= {"round": draw(st.integers(0, 3))} if draw(st.integers(0, 3)) == 0 else {}
        children: list[Any] = []
        for _ in range(draw(st.integers(1, 4))):
            children.append(node(depth + 1) if depth < 4 and draw(st.booleans()) else indicator())
        if made["aggregation"] in WEIGHTED and draw(st.booleans()):
            made["weights"] = "relative"
            for child in children:
                (indicators[child] if isinstance(child, str) else child)["weight"] = draw(st.integers(1, 5))
        return made | {"children": children}

    tree = node(1)
    return {"method_version": "T", "title": "t", "source": "s", "indicators": indicators, "tree": tree}


@settings(max_examples=30)
@given(st.data())
def test_every_node_agrees_with_plain_loops(data: st.DataObject) -> None:
    document = data.draw(tree_documents())
    units = data.draw(st.integers(1, 7))
    cell = st.one_of(st.none(), st.integers(0, 90).map(float), st.sampled_from([0.25, 17.5, 33.125]))
    cells = {code: data.draw(st.lists(cell, min_size=units, max_size=units)) for code in document["indicators"]}
    computed = compute(Index.model_validate(document), pd.DataFrame(cells, dtype=float))
    expected = nodes_of(document, cells)
    for code, values in expected.items():
        found = (computed.nodes if code in computed.nodes else computed.normalised)[code]
        for ours, theirs in zip(found, values, strict=True):
            assert math.isnan(ours) == (theirs is None), (code, found.tolist(), values)
            assert theirs is None or abs(ours - theirs) <= 1e-9 * max(1, abs(theirs)), (code, ours, theirs)
    empty = computed.nodes.isna().any(axis=None)
    assert not empty or computed.findings
