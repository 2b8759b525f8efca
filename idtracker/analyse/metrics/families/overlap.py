"""Family `overlap`: where work overlaps, is split or is missing, IM-32 to IM-35."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.delivery.activities import located, tie_name
from idtracker.analyse.metrics.delivery.rows import activity_evidence
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed, ratio, share_of
from idtracker.analyse.metrics.overlap.need import SCORE_INPUTS, Need, needs, score_evidence
from idtracker.analyse.metrics.overlap.pairs import Pair, coordination_evidence, pair_evidence, ties
from idtracker.analyse.metrics.overlap.presence import Cell, Presence, presence, presence_evidence, unit_of
from idtracker.analyse.metrics.products import JOINT, PRODUCT_INPUTS
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric

_CELL = ["org_id", "place_id", "sector", "status", "period_start", "period_end", "start_on", "end_on"]
_ORGANISATION = ["org_id", "is_hmg", "group_code", "successor_org_id", "valid_from", "valid_to"]
_PLACE = ["place_id", "level", "parent_id"]
_PRESENCE = {"activity_cell": _CELL, "place": _PLACE, "organisation": _ORGANISATION}
_SPENDING = _PRESENCE | {"activity_cell": [*_CELL, "activity_id", "spend", "spend_currency"]}
_DATED = ["status", "start_on", "end_on", "period_start", "period_end", "place_id"]
_DELIVERY = {
    "activity": ["activity_id", "org_id", "partner_org_id", *_DATED],
    "participation": ["activity_id", "org_id", *_DATED[1:]],
    "activity_cell": [*_CELL, "activity_id", "partner_org_id"],
    "place": _PLACE,
    "organisation": _ORGANISATION,
}
_LIMITS = (
    "Cells are those of the table activity_cell (3W, 4W, 5W): a place, its first-level division, and a sector as typed, apart "
    "from spelling; rows without a sector, or that name only a country, say nothing about a cell, and organisations "
    "that report no such rows are not seen. The implementing partner is not counted beside the organisation present."
)


@metric(
    "IM-32",
    family="overlap",
    name="Overlap index",
    name_ar="مؤشر التداخل",
    question="How much do organisations work in the same places and sectors?",
    formula="mean over pairs of |A ∩ B| / |A ∪ B|, A and B = cells (place, sector) of the quarter; the same with min(|A|, |B|)",
    unit="0-1",
    direction="none",
    denominator="pairs of organisations that are present anywhere in the quarter",
    inputs=_PRESENCE,
    gathers="presence",
    source="Jaccard index and overlap coefficient; OCHA 3W",
    measures={
        "value": "Mean over pairs of the share of their cells that they have in common",
        "coefficient": "Mean over pairs of the cells in common as a share of the smaller of both",
    },
    elements=["U1"],
    kpqs=["K2"],
    limitations=f"Overlap is not duplication: read it with IM-34. {_LIMITS}",
    has_as_is=True,
)
def overlap_index(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, and per place over its sectors. Units are pairs; those with a cell in common count."""
    present = presence(inputs, quarter)
    evidence = pair_evidence(inputs, quarter)
    for scope, part in _scopes(present):
        orgs = part.cells_by_org()
        shared, sizes = _shared_cells(orgs)
        first, second = np.triu_indices(len(orgs), 1)
        common, smaller = shared[first, second], np.minimum(sizes[first], sizes[second])
        union = sizes[first] + sizes[second] - common
        units = partial(_pair_units, [*orgs], common > 0)
        for measure, of in (("value", union), ("coefficient", smaller)):
            value = float(np.mean(common / of)) if len(of) else None
            yield figure(measure, value, units, denominator=len(of), n=len(of), scope=scope, evidence=evidence)


def _shared_cells(orgs: Mapping[str, set[Cell]]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How many cells each two organisations have in common, and how many each has."""
    number = {cell: n for n, cell in enumerate(sorted(set().union(*orgs.values())))}
    member = np.zeros((len(orgs), len(number)), dtype=np.float32)
    for row, cells in enumerate(orgs.values()):
        member[row, [number[cell] for cell in cells]] = 1
    return (member @ member.T).astype(np.float64), member.sum(axis=1, dtype=np.float64)


def _pair_units(orgs: Sequence[str], counts: npt.NDArray[np.bool_]) -> pd.DataFrame:
    return listed([tie_name(a, b) for a, b in combinations(orgs, 2)], counts.tolist())


@metric(
    "IM-33",
    family="overlap",
    name="Fragmentation",
    name_ar="التجزؤ",
    question="Is the work in one place and sector split among many?",
    formula="1 - Σ s² per place and sector, s = share of one organisation in its spend; mean weighted by spend",
    unit="0-1",
    direction="lower",
    denominator="cells (place, sector) with positive spend in the quarter; for presence cells with anybody present",
    inputs=_SPENDING,
    gathers="presence",
    source="Herfindahl-Hirschman index",
    measures={
        "value": "Mean over cells, weighted by their spend: 0 where one organisation spends all, near 1 where many spend alike",
        "presence": "Mean over cells of 1 - 1/k, k = organisations present, whatever they spend",
    },
    elements=["U1"],
    kpqs=["K2"],
    limitations="Few returns state spend, and it is in the currency that most rows of the quarter state: presence sees the others. Where one "
    "organisation alone states spend nothing can be said of how it is split: undefined, not 0. A merger "
    f"lowers both without any change in behaviour. {_LIMITS}",
    has_as_is=True,
)
def fragmentation(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per place. Units are cells; those with two or more organisations count."""
    present = presence(inputs, quarter)
    evidence = presence_evidence(inputs, quarter)
    for scope, part in _scopes(present):
        spending: dict[Cell, list[float]] = {}
        for (cell, _), spent in part.spent.items():
            spending.setdefault(cell, []).append(spent)
        sums = {cell: sum(spent) for cell, spent in spending.items()}
        total = sum(sums.values())
        split = sum(sums[cell] * (1 - sum((s / sums[cell]) ** 2 for s in spent)) for cell, spent in spending.items())
        yield figure(
            "value",
            split / total if len({org for _, org in part.spent}) > 1 else None,
            partial(_cell_units, {cell: len(spent) for cell, spent in spending.items()}, sums),
            numerator=split,
            denominator=total,
            n=len(spending),
            scope=scope,
            evidence=evidence,
        )
        sizes = {cell: len(orgs) for cell, orgs in part.orgs.items()}
        divided = sum(1 - 1 / size for size in sizes.values())
        yield figure(
            "presence",
            divided / len(sizes) if sizes else None,
            partial(_cell_units, sizes),
            numerator=divided,
            denominator=len(sizes),
            n=len(sizes),
            scope=scope,
            evidence=evidence,
        )


def _cell_units(sizes: Mapping[Cell, int], weights: Mapping[Cell, float] | None = None) -> pd.DataFrame:
    units = listed([unit_of(cell) for cell in sizes], [size > 1 for size in sizes.values()])
    return units if weights is None else units.assign(weight=[weights[cell] for cell in sizes])


@metric(
    "IM-34",
    family="overlap",
    name="Uncoordinated overlap rate",
    name_ar="نسبة التداخل غير المنسق",
    question="Is overlap coordinated?",
    formula="#{pairs that meet without a tie} / #{pairs that meet}; tie = Frey level >= 2, a shared activity or a shared product",
    unit="%",
    direction="lower",
    denominator="pairs of organisations present in the same place and sector in the quarter",
    inputs={
        **_DELIVERY,
        **PRODUCT_INPUTS,
        "collaboration_tie": ["from_org_id", "to_org_id", "frey_level", "period_start", "period_end"],
    },
    gathers="presence",
    existence_columns={"participation": ["activity_id"]},
    source="OCHA 3W; levels of collaboration, Frey et al. (2006)",
    measures={
        "value": "Share of the pairs that meet of which nothing says that they cooperate",
        "unrated": "Share of the pairs that meet of which neither has rated the other in four quarters",
    },
    elements=["U1"],
    kpqs=["K2"],
    limitations="A pair that nobody was asked about, and that shares neither activity nor product, counts as uncoordinated: read it with "
    "unrated. Either side's word makes a tie, so that silence can only raise the rate. Ratings and products are those of the four "
    "quarters to this one, an activity is at work in this one; coordination by clusters outside the record is not seen. `lower` is the rate if "
    f"every pair of which neither has rated the other cooperated; where nobody was asked it is 0, and the rate says nothing. {_LIMITS}",
    has_as_is=True,
)
def uncoordinated_overlap(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per place. Units are pairs; the uncoordinated ones count."""
    present, known = presence(inputs, quarter), ties(inputs, quarter)
    evidence = [*pair_evidence(inputs, quarter), *coordination_evidence(inputs, quarter)]
    number = {org: n for n, org in enumerate(present.cells_by_org())}
    among = {"value": _matrix(known.tied, number), "unrated": _matrix(known.rated, number)}
    for scope, part in _scopes(present):
        orgs = part.cells_by_org()
        shared, _ = _shared_cells(orgs)
        first, second = np.nonzero(np.triu(shared, 1))
        places, names = np.array([number[org] for org in orgs], dtype=np.intp), [*orgs]
        for measure, is_among in among.items():
            counts = ~is_among[places[first], places[second]]
            units = partial(_meeting_units, names, first, second, counts)
            share = ratio(measure, units, counts, scope=scope, evidence=evidence)
            yield (
                _with_range(share, counts & among["unrated"][places[first], places[second]])
                if measure == "value"
                else share
            )


def _with_range(share: MetricResult, known: npt.NDArray[np.bool_]) -> MetricResult:
    """A rate with what it may be: `known` are pairs that count although somebody rated the other; the others nobody was heard of."""
    return share if share.value is None else replace(share, lower=float(known.mean()), upper=share.value)


def _matrix(pairs: Collection[Pair], number: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    """Whether two organisations are among the pairs, by their numbers, the smaller first."""
    is_among = np.zeros((len(number), len(number)), dtype=bool)
    for a, b in pairs:
        if a in number and b in number:
            is_among[number[a], number[b]] = True
    return is_among


def _meeting_units(
    orgs: Sequence[str], first: npt.NDArray[np.intp], second: npt.NDArray[np.intp], counts: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    names = [tie_name(orgs[a], orgs[b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    return listed(names, counts.tolist())


@metric(
    "IM-35",
    family="overlap",
    name="Unmet-need rate",
    name_ar="نسبة الاحتياجات غير الملباة",
    question="Where is integration needed?",
    formula="#{place x node in the two lowest bands without an activity at work} / #{place x node in the two lowest bands}",
    unit="%",
    direction="lower",
    denominator="nodes of the index below its root, at places below the country, whose score lies in the two lowest bands",
    inputs={**_DELIVERY, **SCORE_INPUTS},
    gathers="presence",
    existence_columns={"participation": ["activity_id"]},
    source="OCHA 3W; bands of the method that makes the scores",
    measures={
        "value": "Share of them at places where no activity is at work",
        "without_joint": "Share of them at places where no activity of two or more departments is at work",
        "unscored": "Share of all nodes and places that have no score: what is not seen cannot be among the worst",
    },
    elements=["U1", "B3"],
    kpqs=["K2"],
    minimum_denominator=1,
    limitations="An activity counts for every node at its place, since activities do not say which dimension they serve. Of a scheme of fewer than "
    "four bands only the lowest is taken. A withheld score takes a cell out of sight: read it with unscored. Every cell counts, so the value "
    "is given however few there are; n says how few. An activity located only in a country reaches no place.",
    has_as_is=True,
)
def unmet_need(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, per place and per node. Units are a place and a node; those without an activity count."""
    every = needs(inputs, quarter)
    worked: dict[str, int] = {}
    for place, activity in located(inputs, quarter):
        worked[place] = max(worked.get(place, 0), activity.departments)
    places = [
        (need.unit, activity.unit) for p, activity in located(inputs, quarter) for need in every if need.place == p
    ]
    evidence = [
        score_evidence(inputs, quarter),
        *(replace(e, lazy_rows=partial(_at_needs, e, places)) for e in activity_evidence(inputs, quarter)),
    ]
    scopes: dict[str, list[Need]] = {PROGRAMME: every}
    for kind in ("place", "dimension"):
        for need in sorted(every, key=lambda n: n.place if kind == "place" else n.node):
            scopes.setdefault(f"{kind}={need.place if kind == 'place' else need.node}", []).append(need)
    for scope, cells in scopes.items():
        worst = [need for need in cells if need.is_worst]
        names, most = [need.unit for need in worst], [worked.get(need.place) for need in worst]
        yield share_of("value", names, [departments is None for departments in most], scope=scope, evidence=evidence)
        lacking = [(departments or 0) < JOINT for departments in most]
        yield share_of("without_joint", names, lacking, scope=scope, evidence=evidence)
        yield share_of(
            "unscored", [n.unit for n in cells], [not n.is_scored for n in cells], scope=scope, evidence=evidence
        )


def _at_needs(evidence: Evidence, places: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """The rows of activities once for each node at a place where they are at work."""
    units = pd.DataFrame(places, columns=["unit", "activity"], dtype="str")
    return evidence.rows.rename(columns={"unit": "activity"}).astype({"activity": "str"}).merge(units, on="activity")


def _scopes(present: Presence) -> Iterator[tuple[str, Presence]]:
    """The whole programme, then each place."""
    yield PROGRAMME, present
    for place in present.places():
        yield f"place={place}", present.at(place)
