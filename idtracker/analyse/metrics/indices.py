"""Formulas of networks, concentration and waiting times on plain numbers. No tables and no periods here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    """Freeman's Σ (max d - d) / ((n - 1) (n - 2)), undirected; None for fewer than three members."""
    n = len(degrees)
    if n < 3:
        return None
    highest = max(degrees)
    return sum(highest - d for d in degrees) / ((n - 1) * (n - 2))


def waiting_time(days: npt.NDArray[Any], is_ended: npt.NDArray[np.bool_], waiting_share: float) -> float | None:
    """Kaplan-Meier: the first day by which at most `waiting_share` still wait; None where that is not reached.

    `days` are waiting times, right-censored where `is_ended` is false.
    """
    from scipy.stats import CensoredData, ecdf

    if not is_ended.any():
        return None
    sample = CensoredData(uncensored=days[is_ended], right=days[~is_ended])
    waiting = ecdf(sample).sf
    reached = np.flatnonzero(np.asarray(waiting.probabilities) <= waiting_share + 1e-12)
    return float(waiting.quantiles[reached[0]]) if len(reached) else None
