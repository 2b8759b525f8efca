"""What a figure of a network may be, whatever the unreported ties are: bounds over every completion of the graph.

A completion adds any of the unreported ties to the reported ones and takes none away. Bounds are attained by a completion
(exact) or hold for all of them without being attained by one (outer); none rests on a sample, which would be too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

Range = tuple[float, float]
Status = tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]
"""Which pairs are tied, and which are unreported (and not tied)."""
MOST_COMPLETIONS = 64
"""Up to how many completions each is worked out where no formula gives the bounds."""


def density_range(n: int, ties: int, unreported: int) -> Range | None:
    """Exact: none of the unreported ties exists, or all do. None for fewer than two members."""
    pairs = n * (n - 1) / 2
    return (ties / pairs, (ties + unreported) / pairs) if pairs else None


def ei_range(ties: tuple[int, int], unreported: tuple[int, int]) -> Range | None:
    """Exact; both are (external, internal). A further internal tie lowers the index, a further external one raises it.

    None where no tie can exist. Completions without a tie have no index and do not count.
    """
    (external, internal), (more_external, more_internal) = ties, unreported
    all_inside, all_across = internal + more_internal, external + more_external
    if all_inside + all_across == 0:
        return None
    lower = (external - all_inside) / (external + all_inside) if external + all_inside else 1.0
    upper = (all_across - internal) / (all_across + internal) if all_across + internal else -1.0
    return lower, upper


def persistence_range(before: Status, now: Status) -> Range | None:
    """Exact, from which pairs are tied and which are unreported in either quarter, pairs running parallel.

    The least has every pair that may be tied in one quarter alone; the most has none of those, and the others in both.
    """
    tied, may = before[0] | now[0], (before[0] | before[1]) & (now[0] | now[1])
    in_both, any_union = int((before[0] & now[0]).sum()), int((tied | before[1] | now[1]).sum())
    most_both = int(may.sum())
    most_union = most_both + int((tied & ~may).sum())
    if most_union == 0:
        return None if any_union == 0 else (0.0, 0.0)
    return in_both / any_union, most_both / most_union


def centralisation_range(degrees: Sequence[int], unreported: Sequence[int]) -> Range | None:
    """The upper end exact, the lower one outer; both sequences are ties of each member. None for fewer than three members.

    Σ (max d - d) = n max d - 2 m. At most one member takes all its unreported ties and nobody else a further one. At least the
    other ties are as many as fit under the highest degree, were they between any two.
    """
    n, taken, free = len(degrees), np.array(degrees, dtype=np.int64), np.array(unreported, dtype=np.int64)
    if n < 3:
        return None
    whole, ties = (n - 1) * (n - 2), int(taken.sum()) // 2
    upper = int((n * (taken + free) - 2 * (ties + free)).max())
    highest = np.arange(int(taken.max()), n)
    fit = np.minimum(free, highest[:, None] - taken).sum(axis=1) // 2
    lower = int((n * highest - 2 * (ties + fit)).min())
    return max(lower, 0) / whole, upper / whole


def share_range(possible: Sequence[int]) -> Range:
    """Outer, of the largest share of all bridging: `possible` are the most ties each member may have; one with fewer than two bridges nothing."""
    bridging = sum(degree > 1 for degree in possible)
    return (1 / bridging if bridging else 0.0), 1.0


def constraint_range(possible: Sequence[int]) -> Range:
    """Outer, of Burt's constraint of whoever bridges most, whatever unreported ties weigh.

    Parts of one's ties over k partners have squares that sum to 1/k at least. The roots of the terms sum to 2 at most, and none exceeds 1.
    """
    return (1 / max(possible) if max(possible, default=0) else 0.0), 2.0


def enumerated(
    unreported: Sequence[tuple[int, int]], figure: Callable[[Sequence[tuple[int, int]]], float | None]
) -> Range | None:
    """Exact: the least and the most of a figure over every completion in which it has a value; `figure` takes the added ties."""
    values = [value for added in completions(unreported) if (value := figure(added)) is not None]
    return (min(values), max(values)) if values else None


def completions(unreported: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Every choice of the unreported ties, none first."""
    for mask in range(2 ** len(unreported)):
        yield [pair for bit, pair in enumerate(unreported) if mask >> bit & 1]


def can_be_enumerated(unreported: int) -> bool:
    """Whether so many unreported ties have few enough completions."""
    return unreported < MOST_COMPLETIONS.bit_length() and 2**unreported <= MOST_COMPLETIONS
