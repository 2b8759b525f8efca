"""Small definitions for tests, and what the engine makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from idtracker.analyse.composite.engine import Computed, compute
from idtracker.model.composite.definition import Index
from idtracker.model.composite.load import load_index, shipped


def index_of(
    indicators: Mapping[str, Mapping[str, Any]], tree: Mapping[str, Any] | None = None, **further: Any
) -> Index:
    """An index of these indicators, under one node R unless a tree is given."""
    labelled = {code: {"label": code, "normalise": "none", **rules} for code, rules in indicators.items()}
    whole = {"code": "R", "children": list(indicators), **(tree or {})}
    head = {"method_version": "T-1", "title": "test", "source": "none"}
    return Index.model_validate({**head, "indicators": labelled, "tree": whole, **further})


def one_node(values: Mapping[str, Sequence[float | None]], **rules: Any) -> Computed:
    """Indicators that are on the scale already under one node R with these rules."""
    data = pd.DataFrame(values, dtype=float, index=[f"u{n}" for n in range(len(next(iter(values.values()))))])
    return compute(index_of({code: {} for code in values}, rules), data)


def one_indicator(values: Sequence[object], units: Sequence[str] | None = None, **rules: Any) -> Computed:
    """Indicator A with these rules; B, always 1, keeps it company."""
    names = units or [f"u{n}" for n in range(len(values))]
    further = {name: rules.pop(name) for name in list(rules) if name in ("data",)}
    columns = rules.pop("columns", {})
    frame = pd.DataFrame({"A": values, **columns}, index=names)
    return compute(index_of({"A": rules, "B": {"constant": 1}}, {"coverage": 0}, **further), frame)


def of_shipped(name: str, rows: Mapping[str, Mapping[str, object]]) -> Computed:
    """A shipped index of units with their values."""
    return compute(load_index(shipped()[name]), pd.DataFrame.from_dict(dict(rows), orient="index"))


def rules_found(computed: Computed) -> list[str]:
    """Rules of the findings, in their order, each once."""
    return list(dict.fromkeys(found.rule for found in computed.findings))
