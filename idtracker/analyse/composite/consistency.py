"""Whether the parts of an index go together: pairs that say the same, children against their node, Cronbach's alpha."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from idtracker.analyse.composite.engine import Computed
from idtracker.analyse.composite.findings import Finding, finding
from idtracker.analyse.composite.stage import Numbers
from idtracker.model.composite.tree import Tree

HIGH = 0.9
LEAST_UNITS = 3
EVEN = 1e-9
LEAST_TO_JUDGE = 5
"""Units below which no correlation is called a fault."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """What the data say of the structure. Correlations are Pearson's over the units that have both."""

    alphas: dict[str, float | None]
    """Cronbach's alpha of each node's children; None where it is not defined."""
    pairs: tuple[tuple[str, str, float], ...]
    """Pairs of indicators beyond `HIGH`, the closest first."""
    findings: tuple[Finding, ...]


def consistency_of(tree: Tree, computed: Computed) -> Consistency:
    """Correlations of the normalised indicators, and of each node's children among one another."""
    values = pd.concat([computed.normalised, computed.nodes], axis=1)
    pairs = tuple(_pairs(computed.normalised))
    alphas = {node.code: alpha(values[list(node.children)].to_numpy()) for node in tree.nodes.values()}
    findings = [finding("correlated", a, value=b, number=f"{r:.2f}") for a, b, r in pairs]
    for node in tree.nodes.values():
        findings += against_its_node(node.code, values[list(dict.fromkeys(node.children))])
        number = alphas[node.code]
        if number is not None and number < 0:
            findings.append(finding("low-alpha", node.code, number=f"{number:.2f}"))
    return Consistency(alphas, pairs, tuple(findings))


def alpha(children: Numbers) -> float | None:
    """Cronbach's alpha k^2 * mean covariance / sum of all covariances, over the units that have every child."""
    whole = children[~np.isnan(children).any(axis=1)]
    count = children.shape[1]
    if count < 2 or len(whole) < LEAST_UNITS:
        return None
    covariance = np.cov(whole, rowvar=False)
    total = float(covariance.sum())
    mean = float(covariance[~np.eye(count, dtype=bool)].mean())
    return count**2 * mean / total if total > 0 else None


def _pairs(values: pd.DataFrame) -> Iterator[tuple[str, str, float]]:
    matrix = _correlations(values)
    rows, columns = np.nonzero(np.triu(matrix > HIGH, k=1))
    names = [str(name) for name in values.columns]
    for row, column in sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda at: -matrix[at]):
        yield names[row], names[column], float(matrix[row, column])


def _correlations(values: pd.DataFrame) -> Numbers:
    found = values.corr(min_periods=LEAST_TO_JUDGE).to_numpy(copy=True)
    return np.where(np.isnan(found), 0.0, found)


def against_its_node(node: str, children: pd.DataFrame) -> Iterator[Finding]:
    """Children on the other side of the first principal component than most of the node, by their loadings.

    The number is the correlation with the mean of the others, each in its own deviations.
    """
    matrix = _correlations(children)
    if len(matrix) < 2 or not np.triu(matrix, k=1).any():
        return
    loadings = np.linalg.eigh(matrix)[1][:, -1]
    size = np.abs(loadings)
    majority = size[loadings > 0].sum() - size[loadings < 0].sum()
    minority = loadings < 0 if majority > 0 else loadings > 0
    suspects = np.abs(loadings) > 0 if abs(majority) < EVEN else minority
    scaled = (children - children.mean()) / children.std()
    for place in np.flatnonzero(suspects).tolist():
        others = suspects != suspects[place] if not suspects.all() else np.arange(len(matrix)) != place
        both = pd.concat([scaled.iloc[:, place], scaled.loc[:, others].mean(axis=1)], axis=1).dropna()
        number = float(both.corr().to_numpy()[0, 1]) if len(both) >= LEAST_TO_JUDGE else 0.0
        if number < 0:
            yield finding("against-its-node", str(children.columns[place]), value=node, number=f"{number:.2f}")
