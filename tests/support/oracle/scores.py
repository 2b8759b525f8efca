"""Cells -> scores of every place, quarter and node: indicators make dimensions, dimensions make the whole."""

from __future__ import annotations

import json
from math import exp, log, sqrt
from typing import Any

from .cells import Cell
from .given import Method, Row, share
from .markings import highest, shared
from .quarters import first_day, last_day, number_of

Score = dict[str, Any]
Child = dict[str, Any]
Z90 = 1.645
SHARES = {"STATED": "error_coverage", "ESTIMATED": "error_estimated", "ASSUMED": "error_assumed"}


def scores(
    cells: list[Cell], indicator: list[Row], place: list[Row], method: Method, periods: list[str]
) -> list[Score]:
    """Rows by place, quarter, and the root before its dimensions."""
    known = {(c["indicator_id"], c["place_id"], c["period"]): c for c in cells}
    found = []
    for where in sorted(place, key=lambda p: p["place_id"]):
        if where["level"] not in ("country", "adm1"):
            continue
        for period in sorted(periods):
            found += one_place(where, period, known, indicator, method)
    return found


def one_place(
    where: Row, period: str, known: dict[tuple[str, str, str], Cell], indicator: list[Row], method: Method
) -> list[Score]:
    """The root and the dimensions of one place and quarter."""
    end = last_day(number_of(period))
    dimensions, children, below = [], [], []
    for code, dimension in method["dimensions"].items():
        expected = [i for i in indicator if i["dimension_code"] == code and is_expected(i, where, end)]
        items = [indicator_child(i, known.get((i["indicator_id"], where["place_id"], period))) for i in expected]
        row = node(code, items, items, method["within"], method)
        dimensions.append(row)
        below += items
        if items:
            children.append({
                "name": code, "weight": dimension["weight"], "score": row["score"], "error": row["error"],
                **{name: row[name] for name in SHARES.values()}, "carried_share": row["carried_share"],
            })  # fmt: skip
    root = node(method["root"], children, below, method["across"], method)
    about = {
        "place_id": where["place_id"], "period": period, "period_start": first_day(number_of(period)), "period_end": end,
        "band_scheme": method["band_scheme"]["id"], "method_version": method["method_version"],
    }  # fmt: skip
    return [{**about, **row} for row in (root, *dimensions)]


def is_expected(indicator: Row, where: Row, end: Any) -> bool:
    if indicator["retired_on"] is not None and end > indicator["retired_on"]:
        return False
    return where["level"] == "country" or indicator["level"] in ("adm1", "both")


def indicator_child(indicator: Row, cell: Cell | None) -> Child:
    is_there = cell is not None and cell["score"] is not None
    return {
        "name": indicator["indicator_id"], "weight": indicator["weight"],
        "score": cell["score"] if cell and is_there else None,
        "error": cell["score_error"] if cell and is_there else None,
        **{name: float(cell is not None and is_there and cell["error_basis"] == basis) for basis, name in SHARES.items()},
        "carried_share": 1.0 if cell and is_there and cell["is_carried"] else 0.0,
        "cell": cell if is_there else None,
    }  # fmt: skip


def node(code: str, children: list[Child], items: list[Child], aggregation: str, method: Method) -> Score:
    """One node from its children; counts and markings from the indicators below it."""
    other = {"arithmetic": "geometric", "geometric": "arithmetic"}[aggregation]
    expected = sum(c["weight"] for c in children)
    present = [c for c in children if c["score"] is not None]
    weight = sum(c["weight"] for c in present)
    completeness = weight / expected if expected else 0.0
    shares = [c["weight"] / weight for c in present] if weight else []
    is_scored = bool(shares) and completeness >= share(method["coverage"]) - 1e-9
    found = round(mean(present, shares, aggregation, method), 9) if is_scored else None
    error = mean_error(present, shares, aggregation, method) if is_scored else None
    cells = [i["cell"] for i in items if i["cell"] is not None]
    margin = None if error is None else Z90 * error
    return {
        "node_code": code, "aggregation": aggregation, "score": found, "error": error,
        "score_alternative": round(mean(present, shares, other, method), 9) if is_scored else None,
        "low": None if found is None or margin is None else max(found - margin, 0.0),
        "high": None if found is None or margin is None else min(found + margin, 100.0),
        **{name: weighted(present, shares, name) if is_scored else None for name in SHARES.values()},
        "carried_share": weighted(present, shares, "carried_share"),
        "imputed_share": 0.0 if shares else None,
        "completeness": completeness, "band": band(found, method),
        "indicator_count": len(cells), "expected_count": len(items),
        "waived_count": sum(c["waivers"] is not None for c in cells),
        "effective_weights": as_text(present, shares) if is_scored else None,
        "classification": highest(c["classification"] for c in cells) if cells else "OFFICIAL",
        "releasable_to": shared(c["releasable_to"] for c in cells),
        "recorded_from": max((c["recorded_from"] for c in cells), default=None),
    }  # fmt: skip


def weighted(present: list[Child], shares: list[float], column: str) -> float | None:
    return sum(w * c[column] for w, c in zip(shares, present, strict=True)) if shares else None


def mean(present: list[Child], shares: list[float], aggregation: str, method: Method) -> float:
    if aggregation == "arithmetic":
        return float(sum(w * c["score"] for w, c in zip(shares, present, strict=True)))
    return exp(sum(w * log(max(c["score"], method["floor"])) for w, c in zip(shares, present, strict=True)))


def mean_error(present: list[Child], shares: list[float], aggregation: str, method: Method) -> float | None:
    """A child without a stated error adds nothing; None where none states one."""
    squares = []
    for w, c in zip(shares, present, strict=True):
        if c["error"] is not None:
            scale = 1.0 if aggregation == "arithmetic" else max(c["score"], method["floor"])
            squares.append((w * c["error"] / scale) ** 2)
    if not squares:
        return None
    return sqrt(sum(squares)) * (1.0 if aggregation == "arithmetic" else mean(present, shares, aggregation, method))


def as_text(present: list[Child], shares: list[float]) -> str:
    return json.dumps({c["name"]: round(w, 12) for w, c in zip(shares, present, strict=True)})


def band(score: float | None, method: Method) -> str | None:
    if score is None:
        return None
    for step in method["band_scheme"]["bands"]:
        if step["low"] <= score < step["high"] or score == step["high"] == 100:
            return str(step["label"])
    raise AssertionError("the bands reach from 0 to 100")
