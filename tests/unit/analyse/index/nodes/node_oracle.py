"""Trees whose nodes look across places computed once more, in plain loops over numbers of Python, sharing no code with the engine.

Leaves are those of panel_oracle.py. Of a node: weights from the values of its children at the members that have all of them, and its own way
onto the scale among the members. Only what the trees of the tests say is known here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.panel_oracle import PanelOracle, Value


class NodeOracle(PanelOracle):
    """Scores of every node of one document, where nodes may look at all places of a quarter."""

    weights: dict[tuple[str, str], list[float] | None]

    def scores(self, quarter: str) -> dict[tuple[str, str], tuple[Value, float]]:
        self.weights = {}
        leaves = {code: self.leaf(code, quarter) for code in self.document["indicators"]}
        found: dict[tuple[str, str], tuple[Value, float]] = {}
        self.node_of_all(self.document["tree"], leaves, found, quarter)
        return found

    def node_of_all(
        self, node: Mapping[str, Any], leaves: Mapping[str, Mapping[str, tuple[Value, bool]]],
        found: dict[tuple[str, str], tuple[Value, float]], quarter: str,
    ) -> dict[str, Value]:  # fmt: skip
        """Place -> value of a node."""
        columns: list[dict[str, tuple[Value, bool]]] = []
        for child in node["children"]:
            if isinstance(child, str):
                columns.append(dict(leaves[child]))
            else:
                columns.append({p: (v, False) for p, v in self.node_of_all(child, leaves, found, quarter).items()})
        weights = self.weights_of(node, columns)
        self.weights[node["code"], quarter] = weights
        raw: dict[str, Value] = {}
        for place in [*self.members, self.country]:
            own = [column[place] for column in columns]
            shares = weights or [1.0] * len(own)
            whole = math.fsum(shares)
            complete = (
                math.fsum(w for w, (v, is_filled) in zip(shares, own, strict=True) if v is not None and not is_filled)
                / whole
            )
            reported = any(v is not None and not is_filled for v, is_filled in own)
            enough = weights is not None and complete >= node.get("coverage", 2 / 3) - 1e-9 and reported
            there = [(w, v) for w, (v, _) in zip(shares, own, strict=True) if v is not None]
            raw[place] = self.mean(node, there) if enough else None
            found[place, node["code"]] = None, complete
        placed = self.placed(node, raw)
        for place, value in placed.items():
            found[place, node["code"]] = value, found[place, node["code"]][1]
        return placed

    def mean(self, node: Mapping[str, Any], there: Sequence[tuple[float, float]]) -> Value:
        total = math.fsum(w for w, _ in there)
        if node.get("aggregation") == "geometric":
            return math.exp(math.fsum(w * math.log(max(v, node["floor"])) for w, v in there) / total)
        if node.get("aggregation") == "minimum":
            return min(v for _, v in there)
        return math.fsum(w * v for w, v in there) / total

    def weights_of(
        self, node: Mapping[str, Any], columns: Sequence[Mapping[str, tuple[Value, bool]]]
    ) -> list[float] | None:
        rule = node.get("weights")
        if rule not in ("principal_component", "inverse_standard_deviation"):
            return [1.0 if isinstance(child, str) else child.get("weight", 1.0) for child in node["children"]]
        whole = [m for m in self.members if all(column[m][0] is not None for column in columns)]
        rows = [[float(v) for column in columns if (v := column[m][0]) is not None] for m in whole]
        if len(rows) < 3:
            return None
        means = [math.fsum(r[k] for r in rows) / len(rows) for k in range(len(columns))]
        cov = [
            [
                math.fsum((r[a] - means[a]) * (r[b] - means[b]) for r in rows) / (len(rows) - 1)
                for b in range(len(columns))
            ]
            for a in range(len(columns))
        ]
        deviations = [math.sqrt(cov[k][k]) for k in range(len(columns))]
        if min(deviations) <= 0:
            return None
        if rule == "inverse_standard_deviation":
            inverse = [1 / d for d in deviations]
            return [x / math.fsum(inverse) for x in inverse]
        size = range(len(columns))
        return squared_loadings([[cov[a][b] / deviations[a] / deviations[b] for b in size] for a in size])

    def placed(self, node: Mapping[str, Any], raw: dict[str, Value]) -> dict[str, Value]:
        """The node's own way onto the scale; to 9 decimals, as a score is published."""
        if "transform" in node:
            assert node["transform"] == "square_root"
            raw = {p: None if v is None else math.sqrt(v) for p, v in raw.items()}
        way, direction = node.get("normalise"), node.get("direction", 1)
        if way is None:
            return {p: None if v is None else round(min(100.0, max(0.0, v)), 9) for p, v in raw.items()}
        known = [v for m in self.members if (v := raw[m]) is not None]
        found: dict[str, Value] = {}
        for place, v in raw.items():
            score = None if v is None else self.one(v, known, way, direction, raw)
            found[place] = None if score is None else round(min(100.0, max(0.0, score)), 9)
        return found

    def one(
        self, v: float, known: list[float], way: Mapping[str, Any], direction: int, raw: Mapping[str, Value]
    ) -> Value:
        name = way["method"]
        if name in ("min_max", "goalposts", "distance_to_target"):
            return self.between(v, known, way, direction)
        if name == "z_score":
            if len(known) < 2 or min(known) == max(known):
                return None
            mean = math.fsum(known) / len(known)
            sd = math.sqrt(math.fsum((k - mean) ** 2 for k in known) / (len(known) - 1))
            return direction * (v - mean) / sd * way["sd"] + way["mean"]
        if name == "percentile_rank":
            if len(known) < 2 or min(known) == max(known):
                return None
            size = max(abs(k) for k in known)
            x, basis = round(direction * v / size, 13), [round(direction * k / size, 13) for k in known]
            same = max(1, sum(k == x for k in basis))
            return 100 * (sum(k < x for k in basis) + (same - 1) / 2) / (len(known) - 1)
        if name == "fraction_of_max":
            return v / max(known) * way["factor"]
        if name == "bins":
            return float(way["scores"][sum(v >= edge for edge in way["edges"])])
        assert name == "distance_to_reference"
        base = raw[way["unit"]]
        return None if base is None or base <= 0 else v / base * way["factor"]

    def between(self, v: float, known: list[float], way: Mapping[str, Any], direction: int) -> Value:
        low, high = min(known), max(known)
        if way["method"] == "goalposts":
            low, high = way["low"], way["high"]
        if way["method"] == "distance_to_target":
            low, high = (low, way["target"]) if direction > 0 else (high, way["target"])
            return None if (low >= high) == (direction > 0) else 100 * (v - low) / (high - low)
        if low >= high:
            return None
        share = (v - low) / (high - low)
        return 100 * (share if direction > 0 else 1 - share)


def squared_loadings(matrix: list[list[float]]) -> list[float] | None:
    """Squares of the first eigenvector of a symmetric matrix, by Jacobi's rotations; None where two eigenvalues share the first place."""
    size = len(matrix)
    a = [row[:] for row in matrix]
    vectors = [[1.0 if i == j else 0.0 for j in range(size)] for i in range(size)]
    for _ in range(100):
        for p in range(size):
            for q in range(p + 1, size):
                if abs(a[p][q]) < 1e-300:
                    continue
                angle = 0.5 * math.atan2(2 * a[p][q], a[q][q] - a[p][p])
                c, s = math.cos(angle), math.sin(angle)
                for k in range(size):
                    a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
                for k in range(size):
                    a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]
                for row in vectors:
                    row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
    order = sorted(range(size), key=lambda k: -a[k][k])
    if size > 1 and a[order[0]][order[0]] - a[order[1]][order[1]] < 1e-9:
        return None
    return [row[order[0]] ** 2 for row in vectors]
