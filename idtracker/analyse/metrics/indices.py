"""Formulas of networks, concentration and waiting times on plain numbers. No tables and no periods here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import erfc, sqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


def effective_number(counts: Sequence[float]) -> float | None:
    """1 / Σ s² over the shares of the counts (inverse Herfindahl-Hirschman); None where nothing is counted."""
    total = float(sum(counts))
    return 1 / sum((c / total) ** 2 for c in counts) if total > 0 else None


def ei_index(external: int, internal: int) -> float | None:
    """(E - I) / (E + I), from -1 (all inside the groups) to 1 (all across them); None without ties (Krackhardt and Stern 1988)."""
    return (external - internal) / (external + internal) if external + internal else None


def expected_ei(group_sizes: Sequence[int]) -> float | None:
    """The E-I index that random mixing gives for groups of these sizes; None for fewer than two members."""
    n = sum(group_sizes)
    pairs = n * (n - 1) / 2
    inside = sum(size * (size - 1) / 2 for size in group_sizes)
    return (pairs - 2 * inside) / pairs if pairs else None


def density(ties: int, members: int) -> float | None:
    """2m / (n (n - 1)); None for fewer than two members."""
    return 2 * ties / (members * (members - 1)) if members > 1 else None


def degree_centralisation(degrees: Sequence[int]) -> float | None:
    """Freeman's Σ (max d - d) / ((n - 1) (n - 2)), undirected; None for fewer than three members, and without ties."""
    n, highest = len(degrees), max(degrees, default=0)
    if n < 3 or highest == 0:
        return None
    return sum(highest - d for d in degrees) / ((n - 1) * (n - 2))


def constraint(ties: Mapping[int, Mapping[int, float]], node: int) -> float:
    """Burt's constraint Σ_w (p_vw + Σ_q p_vq p_qw)² of one node of a graph without direction: `ties` has every tie both ways.

    p_vw is the part of v's ties, by weight, that w holds. Sums run in the order of sets, as in NetworkX, to the last digit.
    """
    near = set(iter(ties[node]))  # a set of a mapping would have room for more, and another order
    strength = {v: sum(ties[v].values()) for v in {node, *ties[node]}}

    def part(v: int, w: int) -> float:
        return ties[v].get(w, 0) / strength[v]

    def local(w: int) -> float:
        return (part(node, w) + sum(part(node, q) * part(q, w) for q in near)) ** 2

    return float(sum(local(w) for w in near))


def waiting_time(days: npt.NDArray[Any], is_ended: npt.NDArray[np.bool_], waiting_share: float) -> float | None:
    """Kaplan-Meier: the first day by which at most `waiting_share` still wait; None where that is not reached.

    `days` are waiting times, right-censored where `is_ended` is false: one censored on the day of an event is still at risk.
    """
    moments, places = np.unique(days, return_inverse=True)
    at_risk = _at_risk(places, np.ones(len(days), dtype=bool), len(moments))
    ended = np.bincount(places[is_ended], minlength=len(moments))
    reached = np.flatnonzero(np.cumprod((at_risk - ended) / at_risk) <= waiting_share + 1e-12)
    return float(moments[reached[0]]) if len(reached) else None


class LogRank(NamedTuple):
    """How two groups of waiting times compare: chi-square with one degree of freedom, its p, and what ended in the second.

    `expected` is how many of the second group would have ended had both waited alike: more than have ended if it waits longer.
    """

    statistic: float
    p_value: float
    observed: int
    expected: float


def log_rank(
    days: npt.NDArray[Any], is_ended: npt.NDArray[np.bool_], is_second: npt.NDArray[np.bool_]
) -> LogRank | None:
    """The log-rank test of two groups of waiting times, right-censored as in waiting_time(); None where nothing is left to compare.

    Mantel (1966): observed less expected ends of one group over the days, squared, by the hypergeometric variance.
    """
    moments, places = np.unique(days, return_inverse=True)
    every, second = (_at_risk(places, mask, len(moments)) for mask in (np.ones(len(days), dtype=bool), is_second))
    ends = np.bincount(places[is_ended], minlength=len(moments))
    share = np.divide(second, every, out=np.zeros(len(moments)), where=every > 0)
    others = np.divide(every - ends, every - 1, out=np.zeros(len(moments)), where=every > 1)
    variance = float((ends * share * (1 - share) * others).sum())
    if variance <= 0:
        return None
    observed, expected = int((is_ended & is_second).sum()), float((ends * share).sum())
    statistic = (observed - expected) ** 2 / variance
    return LogRank(statistic, erfc(sqrt(statistic / 2)), observed, expected)


def _at_risk(places: npt.NDArray[np.intp], mask: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.intp]:
    """How many of those in a mask still wait at each moment, it included."""
    return np.bincount(places[mask], minlength=length)[::-1].cumsum()[::-1]
