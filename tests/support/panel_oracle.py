"""A tree that looks across places computed once more, in plain loops over numbers of Python, sharing no code with the engine.

`values` are (indicator, place, quarter) -> what was reported. Only what the trees of the tests say is known here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Value = float | None
Values = Mapping[tuple[str, str, str], Value]


class PanelOracle:
    """Scores of every node of one document. `members` are the places that statistics are taken over, `country` the one beside them."""

    def __init__(
        self, document: Mapping[str, Any], values: Values, members: Sequence[str], country: str,
        quarters: Sequence[str], people: Mapping[str, float],
    ) -> None:  # fmt: skip
        self.document, self.values, self.members, self.country = document, values, list(members), country
        self.quarters, self.people = list(quarters), people

    def rules(self, code: str) -> dict[str, Any]:
        return {**self.document.get("indicator_defaults", {}), **self.document["indicators"][code]}

    def raw(self, code: str, place: str, quarter: str) -> Value:
        x = self.values.get((code, place, quarter))
        below = self.rules(code).get("denominator")
        if x is None or below is None:
            return x
        if below["column"] == "population":
            people: Value = self.people.get(place)
            if place == self.country:
                parts = [self.people.get(m) for m in self.members]
                people = None if any(p is None for p in parts) else math.fsum(p for p in parts if p is not None)
        else:
            people = self.values.get((below["column"], place, quarter))
        return None if people is None or people <= 0 else x * below.get("per", 1) / people

    def filled(self, code: str, place: str, quarter: str) -> tuple[Value, bool]:
        """The value, and whether it stands in a gap."""
        x, rule = self.raw(code, place, quarter), self.rules(code).get("missing", {"method": "none"})
        if x is not None or rule.get("after") == "normalisation" or rule["method"] == "none":
            return x, False
        if rule["method"] == "carried":
            at = self.quarters.index(quarter)
            for back in range(1, rule["periods"] + 1):
                old = self.raw(code, place, self.quarters[at - back]) if at >= back else None
                if old is not None:
                    return old, True
            return None, False
        if rule["method"] == "value":
            return rule["value"], True
        if place == self.country:
            return None, False
        own = self.donors(code, place, quarter, rule)
        return (self.middle(own, rule["method"]), True) if own else (None, False)

    def middle(self, own: list[float], method: str) -> float:
        if not method.endswith("median"):
            return math.fsum(own) / len(own)
        own = sorted(own)
        half = len(own) // 2
        return own[half] if len(own) % 2 else (own[half - 1] + own[half]) / 2

    def donors(self, code: str, place: str, quarter: str, rule: Mapping[str, Any]) -> list[float]:
        around = self.members
        if rule["method"].startswith("group_"):
            around = next((g for g in rule["groups"].values() if place in g), [])
        known = {m: x for m in around if (x := self.raw(code, m, quarter)) is not None}
        if rule["method"] != "neighbours":
            return list(known.values())
        apart = {m: self.distance(code, place, m, quarter) for m in known}
        ordered = sorted((d, m) for m, d in apart.items() if d is not None)
        if not ordered:
            return []
        last = ordered[min(rule["neighbours"], len(ordered)) - 1][0]
        return [known[m] for d, m in ordered if d <= last * (1 + 1e-12)]

    def distance(self, code: str, one: str, other: str, quarter: str) -> Value:
        """Mean absolute difference of the standardised other indicators that both have."""
        found = []
        for name in self.document["indicators"]:
            column = [x for m in self.members if (x := self.raw(name, m, quarter)) is not None]
            if name == code or not column:
                continue
            mean = math.fsum(column) / len(column)
            sd = math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
            a, b = self.raw(name, one, quarter), self.raw(name, other, quarter)
            if sd > 0 and a is not None and b is not None:
                found.append(abs(a - b) / sd)
        return math.fsum(found) / len(found) if found else None

    def leaf(self, code: str, quarter: str) -> dict[str, tuple[Value, bool]]:
        """Place -> score and whether it was filled in."""
        rules, places = self.rules(code), [*self.members, self.country]
        filled = {p: self.filled(code, p, quarter) for p in places}
        x = {p: self.changed(v, rules) for p, (v, _) in filled.items()}
        span = rules["normalise"].get("reference_periods") if isinstance(rules["normalise"], dict) else None
        if span:
            held = [self.raw(code, m, q) for q in self.quarters if span[0] <= q <= span[1] for m in self.members]
            basis = [self.changed(v, rules) for v in held]
        else:
            basis = [x[m] for m in self.members]
        known = [v for v in basis if v is not None]
        if rules.get("treatment") == "coin":
            x, known = self.winsorised(x, known)
        scores = {p: self.onto(v, known, rules, x) for p, v in x.items()}
        late = rules.get("missing", {})
        if late.get("after") == "normalisation":
            own = [s for m in self.members if (s := scores[m]) is not None]
            for m in self.members:
                if scores[m] is None and own:
                    scores[m], filled[m] = self.middle(own, late["method"]), (None, True)
        return {p: (scores[p], filled[p][1]) for p in places}

    def changed(self, x: Value, rules: Mapping[str, Any]) -> Value:
        if x is None or "transform" not in rules:
            return x
        assert rules["transform"] == "log1p"
        return math.log(1 + x)

    def winsorised(self, x: dict[str, Value], known: list[float]) -> tuple[dict[str, Value], list[float]]:
        """The extreme value on the side of the skew takes the next one, at most five of a side, until skew or kurtosis is in order."""
        held = list(known)
        if self.in_order(held):
            return x, held
        changed = 0
        while not self.in_order(held) and changed < 5:
            extreme = max(held) if self.moments(held)[0] >= 0 else min(held)
            rest = [v for v in held if v != extreme]
            new = max(rest) if extreme > max(rest) else min(rest)
            held = [new if v == extreme else v for v in held]
            changed = sum(v == new for v in held) - 1
        assert self.in_order(held), "the tests draw data that winsorising brings in order"
        low, high = min(held), max(held)
        return {p: None if v is None else min(high, max(low, v)) for p, v in x.items()}, held

    def in_order(self, x: list[float]) -> bool:
        skew, kurtosis = self.moments(x)
        return abs(skew) < 2 or kurtosis < 3.5

    def moments(self, x: list[float]) -> tuple[float, float]:
        n, mean = len(x), math.fsum(x) / len(x)
        m2, m3, m4 = (math.fsum((v - mean) ** k for v in x) / n for k in (2, 3, 4))
        g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
        return g1 * math.sqrt(n * (n - 1)) / (n - 2), ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))

    def onto(self, v: Value, known: list[float], rules: Mapping[str, Any], x: Mapping[str, Value]) -> Value:
        if v is None:
            return None
        way, direction = rules["normalise"], rules.get("direction", 1)
        if way == "register" or way["method"] == "none":
            return v
        if way["method"] in ("min_max", "goalposts"):
            low, high = (min(known), max(known)) if way["method"] == "min_max" else (way["low"], way["high"])
            share = (v - low) / (high - low)
            score = 100 * (share if direction > 0 else 1 - share)
        elif way["method"] == "z_score":
            mean = math.fsum(known) / len(known)
            sd = math.sqrt(math.fsum((k - mean) ** 2 for k in known) / (len(known) - 1))
            score = direction * (v - mean) / sd * way["sd"] + way["mean"]
        elif way["method"] == "percentile_rank":
            below = sum(direction * k < direction * v for k in known)
            same = max(1, sum(k == v for k in known))
            score = 100 * (below + (same - 1) / 2) / (len(known) - 1)
        else:
            assert way["method"] == "distance_to_reference"
            base = x[way["unit"]]
            if base is None:
                return None
            score = v / base * way["factor"]
        return min(100.0, max(0.0, score))

    def node(
        self, node: Mapping[str, Any], leaves: Mapping[str, Mapping[str, tuple[Value, bool]]], place: str, found: dict[str, tuple[Value, float]]
    ) -> Value:  # fmt: skip
        """Value of a node; `found` takes value and completeness of every node."""
        values: list[tuple[float, Value, bool]] = []
        for child in node["children"]:
            if isinstance(child, str):
                if child in leaves:
                    values.append((1.0, *leaves[child][place]))
            else:
                values.append((child.get("weight", 1.0), self.node(child, leaves, place, found), False))
        whole = math.fsum(w for w, _, _ in values)
        complete = math.fsum(w for w, v, is_filled in values if v is not None and not is_filled) / whole
        there = [(w, v) for w, v, _ in values if v is not None]
        reported = sum(v is not None and not is_filled for _, v, is_filled in values)
        value: Value = None
        if complete >= node.get("coverage", 2 / 3) - 1e-9 and reported:
            total = math.fsum(w for w, _ in there)
            if node.get("aggregation") == "geometric":
                floor = node["floor"]
                value = math.exp(math.fsum(w * math.log(max(v, floor)) for w, v in there) / total)
            elif node.get("aggregation") == "minimum":
                value = min(v for _, v in there)
            else:
                value = math.fsum(w * v for w, v in there) / total
        found[node["code"]] = value, complete
        return value

    def scores(self, quarter: str) -> dict[tuple[str, str], tuple[Value, float]]:
        """(place, node) -> score and completeness."""
        leaves = {code: self.leaf(code, quarter) for code in self.document["indicators"]}
        told = {}
        for place in [*self.members, self.country]:
            found: dict[str, tuple[Value, float]] = {}
            self.node(self.document["tree"], leaves, place, found)
            told |= {(place, code): one for code, one in found.items()}
        return told
