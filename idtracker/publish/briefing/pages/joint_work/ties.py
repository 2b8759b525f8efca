"""Who is tied to whom in a quarter and by what, and who is silent: the organisations and pairs of the network picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idtracker.analyse.metrics.inputs import Inputs
    from idtracker.analyse.metrics.quarter import Quarter

ACTIVITY, PRODUCT, RATED, SHARED = KINDS = ("activity", "product", "rated", "shared")
"""What ties two organisations, the closest first: an activity at work, a product, a rating of cooperation, information that was shared."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation on the roster. `missing` are the sources of reports that it owes for the quarter and that have not come."""

    org_id: str
    group: str
    is_hmg: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TiedPair:
    """Two organisations with everything that ties them, the closest first, and the activities that they share."""

    a: str
    b: str
    kinds: tuple[str, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The roster of a quarter in order, government first, and its pairs."""

    members: list[Member]
    pairs: list[TiedPair]


def picture_of(inputs: Inputs, quarter: Quarter) -> Picture:
    """The network of a quarter on the roster of IM-16, with the other ties of the same organisations."""
    from idtracker.analyse.metrics.delivery.activities import network, tie_evidence

    graph = network(inputs, quarter)
    members, roster = _members(inputs, quarter, graph.roster), set(graph.roster)
    by_kind = _pairs_by_kind(inputs, quarter)
    by_kind[ACTIVITY] = {(tie.a, tie.b) for tie in graph.ties}
    behind = tie_evidence(inputs, quarter)[0].rows
    shared: dict[str, set[str]] = {}
    for unit, activity in zip(behind["unit"], behind["activity_id"], strict=True):
        shared.setdefault(unit, set()).add(activity)
    pairs = sorted({pair for kind in KINDS for pair in by_kind[kind] if roster.issuperset(pair)})
    names = {(tie.a, tie.b): tie.unit for tie in graph.ties}
    tied = [
        TiedPair(
            *pair,
            kinds=tuple(kind for kind in KINDS if pair in by_kind[kind]),
            activities=tuple(sorted(shared.get(names.get(pair, ""), ()))),
        )
        for pair in pairs
    ]
    return Picture(members, tied)


def closest(picture: Picture, most: int) -> Picture:
    """The same with at most so many pairs: those with the closest ties, in the order of the picture."""
    ranked = sorted(picture.pairs, key=lambda pair: (KINDS.index(pair.kinds[0]), -len(pair.activities), pair.a, pair.b))
    kept = set(ranked[:most])
    return Picture(picture.members, [pair for pair in picture.pairs if pair in kept])


def _members(inputs: Inputs, quarter: Quarter, roster: list[str]) -> list[Member]:
    from idtracker.analyse.metrics.network.silence import missing_reports
    from idtracker.analyse.metrics.organisations import unknown

    stands_for, known = inputs.successors(quarter), inputs.traits(quarter)
    missing: dict[str, set[str]] = {}
    for report in missing_reports(inputs, quarter):
        missing.setdefault(stands_for.get(report.org_id, report.org_id), set()).add(report.source_id)
    groups = dict(inputs.values("organisation", "org_id", "group_code"))
    members = [
        Member(org, groups.get(org) or "", (known.get(org) or unknown(org)).is_hmg, tuple(sorted(missing.get(org, ()))))
        for org in roster
    ]
    return sorted(members, key=lambda member: (not member.is_hmg, member.group, member.org_id))


def _pairs_by_kind(inputs: Inputs, quarter: Quarter) -> dict[str, set[Pair]]:
    """The pairs of each kind but activities: products and ratings of four quarters, information shared in this one."""
    from idtracker.analyse.metrics.culture.ties import ratings_in_sight
    from idtracker.analyse.metrics.overlap.pairs import COOPERATION
    from idtracker.analyse.metrics.products import contributors_by_product
    from idtracker.analyse.metrics.sharing.events import shared

    stands_for = inputs.successors(quarter)
    groups = [
        {stands_for.get(org, org) for org in orgs}
        for earlier in quarter.window()
        for orgs in contributors_by_product(inputs, earlier).values()
    ]
    levels = ratings_in_sight(inputs, quarter)
    return {
        PRODUCT: {pair for orgs in groups for pair in combinations(sorted(orgs), 2)},
        RATED: _in_order(dyad for dyad, level in levels.items() if level >= COOPERATION),
        SHARED: _in_order((t.giver.org, t.taker.org) for t in shared(inputs, quarter) if t.giver.org and t.taker.org),
    }


def _in_order(dyads: Iterable[tuple[str, str]]) -> set[Pair]:
    return {(a, b) if a < b else (b, a) for a, b in dyads if a != b}
