"""The network of a quarter beside what nobody reported of it, and the ends of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from idtracker.analyse.metrics.delivery.activities import network
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.network.brokers import numbered, share_of_broker
from idtracker.analyse.metrics.network.ranges import (
    Range,
    Status,
    can_be_enumerated,
    centralisation_range,
    constraint_range,
    density_range,
    ei_range,
    enumerated,
    persistence_range,
    share_range,
)
from idtracker.analyse.metrics.network.silence import Pairs, missing_by_organisation, open_pairs, tied_pairs
from idtracker.analyse.metrics.quarter import Quarter

EXACT = "every completion of the unreported ties"
OUTER = "bounds that hold for every completion of the unreported ties, and may be wider than they are"
NO_ENDS: tuple[None, None] = (None, None)
Ends = tuple[float | None, float | None]
Notes = list[tuple[str, object]]


class OpenTies(NamedTuple):
    """Pairs of a roster that are tied, those of which a report is missing, and those of these that are not tied: all (n, n)."""

    tied: Pairs
    open: Pairs
    unreported: Pairs

    @property
    def total(self) -> int:
        """How many ties are unreported."""
        return int(self.unreported.sum()) // 2


def open_ties(inputs: Inputs, quarter: Quarter) -> OpenTies:
    """What is known of the pairs of network() in a quarter."""

    def make() -> OpenTies:
        graph = network(inputs, quarter)
        tied = tied_pairs(graph.roster, graph.ties)
        pairs = open_pairs(inputs, quarter, graph.roster)
        return OpenTies(tied, pairs, pairs & ~tied)

    return inputs.remember(("open_ties", quarter), make)


def notes(inputs: Inputs, quarters: Sequence[Quarter], kind: str = EXACT) -> Notes:
    """What an explanation says of a range: how many ties are unreported, who did not report, and what the bounds are."""
    counts = {q: open_ties(inputs, q).total for q in quarters}
    if not any(counts.values()):
        return []
    return [
        *((f"unreported ties in {q.code}", count) for q, count in counts.items() if count),
        *(
            (f"missing reports for {q.code} of {org}", missing)
            for q in quarters
            if counts[q]
            for org, missing in sorted(missing_by_organisation(inputs, q).items())
        ),
        ("range", kind),
    ]


def density_ends(inputs: Inputs, quarter: Quarter) -> Ends:
    """Ends of the density; none where every report has come, as of all that follow."""
    graph, of = network(inputs, quarter), open_ties(inputs, quarter)
    return density_range(len(graph.roster), len(graph.ties), of.total) or NO_ENDS if of.total else NO_ENDS


def centralisation_ends(inputs: Inputs, quarter: Quarter) -> Ends:
    of = open_ties(inputs, quarter)
    degrees, free = of.tied.sum(axis=1).tolist(), of.unreported.sum(axis=1).tolist()
    return centralisation_range(degrees, free) or NO_ENDS if of.total else NO_ENDS


def ei_ends(inputs: Inputs, quarter: Quarter, is_hmg: Sequence[bool]) -> Ends:
    of = open_ties(inputs, quarter)
    if not of.total:
        return NO_ENDS
    side = np.array(is_hmg, dtype=np.bool_)
    crosses = side[:, None] != side[None, :]
    (a, b), (c, d) = (
        (int((pairs & crosses).sum()) // 2, int((pairs & ~crosses).sum()) // 2) for pairs in (of.tied, of.unreported)
    )
    return ei_range((a, b), (c, d)) or NO_ENDS


def share_ends(inputs: Inputs, quarter: Quarter) -> tuple[Ends, str]:
    """Ends of the largest share of bridging, and what they are: over every completion where there are few."""
    of, graph = open_ties(inputs, quarter), network(inputs, quarter)
    if not of.total:
        return NO_ENDS, EXACT
    if can_be_enumerated(of.total):
        edges, open_edges = numbered(graph), [(a, b) for a, b in np.argwhere(np.triu(of.unreported)).tolist()]
        key = ("broker_range", tuple(edges), tuple(open_edges))

        def make() -> Range | None:
            return enumerated(
                open_edges, lambda added: share_of_broker(sorted([*edges, *((a, b, 1) for a, b in added)]))
            )

        return inputs.remember_while(key, [], make) or NO_ENDS, EXACT
    return share_range((of.tied | of.unreported).sum(axis=1).tolist()), OUTER


def constraint_ends(inputs: Inputs, quarter: Quarter) -> Ends:
    """An unreported tie may have any weight, and one that is known a higher one."""
    of = open_ties(inputs, quarter)
    return constraint_range((of.tied | of.open).sum(axis=1).tolist()) if of.open.any() else NO_ENDS


def persistence_ends(inputs: Inputs, quarter: Quarter) -> Ends:
    """Pairs are those of the rosters of both quarters, by the names that they have in each."""
    both = quarter.previous(), quarter
    names = sorted({org for q in both for org in network(inputs, q).roster})
    before, now = (_on(names, inputs, q) for q in both)
    if not (before[1].any() or now[1].any()):
        return NO_ENDS
    return persistence_range(before, now) or NO_ENDS


def _on(names: Sequence[str], inputs: Inputs, quarter: Quarter) -> Status:
    """Each pair of some organisations: whether it is tied in a quarter, and whether it is unreported."""
    number = {org: n for n, org in enumerate(names)}
    roster, of = [number[org] for org in network(inputs, quarter).roster], open_ties(inputs, quarter)
    upper = np.triu_indices(len(names), 1)
    wide = [np.zeros((len(names), len(names)), dtype=np.bool_) for _ in range(2)]
    for pairs, here in zip(wide, (of.tied, of.unreported), strict=True):
        pairs[np.ix_(roster, roster)] = here
    return wide[0][upper], wide[1][upper]
