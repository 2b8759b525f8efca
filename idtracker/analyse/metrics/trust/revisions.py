"""Revisions of observations: versions that state another value than the one before, and what became of each observation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter, by_quarter
from idtracker.analyse.metrics.versions import BOUNDS
from idtracker.model.text import arrow

Places = npt.NDArray[np.intp]
KINDS = ("R1", "R2", "R3", "C")
VERSION_COLUMNS = ["indicator_id", "period_end", "value", "revision_type"]
_NONE = np.empty(0, dtype=np.intp)


class Revision(NamedTuple):
    """A value that replaced another: in points of the 0-100 scale where the indicator has goalposts (positive is better)."""

    fact_id: str
    source_id: str
    indicator_id: str
    kind: str
    points: float | None
    change: float
    value: float


class Stated(NamedTuple):
    """Observations of a quarter: their identifiers and sources, which have been revised, and which are known no more."""

    fact_ids: list[str]
    source_ids: list[str]
    is_revised: npt.NDArray[np.bool_]
    is_withdrawn: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Versions:
    """Every version in the order of observation and time, with the places of each quarter; `fact` numbers observations."""

    rows: pd.DataFrame
    fact: Places
    begins: npt.NDArray[np.datetime64]
    ends: npt.NDArray[np.datetime64]
    revises: npt.NDArray[np.bool_]
    in_quarter: dict[str, Places]


def revisions(inputs: Inputs, quarter: Quarter) -> list[Revision]:
    """The revisions, known by the day of knowledge, of observations whose period ends in the quarter; the latest come last."""

    def make() -> list[Revision]:
        every = _versions(inputs)
        places = every.in_quarter.get(quarter.code, _NONE)
        places = places[every.revises[places] & (every.begins[places] <= inputs.as_of.to_datetime64())]
        if not len(places):
            return []
        after, before = every.rows.iloc[places], every.rows.iloc[places - 1]
        width = after["indicator_id"].map(_widths(inputs)).to_numpy(dtype="float64")
        change = after["value"].to_numpy(dtype="float64") - before["value"].to_numpy(dtype="float64")
        points = [None if np.isnan(p) else float(p) for p in 100 * change / width]
        kinds = after["revision_type"].astype("object").where(after["revision_type"].notna(), "")
        names = (after[c].tolist() for c in ("fact_id", "source_id", "indicator_id"))
        return [
            Revision(*row)
            for row in zip(*names, kinds.tolist(), points, change.tolist(), after["value"].tolist(), strict=True)
        ]

    return inputs.remember_for_both(("revisions", quarter), make)


def stated(inputs: Inputs, quarter: Quarter) -> Stated:
    """The observations, known at any time up to the day of knowledge, whose period ends in the quarter.

    Not remembered: the names of the observations of all quarters would take more memory than their rows.
    """
    every, at = _versions(inputs), inputs.as_of.to_datetime64()
    places = every.in_quarter.get(quarter.code, _NONE)
    places = places[every.begins[places] <= at]
    facts, first = np.unique(every.fact[places], return_index=True)
    revised = every.fact[places[every.revises[places]]]
    open_now = every.fact[places[~(every.ends[places] <= at)]]
    rows = every.rows[["fact_id", "source_id"]].take(places[first])
    return Stated(
        rows["fact_id"].tolist(),
        rows["source_id"].tolist(),
        np.isin(facts, revised),
        ~np.isin(facts, open_now),
    )


def version_rows(inputs: Inputs, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """The versions behind the observations of some quarters, with the observation as their `unit`."""
    every = _versions(inputs)
    rows = every.rows.iloc[np.concatenate([every.in_quarter.get(q.code, _NONE) for q in quarters])]
    known = rows[rows["begins"] <= inputs.as_of]
    return known.assign(unit=known["fact_id"])


def _versions(inputs: Inputs) -> _Versions:
    frame = inputs.versions("observation")

    def make() -> _Versions:
        rows = frame if _is_in_order(frame) else frame.sort_values(["fact_id", BOUNDS[0]], ignore_index=True)
        repeats = _repeats(arrow(rows["fact_id"]))
        fact = np.cumsum(~np.append(True, repeats))[: len(rows)]
        value = rows["value"].to_numpy(dtype="float64", na_value=np.nan)
        follows = np.zeros(len(rows), dtype=bool)
        follows[1:] = repeats & (value[1:] != value[:-1]) & ~np.isnan(value[1:]) & ~np.isnan(value[:-1])
        begins, ends = (rows[name].to_numpy().astype("datetime64[ns]", copy=False) for name in BOUNDS)
        return _Versions(rows, fact, begins, ends, follows, by_quarter(rows["period_end"]))

    return inputs.remember_while(("versions of observations",), [frame], make)


def _is_in_order(frame: pd.DataFrame) -> bool:
    """Whether the versions are in the order of observation and time already, as a store gives them."""
    facts, begins = arrow(frame["fact_id"]), frame[BOUNDS[0]].to_numpy()
    later = pc.greater(facts.slice(1), facts.slice(0, max(0, len(facts) - 1))).to_numpy(zero_copy_only=False)
    return bool((later | (_repeats(facts) & (begins[:-1] <= begins[1:]))).all())


def _repeats(facts: pa.Array) -> npt.NDArray[np.bool_]:
    """Whether each but the first is the one before it."""
    same: npt.NDArray[np.bool_] = pc.equal(facts.slice(1), facts.slice(0, max(0, len(facts) - 1))).to_numpy(
        zero_copy_only=False
    )
    return same


def _widths(inputs: Inputs) -> dict[str, float]:
    """The width of each indicator's goalposts, negative where lower is better; only where there are two different ones."""
    table = inputs.table("indicator")

    def make() -> dict[str, float]:
        rows = table.drop_duplicates("indicator_id")
        width = (rows["goalpost_high"] - rows["goalpost_low"]).abs() * rows["direction"]
        return {i: float(w) for i, w in zip(rows["indicator_id"], width, strict=True) if not pd.isna(w) and w != 0}

    return inputs.remember_while(("widths",), [table], make)
