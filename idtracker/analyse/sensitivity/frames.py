"""Draws, sensitivity and reliability as rows of the published tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.sensitivity.outcome import Drawn, Sensitivity, interval, share_moving_alike, shares_of_bands
from idtracker.analyse.sensitivity.problem import Numbers, Places, Problem
from idtracker.analyse.sensitivity.ranks import groups_of
from idtracker.analyse.sensitivity.reliability import Reliability, level_of
from idtracker.analyse.sensitivity.sobol import Indices
from idtracker.model.composite.values import Rounding

_NO_VARIANCE = "it does not vary, or is not defined in every draw"


def uncertainty_rows(found: Drawn, level: float) -> pd.DataFrame:
    """One row for each place and node."""
    problem, rows = found.problem, []
    ranked = _ranked_counts(problem, found.point)
    varied = problem.varied()
    for number, node in enumerate(problem.nodes):
        score = found.point[number]
        low, median, high = interval(found.values[number], level)
        rank_low, rank_median, rank_high = interval(found.ranks[number], level)
        frame = pd.DataFrame(
            {
                "place_id": problem.places, "period": problem.period, "node_code": node.code, "score": score,
                "low": low, "median": median, "high": high, "rank": found.point_ranks[number], "rank_low": rank_low,
                "rank_median": rank_median, "rank_high": rank_high, "ranked_count": ranked[number],
                **_change(found, number, level), "draws": found.values.shape[1],
                "undefined_draws": found.lost[number].astype("int64"),
            }
        )  # fmt: skip
        rows.append(frame)
    whole = pd.concat(rows, ignore_index=True)
    return whole.assign(varied=";".join(varied) or None, method_version=problem.method)


def _change(found: Drawn, number: int, level: float) -> dict[str, Numbers]:
    """The difference from the round before: as stated, its bounds, and how many draws agree on its direction."""
    names = ("change", "change_low", "change_high", "change_probability")
    if found.before is None or found.point_before is None:
        return {name: np.full(len(found.problem.places), np.nan) for name in names}
    change = found.point[number] - found.point_before[number]
    low, _, high = interval(found.values[number] - found.before[number], level)
    alike = share_moving_alike(found.before[number], found.values[number], change)
    told = alike if found.problem.varied() else np.full_like(alike, np.nan)
    return dict(zip(names, (change, np.where(np.isnan(change), np.nan, low), np.where(np.isnan(change), np.nan, high), told), strict=True))  # fmt: skip


def _ranked_counts(problem: Problem, point: Numbers) -> Places:
    """Places with a score that each place is ranked with, itself included."""
    found = (~np.isnan(point)).astype(np.int64)
    for members in groups_of(problem):
        found[:, members] = (~np.isnan(point[:, members])).sum(axis=1)[:, None]
    return found


def rank_rows(found: Drawn) -> pd.DataFrame:
    """Share of the draws at each rank that occurs."""
    rows = []
    for number, node in enumerate(found.problem.nodes):
        for at, place in enumerate(found.problem.places):
            ranks = found.ranks[number][:, at]
            ranks = ranks[~np.isnan(ranks)]
            for rank, count in zip(*np.unique(ranks, return_counts=True), strict=True):
                rows.append((place, found.problem.period, node.code, int(rank), count / len(ranks)))
    return pd.DataFrame(rows, columns=["place_id", "period", "node_code", "rank", "share"])


def band_rows(
    found: Drawn,
    bands: Sequence[tuple[str, float]],
    closed: Literal["low", "high"] = "low",
    of: str | None = None,
    rounding: Rounding | None = None,
) -> pd.DataFrame:
    """Share of the draws in each band, named with its lower end; of every node, or of the one that is named."""
    rows = []
    for number, node in enumerate(found.problem.nodes):
        if not bands or (of is not None and node.code != of):
            continue
        values = rounded(found.values[number], rounding)
        shares = shares_of_bands(values, [low for _, low in bands], closed)
        rows += [
            (place, found.problem.period, node.code, label, shares[band, at])
            for at, place in enumerate(found.problem.places)
            for band, (label, _) in enumerate(bands)
            if not np.isnan(shares[band, at])
        ]
    return pd.DataFrame(rows, columns=["place_id", "period", "node_code", "band", "share"])


def sensitivity_rows(problem: Problem, found: Sensitivity) -> pd.DataFrame:
    """Indices and differences of the root by place, and what was not varied."""
    rows = [*_index_rows(problem, found), *_changed_rows(problem, found)]
    rows += [(None, None, "NOT_VARIED", name, None, None, None, why) for name, why in problem.why_not().items()]
    columns = ["place_id", "output", "analysis", "subject", "first_order", "total_order", "difference", "why"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(period=problem.period, node_code=problem.nodes[-1].code)


def _index_rows(problem: Problem, found: Sensitivity) -> Iterator[tuple[object, ...]]:
    outputs: tuple[tuple[str, Indices | None], ...] = (("SCORE", found.score), ("RANK", found.rank))
    for output, indices in outputs:
        if indices is None:
            continue
        for number, name in enumerate(found.inputs):
            for at, place in enumerate(problem.places):
                first, total = indices.first[number, at], indices.total[number, at]
                why = _NO_VARIANCE if np.isnan(total) else None
                yield place, output, "VARIANCE", name, first, total, None, why


def _changed_rows(problem: Problem, found: Sensitivity) -> Iterator[tuple[object, ...]]:
    for changed in found.changed:
        for output, values in (("SCORE", changed.score), ("RANK", changed.rank)):
            for at, place in enumerate(problem.places):
                if not np.isnan(values[at]):
                    yield place, output, changed.change, changed.subject, None, None, values[at], None


def reliability_rows(problem: Problem, found: Mapping[str, Reliability]) -> pd.DataFrame:
    """One row for each place and node."""
    frames = [
        pd.DataFrame(
            {
                "place_id": problem.places, "period": problem.period, "node_code": code,
                "reliability_index": part.index, "reliability_level": [level_of(index) for index in part.index],
                "missing": part.missing, "age": part.age, "quality": part.quality, "single": part.single,
                "ungraded": part.ungraded,
            }
        )
        for code, part in found.items()
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)
