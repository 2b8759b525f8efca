"""Cells of quarters -> the country's cells, and the whole grid of quarters with what is carried forward."""

from __future__ import annotations

from collections import defaultdict
from math import sqrt
from typing import Any

from .cells import Cell, own_cells
from .given import Method, Row, score, score_error, share
from .markings import marked, united
from .quarters import first_day, last_day, number_of
from .uncertainty import aged, complete, growth, short, weakest


def merge(
    observation: list[Row], indicator: list[Row], place: list[Row], method: Method, periods: list[str],
    adjudication: list[Row] | None = None,
) -> list[Cell]:  # fmt: skip
    """All cells of the quarters asked for, ordered by indicator, place and quarter."""
    cells = complete(own_cells(observation, indicator, place, method, adjudication), indicator, method)
    return carried(cells + national(cells, indicator, place, method), indicator, periods)


def national(cells: list[Cell], indicator: list[Row], place: list[Row], method: Method) -> list[Cell]:
    """A cell for each country, indicator and quarter that has governorates' cells and none of its own."""
    existing = {(c["indicator_id"], c["place_id"], c["period"]) for c in cells}
    parent = {p["place_id"]: p["parent_id"] for p in place if p["level"] == "adm1"}
    groups: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        country = parent.get(cell["place_id"])
        if country is not None:
            groups[cell["indicator_id"], country, cell["period"]].append(cell)
    definitions = {i["indicator_id"]: i for i in indicator}
    made = []
    for key, parts in sorted(groups.items()):
        if key not in existing and definitions[key[0]]["level"] in ("adm1", "both"):
            weights = country_weights(place, key[1])
            found = one_country(parts, weights, definitions[key[0]], method)
            made += [] if found is None else [{**found, "place_id": key[1]}]
    return made


def country_weights(place: list[Row], country: str) -> dict[str, float]:
    """Each governorate's share of the country; equal where any of them states no population."""
    inside = [p for p in place if p["level"] == "adm1" and p["parent_id"] == country]
    if any(p["population"] is None for p in inside):
        return {p["place_id"]: 1 / len(inside) for p in inside}
    whole = sum(p["population"] for p in inside)
    return {p["place_id"]: p["population"] / whole for p in inside}


def one_country(parts: list[Cell], weights: dict[str, float], indicator: Row, method: Method) -> Cell | None:
    coverage = share(method["coverage"])
    present = sum(weights[c["place_id"]] for c in parts)
    is_sum = indicator["roll_up"] == "sum"
    if len(parts) < len(weights) if is_sum else present < coverage - 1e-9:
        return None
    shares = [weights[c["place_id"]] / present for c in parts]
    factors = [1.0] * len(parts) if is_sum else shares
    value = sum(f * c["value"] for f, c in zip(factors, parts, strict=True))
    error = combined(factors, [c["standard_error"] for c in parts])
    basis = None if error is None else weakest([c["error_basis"] for c in parts])
    if method.get("uncertainty") and len(parts) < len(weights):
        error, basis = short(parts, weights, indicator, error, basis)
    of_value, of_error = score(value, indicator), score_error(error, indicator)
    if is_sum and of_value is not None:
        of_value = sum(f * c["score"] for f, c in zip(shares, parts, strict=True))
        of_error = combined(shares, [c["score_error"] for c in parts])
    return {
        **parts[0], **marked(parts), **growth(parts, shares, factors),
        "error_basis": basis,
        "value": value, "standard_error": error, "score": of_value, "score_error": of_error,
        "method": "NATIONAL_SUM" if is_sum else "NATIONAL_MEAN",
        "obs_count": sum(c["obs_count"] for c in parts), "org_count": min(c["org_count"] for c in parts),
        "spread": None, "is_disagreement": False, "obs_status": status_of(parts, shares, coverage),
        "is_ungraded": any(c["is_ungraded"] for c in parts),
        "submission_ids": united(c["submission_ids"] for c in parts),
        "org_ids": united(c["org_ids"] for c in parts), "waivers": united(c["waivers"] for c in parts),
    }  # fmt: skip


def combined(factors: list[float], errors: list[float | None]) -> float | None:
    """sqrt(sum(f²·s²)); one without an error counts as the stated ones do on average."""
    stated = [e * e for e in errors if e is not None]
    if not stated:
        return None
    usual = sum(stated) / len(stated)
    return sqrt(sum(f * f * (usual if e is None else e * e) for f, e in zip(factors, errors, strict=True)))


def status_of(parts: list[Cell], shares: list[float], coverage: float) -> str:
    """`shares` of what is present: whoever sent nothing makes nothing doubtful."""
    stated = {c["obs_status"] for c in parts}
    if "B" in stated:
        return "B"
    if sum(w for w, c in zip(shares, parts, strict=True) if c["obs_status"] != "U") < coverage - 1e-9:
        return "U"
    return next((s for s in "EP" if s in stated), "A")


def carried(cells: list[Cell], indicator: list[Row], periods: list[str]) -> list[Cell]:
    """Every quarter its own cell, else the last one before it while it is not too old."""
    oldest = {i["indicator_id"]: i["max_age_days"] for i in indicator}
    series: dict[tuple[str, str], dict[int, Cell]] = defaultdict(dict)
    for cell in cells:
        series[cell["indicator_id"], cell["place_id"]][number_of(cell["period"])] = cell
    grid = []
    for (name, _), known in sorted(series.items()):
        for period in sorted(periods):
            quarter = number_of(period)
            before = [q for q in known if q <= quarter]
            if not before:
                continue
            age = (last_day(quarter) - last_day(max(before))).days
            standing = stand_in(known[max(before)], period, age)
            if age <= oldest[name] and standing is not None:
                grid.append(standing)
    return grid


def stand_in(cell: Cell, period: str, age: int) -> Cell | None:
    if cell["period"] == period:
        return cell
    quarter = number_of(period)
    older = aged(cell, quarter - number_of(cell["period"]))
    if older is None:
        return None
    found: dict[str, Any] = {
        **older, "period": period, "period_start": first_day(quarter), "period_end": last_day(quarter),
        "is_carried": True, "obs_status": "I", "age_days": age,
    }  # fmt: skip
    return found
