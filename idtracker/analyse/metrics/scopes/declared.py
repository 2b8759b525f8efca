"""Of which scopes each metric is given, and why it has none where it has none: every metric, every kind of scope.

The country is the programme as a whole: every metric has it. Of the others a metric hands out figures itself (`GIVEN`), its units
are sorted into the parts they belong to (`Units`), or a sentence says why it means nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

Kind = Literal["governorate", "objective", "department", "portfolio"]
Units = Literal[
    "products", "decisions", "objectives", "activities", "teams", "constraints", "claims", "reviews", "actors"
]
"""What the units of a metric are that are sorted into parts."""
KINDS: tuple[Kind, ...] = get_args(Kind)
NAMES: Mapping[Kind, str] = {
    "governorate": "place",
    "objective": "objective",
    "department": "department",
    "portfolio": "portfolio",
}
"""How scopes of each kind are named: `objective=OBJ-1`. A portfolio is what one fund pays for."""


class Given(NamedTuple):
    """The metric hands out figures of the kind itself, in scopes of this name."""

    name: str


class Sorted(NamedTuple):
    """The units of the metric's shares are sorted into the parts that they belong to."""

    units: Units


Scope = Given | Sorted | str


class Scopes(NamedTuple):
    """What a metric is given of; a text says why it is not."""

    governorate: Scope
    objective: Scope
    department: Scope
    portfolio: Scope

    def of(self, kind: Kind) -> Scope:
        scope: Scope = getattr(self, kind)
        return scope

    @property
    def sorted_kinds(self) -> list[tuple[Kind, Units]]:
        """The kinds into whose parts units are sorted."""
        return [(kind, scope.units) for kind in KINDS if isinstance(scope := self.of(kind), Sorted)]


_PLACE = Given("place")
_NO_PLACE = "the rows behind it name no place"
_CELLS = "an observation belongs to an indicator and a place, whatever objective or fund it serves"
_PRESENCE = "presence is stated by organisation, sector and place, mostly without an activity that would have an objective or fund"
_ROSTER = "who could take part is known for the programme alone, and without that roster a silent partner makes a network look denser"
_STATED = "a rating is of a relation between organisations, not of an objective, place or fund"
_ONE = "the answers of one organisation are no distribution"
_SERIES = "given for each activity and indicator: an activity serves one objective and is paid from one fund"
_SMALL = "joint activities are compared with those of one department, too few of which serve one objective or are paid from one fund"
_ONCE = "what outside actors gave is allocated once over all who claim it; parts would count it again"
_WHOLE = "a capability belongs to all who contributed to it"
_JUDGED = "a judgement is of a question for the whole programme"
_NO_FUND = "the rows behind it name no fund"
_BODY = "what an observation or score says is not any one department's"
_SOURCE = "marking is decided by source, which is given"


def _all(reason: str, governorate: Scope | None = None) -> Scopes:
    return Scopes(governorate or reason, reason, reason, reason)


def _products() -> Scopes:
    return Scopes(_NO_PLACE, Sorted("products"), Sorted("products"), _NO_FUND)


SCOPES: Mapping[str, Scopes] = {
    "IM-01": _products(),
    "IM-02": _products(),
    "IM-03": _all(_CELLS),
    "IM-04": Scopes(_PLACE, _CELLS, _BODY, _CELLS),
    "IM-05": _all(_CELLS),
    "IM-06": Scopes(_NO_PLACE, Sorted("decisions"), "the record of a decision names no department", _NO_FUND),
    "IM-07": Scopes(_NO_PLACE, Sorted("objectives"), "an objective is nobody's alone", _NO_FUND),
    "IM-08": Scopes(_NO_PLACE, Given("objective"), Given("department"), _NO_FUND),
    "IM-09": _all("what sharing would be at random rests on who could share, which is known for the programme alone"),
    "IM-10": _all("what is given back need not be of the same objective, and takes two departments"),
    "IM-11": Scopes(_NO_PLACE, Given("objective"), Given("department"), _NO_FUND),
    "IM-12": _all(_SOURCE),
    "IM-13": Scopes(_NO_PLACE, "a report serves every objective", Given("org"), _NO_FUND),
    "IM-14": Scopes(_NO_PLACE, "a report serves every objective", Given("org"), _NO_FUND),
    "IM-15": _all(_CELLS),
    **dict.fromkeys(("IM-16", "IM-17", "IM-18", "IM-19", "IM-21", "IM-24"), _all(_ROSTER)),
    "IM-20": Scopes(_PLACE, *[Sorted("activities")] * 3),
    "IM-22": Scopes("of one place few activities are at work; IM-20 is given by place", *[Sorted("activities")] * 3),
    "IM-23": Scopes(_PLACE, *["it is a share of governorates, which one part of the programme need not reach"] * 3),
    "IM-25": Scopes(_STATED, _STATED, Given("department"), _STATED),
    "IM-26": Scopes(_STATED, _STATED, Given("department"), _STATED),
    "IM-27": Scopes(_NO_PLACE, Given("objective"), _ONE, _NO_FUND),
    "IM-28": Scopes(_NO_PLACE, Sorted("objectives"), "an objective is shared or not, by all of them", _NO_FUND),
    "IM-29": Scopes(_PLACE, *[Sorted("activities")] * 3),
    "IM-30": Scopes(_NO_PLACE, Sorted("teams"), _ONE, _NO_FUND),
    "IM-31": Scopes(_NO_PLACE, Sorted("constraints"), _ONE, _NO_FUND),
    **dict.fromkeys(("IM-32", "IM-33", "IM-34", "IM-35"), _all(_PRESENCE, _PLACE)),
    "IM-36": _all(_SERIES),
    "IM-37": _all(_SERIES),
    "IM-38": _all(_SMALL),
    "IM-39": Scopes("a claim names no place", *[Sorted("claims")] * 3),
    "IM-40": _all(_ONCE),
    "IM-41": _all(_WHOLE),
    "IM-42": Scopes("a review is of a whole activity", Sorted("reviews"), "a review is of all who take part", Sorted("reviews")),
    "IM-43": Scopes(_NO_PLACE, Sorted("actors"), "an actor's level is what all observers say", _NO_FUND),
    "IM-44": _all("a marker is of a partner, whatever objective or fund the work with it has"),
    "IM-45": Scopes(_PLACE, _CELLS, _BODY, _CELLS),
    "IM-46": _all(_CELLS),
    "IM-47": Scopes(_PLACE, _CELLS, _BODY, _CELLS),
    "IM-48": Scopes(_JUDGED, _JUDGED, Given("org"), _JUDGED),
}  # fmt: skip
"""Every metric by identifier."""

_DAYS = ["start_on", "end_on", "period_start", "period_end"]
_OBJECTIVE = {"objective": ["objective_id", "parent_id"]}
_BY_PRODUCT = {**_OBJECTIVE, "analysis_product": ["product_id", "objective_id", "commissioned_on", "completed_on"]}
_BY_ACTIVITY = {**_OBJECTIVE, "activity": ["activity_id", "objective_id", "fund", "status", *_DAYS]}
_READ: Mapping[Units, Mapping[str, list[str]]] = {
    "products": _BY_PRODUCT,
    "decisions": {**_OBJECTIVE, "decision": ["decision_id", "objective_ids"]},
    "objectives": _OBJECTIVE,
    "activities": _BY_ACTIVITY,
    "teams": _OBJECTIVE,
    "constraints": _OBJECTIVE,
    "claims": _BY_ACTIVITY,
    "reviews": _BY_ACTIVITY,
    "actors": {**_OBJECTIVE, "pai_record": ["actor_id", "objective_id"]},
}
_SHARED = ("IM-08", "IM-11")
"""Metrics of what is shared, by the product that it is."""


def read_for_scopes(metric_id: str) -> dict[str, list[str]]:
    """The tables and columns that sorting a metric's units into parts reads."""
    scopes, read = SCOPES[metric_id], dict[str, list[str]]()
    units = dict.fromkeys([units for _, units in scopes.sorted_kinds] + (["products"] if metric_id in _SHARED else []))
    for of in units:
        for table, columns in _READ[of].items():
            read[table] = list(dict.fromkeys([*read.get(table, ()), *columns]))
    return read
