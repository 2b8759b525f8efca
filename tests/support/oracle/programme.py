"""A published home worked out again: its facts, reference tables and method in, its cells, scores and trends out."""

from __future__ import annotations

from pathlib import Path

from . import compare, derived, grid, scores, trends
from .given import Row, current, method_of, published
from .quarters import between

KEYS = {
    "merged_cell": ["indicator_id", "place_id", "period"],
    "score": ["place_id", "period", "node_code"],
    "trend": ["place_id", "node_code", "period"],
}


def recompute(folder: Path, country: str, first: str, last: str) -> dict[str, list[Row]]:
    """The derived tables of one publication's facts for a country and its governorates."""
    method, indicator = method_of(published(folder, "method")), published(folder, "indicator")
    place = [p for p in published(folder, "place") if country in (p["place_id"], p["parent_id"])]
    facts = {name: current(published(folder, name)) for name in ("observation", "event", "survey_response")}
    periods = between(first, last)
    observation = facts["observation"] + derived.observations(facts, indicator, place, periods)
    cells = grid.merge(observation, indicator, place, method, periods)
    scored = scores.scores(cells, indicator, place, method, periods)
    return {"merged_cell": cells, "score": scored, "trend": trends.trends(scored, cells, indicator, method)}


def differences(folder: Path, again: dict[str, list[Row]]) -> dict[str, list[str]]:
    """What differs between the published tables and the recomputed ones, in any column."""
    found = {}
    for name, key in KEYS.items():
        rows = published(folder, name)
        found[name] = compare.differences(rows, again[name], key, list(rows[0]))
    return found
