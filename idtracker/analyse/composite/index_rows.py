"""An index as rows: every unit at every node and indicator, with what keeps a value empty beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from idtracker.analyse.composite.engine import Computed
from idtracker.analyse.composite.findings import Finding
from idtracker.analyse.composite.stage import Numbers
from idtracker.model.composite.definition import Index
from idtracker.model.composite.tree import Tree

COLUMNS = (
    *("unit_name", "unit_period", "node_code", "is_indicator", "value", "score", "rank", "band", "coverage"),
    *("imputed_share", "findings"),
)
"""Columns of the rows of an index."""


def index_rows(index: Index, computed: Computed) -> tuple[pd.DataFrame, list[Finding]]:
    """One row for each unit and code with the COLUMNS: nodes from the root down, then indicators; and the findings of no row.

    Values are those of `computed`, to the bit.
    """
    shares = imputed_shares(index.hierarchy, computed)
    nodes = list(reversed(index.hierarchy.nodes))
    blocks = [_node_rows(computed, code) for code in nodes] + [
        _indicator_rows(computed, code) for code in index.indicators
    ]
    rows = pd.concat(
        [
            block.assign(imputed_share=shares[code])
            for code, block in zip([*nodes, *index.indicators], blocks, strict=True)
        ]
    )
    sentences, apart = _sentences(computed, {*nodes, *index.indicators})
    said = pd.Series(sentences, dtype="object")
    rows["findings"] = (
        said.reindex(pd.MultiIndex.from_arrays([rows.index, rows["node_code"]])).to_numpy() if sentences else None
    )
    return rows.reset_index(drop=True)[list(COLUMNS)], apart


def imputed_shares(tree: Tree, computed: Computed) -> dict[str, Numbers]:
    """Code -> share of its weight, 0 to 1, that was filled in, by unit; not a number where it has no value.

    Of a node it is the mean of its children that are there, by their weights in it.
    """
    found: dict[str, Numbers] = {}
    for code in tree.indicators:
        scaled = computed.normalised[code].to_numpy(dtype=float)
        is_filled = computed.denominated[code].isna().to_numpy() | computed.treated[code].isna().to_numpy()
        found[code] = np.where(np.isnan(scaled), np.nan, is_filled.astype(float))
    for node in tree.nodes.values():
        own = computed.weights.get(node.code, {})
        shares = np.column_stack([found[child] for child in node.children])
        weights = np.where(np.isnan(shares), 0.0, [own.get(child, 0.0) for child in node.children])
        whole = weights.sum(axis=1)
        mean = np.divide(np.nansum(shares * weights, axis=1), whole, out=np.full(len(whole), np.nan), where=whole > 0)
        found[node.code] = np.where(computed.nodes[node.code].isna().to_numpy(), np.nan, mean)
    return found


def _keys(computed: Computed, code: str, is_indicator: bool) -> pd.DataFrame:
    keys = computed.keys
    period = keys["period"].astype("string") if "period" in keys else pd.Series(pd.NA, index=keys.index, dtype="string")
    return pd.DataFrame(
        {
            "unit_name": keys["unit"].astype("string"),
            "unit_period": period,
            "node_code": code,
            "is_indicator": is_indicator,
        },
        index=keys.index,
    )


def _node_rows(computed: Computed, code: str) -> pd.DataFrame:
    bands: Any = computed.bands.get(code)
    return _keys(computed, code, is_indicator=False).assign(
        value=np.nan,
        score=computed.nodes[code],
        rank=computed.ranks[code],
        band=bands,
        coverage=computed.coverage[code],
    )


def _indicator_rows(computed: Computed, code: str) -> pd.DataFrame:
    return _keys(computed, code, is_indicator=True).assign(
        value=computed.imputed[code], score=computed.normalised[code], rank=np.nan, band=None, coverage=np.nan
    )


def _sentences(computed: Computed, codes: set[str]) -> tuple[Mapping[tuple[str, str], str], list[Finding]]:
    """What is said of each unit and code, and the findings about neither."""
    by_row: dict[tuple[str, str], list[str]] = {}
    apart: list[Finding] = []
    units = {str(name) for name in computed.keys.index}
    for finding in computed.findings:
        if finding.unit in units and finding.where in codes:
            by_row.setdefault((finding.unit, finding.where), []).append(f"{finding.message} {finding.remedy}")
        else:
            apart.append(finding)
    return {key: " ".join(said) for key, said in by_row.items()}, apart
