"""Rounding, bands and ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.analyse.composite.stage import Numbers, Table
from idtracker.model.composite.definition import Bands, Ranking
from idtracker.model.composite.values import Rounding

GUARD = 9
"""Decimals beyond those that are kept in which a number still counts as written: 0.285 is a half, though its bits are not."""


def rounded(values: Numbers, rule: Rounding | None) -> Numbers:
    """Values to the decimals of the rule; a half is recognised as people write it."""
    if rule is None:
        return values
    factor = 10.0**rule.decimals
    scaled = np.round(values * factor, GUARD)
    size = np.abs(scaled)
    whole = {
        "half_up": np.floor(size + 0.5),
        "half_even": np.rint(size),
        "down": np.floor(size),
        "up": np.ceil(size),
    }[rule.mode]
    found: Numbers = np.round(np.copysign(whole, scaled) / factor, max(rule.decimals, 0)) + 0.0
    return found


def bands_of(table: Table, code: str, values: Numbers, rule: Bands) -> pd.Series:
    """Band of each unit; empty and a finding where a value is in none."""
    x = rounded(values, rule.round)
    lows = np.array([-np.inf if band.low is None else band.low for band in rule.classes])
    highs = np.array([np.inf if band.high is None else band.high for band in rule.classes])
    if rule.percentiles:
        lows, highs = _percentiles(x, lows), _percentiles(x, highs)
    place = np.searchsorted(lows, x, "right" if rule.closed == "low" else "left") - 1
    place = np.where((x == lows[0]) & (place < 0), 0, place)
    top = highs[np.maximum(place, 0)]
    inside = (place >= 0) & ((x < top) | ((x == top) & ((rule.closed == "high") | (place == len(lows) - 1))))
    table.say_of("beyond-bands", code, ~inside & ~np.isnan(x), x)
    labels = pd.Series([band.label for band in rule.classes], dtype="string")
    return labels.reindex(np.where(inside, place, -1)).set_axis(table.frame.index)


def _percentiles(values: Numbers, ends: Numbers) -> Numbers:
    """Stated percentiles as values of the units; open ends stay open."""
    known, stated = values[~np.isnan(values)], np.isfinite(ends)
    found = ends.copy()
    found[stated] = np.percentile(known, ends[stated]) if len(known) else np.nan
    return found


def ranks_of(table: Table, values: pd.DataFrame, rule: Ranking) -> pd.DataFrame:
    """Rank of each unit on each node; a unit without a value has none."""
    is_ascending = rule.order == "low_first"
    compared = values.round(12)
    found = pd.DataFrame(np.nan, index=values.index, columns=values.columns)
    for rows in table.groups(rule.within, "rank"):
        found[rows] = compared[rows].rank(method=rule.ties, ascending=is_ascending)
    return found
