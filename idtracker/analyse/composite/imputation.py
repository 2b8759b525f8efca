"""What stands in for missing values. Every filled value is marked, and a gap that stays is said."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.composite.stage import Flags, Numbers, Table
from idtracker.model.composite.preparation import Missing

Places = npt.NDArray[np.int64]
TIED = 1e-12
"""Distances that differ by less of their size are equal."""


def imputed(table: Table, code: str, values: Numbers, rule: Missing | None, others: Numbers) -> Numbers:
    """Values with the gaps filled as the rule says; `others` are the columns by which neighbours are found."""
    gaps = np.isnan(values)
    if rule is None or rule.method == "none" or not gaps.any():
        return values
    if rule.method == "value":
        filled = np.full_like(values, float(rule.value or 0.0))
    elif rule.method == "carried":
        filled = _carried(table, code, values, rule.periods)
    elif rule.method == "neighbours":
        filled = _of_neighbours(values, others, rule.neighbours)
    else:
        filled = _of_all(table, code, values, rule)
    found = np.where(gaps, filled, values)
    table.say_of("not-imputed", code, np.isnan(found), function=rule.method.replace("_", " "))
    return found


def _of_all(table: Table, code: str, values: Numbers, rule: Missing) -> Numbers:
    """Mean or median of all units, or of the units of one group; a group without values stays empty."""
    statistic = np.median if rule.method.endswith("median") else np.mean
    filled = np.full_like(values, np.nan)
    for rows in _groups(table, code, rule):
        known = values[rows & ~np.isnan(values)]
        if known.size:
            filled[rows] = statistic(known)
    return filled


def _groups(table: Table, code: str, rule: Missing) -> list[Flags]:
    """Rows of each group that a rule names, by a column or by its units; all rows where it names none."""
    if not rule.method.startswith("group_"):
        return table.groups(None, code)
    if rule.groups is None:
        return table.groups(rule.group, code)
    found: list[Flags] = [table.units.isin(units).to_numpy(dtype=bool) for units in rule.groups.values()]
    table.say_of("no-group", code, ~np.logical_or.reduce(found), column="group")
    return found


def _carried(table: Table, code: str, values: Numbers, periods: int | None) -> Numbers:
    """The unit's last value of an earlier period, at most so many periods old; periods are those of the data."""
    if table.periods is None:
        table.say("no-column", code, column="period")
        return np.full_like(values, np.nan)
    order = pd.Series(values).groupby([table.periods, table.units]).first().unstack()
    carried = order.ffill(limit=periods).stack(future_stack=True)
    keys = pd.MultiIndex.from_arrays([table.periods, table.units])
    return carried.reindex(keys).to_numpy(dtype=float)


def _of_neighbours(values: Numbers, others: Numbers, count: int) -> Numbers:
    """Mean of the nearest units that have a value, all of those that are equally far."""
    known, filled = ~np.isnan(values), np.full_like(values, np.nan)
    gaps, near = nearest(values, others, count)
    total = (near * values[known]).sum(axis=1)
    filled[gaps] = np.divide(total, near.sum(axis=1), out=np.full(len(gaps), np.nan), where=near.any(axis=1))
    return filled


def nearest(values: Numbers, others: Numbers, count: int) -> tuple[Places, Flags]:
    """Units without a value, and which of those with one are nearest to each.

    Far is the mean absolute difference of the standardised indicators that both have.
    """
    others = others[:, ~np.isnan(others).all(axis=0)]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.nanstd(others, axis=0)
        scaled = (others - np.nanmean(others, axis=0)) / np.where(spread > 0, spread, np.nan)
    scaled = scaled[:, ~np.isnan(scaled).all(axis=0)]
    known = ~np.isnan(values)
    gaps = np.flatnonzero(~known)
    if not scaled.shape[1] or not known.any():
        return gaps, np.zeros((len(gaps), int(known.sum())), dtype=bool)
    apart = np.abs(scaled[gaps][:, None, :] - scaled[known][None, :, :])
    both: Flags = ~np.isnan(apart)
    distance = np.divide(
        np.nansum(apart, axis=2), both.sum(axis=2), out=np.full(both.shape[:2], np.inf), where=both.any(axis=2)
    )
    last = np.sort(distance, axis=1)[:, min(count, distance.shape[1]) - 1]
    return gaps, np.isfinite(distance) & (distance <= last[:, None] * (1 + TIED))


def donors_of(table: Table, code: str, values: Numbers, rule: Missing, others: Numbers) -> dict[int, Numbers] | None:
    """Row of a gap -> the values, in their order, that its mean or median is taken of; a row without any is left out.

    None where no values stand behind what is put in: a stated value, or the unit's own of an earlier period.
    """
    gaps, known = np.flatnonzero(np.isnan(values)), ~np.isnan(values)
    if rule.method == "neighbours":
        rows, near = nearest(values, others, rule.neighbours)
        found = {int(row): values[known][own] for row, own in zip(rows, near, strict=True)}
    elif rule.method in ("mean", "median", "group_mean", "group_median"):
        found = {int(row): values[rows & known] for rows in _groups(table, code, rule) for row in gaps if rows[row]}
    else:
        return None
    return {row: np.sort(own) for row, own in found.items() if len(own)}
