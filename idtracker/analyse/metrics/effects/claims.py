"""Claims of effect, and when a claim counts as made good.

A claim counts at its tier only where it was validated by somebody independent and its tier's rule holds (the rules of the scheme
IDTIER-PROPOSED-1). Tiers are an order, never averaged; a claim whose rule fails counts at no tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.effects.arms import parts
from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.organisations import unknown
from idtracker.analyse.metrics.quarter import Quarter, day_number

TIERS = ("T1", "T2", "T3", "T4")
VALIDATED, REJECTED = "VALIDATED", "REJECTED"
CLAIM_INPUTS: Mapping[str, list[str]] = {
    "effect_claim": [
        "claim_id",
        "activity_id",
        "period_end",
        "org_id",
        "tier_code",
        "estimator",
        "cells_count",
        "lower",
        "units_count",
        "bond_triangulation",
        "bond_contribution",
        "catalytic_type",
        "external_actor_org_id",
        "capability_id",
        "status",
        "reviewer_org_id",
    ],
    "capability": [
        "capability_id",
        "first_evidenced_on",
        "last_used_on",
        "contributing_org_ids",
        "pre_existing_org_ids",
    ],
}
"""What decides whether a claim counts, beside participations."""
_GOOD, _TOGETHER, _LASTING = 3, 2, 2  # a Bond grade; organisations; quarters of use
_MEASURED = ("IC", "DID", "MATCHED", "BEFORE_AFTER")
_SHOWN = ["claim_id", "activity_id", "tier_code", "estimator", "status", "reviewer_org_id"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of effect as its columns say, and where its row is."""

    row: int
    claim_id: str
    activity_id: str | None
    period_end: int | None
    org_id: str | None
    tier_code: str
    estimator: str | None
    cells_count: int | None
    lower: float | None
    units_count: int | None
    bond_triangulation: int | None
    bond_contribution: int | None
    catalytic_type: str | None
    external_actor_org_id: str | None
    capability_id: str | None
    status: str
    reviewer_org_id: str | None


class Capability(NamedTuple):
    """A capability: where its row is, how many contributed, whether anybody had it before, first evidence and last use (days)."""

    row: int
    capability_id: str
    contributors: int
    is_new: bool
    first: int | None
    last: int | None

    def is_lasting(self, until: int) -> bool | None:
        """Whether it was seen in use two quarters after it was first evidenced, as far as `until`; None where no use is stated."""
        if self.first is None or self.last is None:
            return None
        return _quarter_number(min(self.last, until)) - _quarter_number(self.first) >= _LASTING


def claims(inputs: Inputs, quarter: Quarter) -> list[Claim]:
    """The claims about periods that have ended by the end of the quarter, and those without a period, in order."""

    def make() -> list[Claim]:
        rows = inputs.values("effect_claim", *CLAIM_INPUTS["effect_claim"])
        every = (Claim(row, *values) for row, values in enumerate(rows))
        known = [c for c in every if c.period_end is None or c.period_end <= day_number(quarter.end)]
        return sorted(known, key=lambda claim: (claim.claim_id, claim.row))

    return inputs.remember(("effect claims", quarter), make)


def capabilities(inputs: Inputs, quarter: Quarter) -> list[Capability]:
    """The capabilities first evidenced by the end of the quarter, in order."""

    def make() -> list[Capability]:
        rows = inputs.values("capability", *CLAIM_INPUTS["capability"])
        every = (
            Capability(row, name, _count(contributors), not _count(before), first, last)
            for row, (name, first, last, contributors, before) in enumerate(rows)
        )
        known = [c for c in every if c.first is not None and c.first <= day_number(quarter.end)]
        return sorted(known, key=lambda capability: (capability.capability_id, capability.row))

    return inputs.remember(("effect capabilities", quarter), make)


def made_good(inputs: Inputs, quarter: Quarter) -> dict[int, str | None]:
    """The validated claims by the place of their row, each with why it does not count at its tier, or None where it does."""

    def make() -> dict[int, str | None]:
        validated = [claim for claim in claims(inputs, quarter) if claim.status == VALIDATED]
        until = day_number(quarter.end)
        taking_part = {(p.activity, p.org) for p in parts(inputs) if p.first is None or p.first <= until}
        known = {c.capability_id: c for c in capabilities(inputs, quarter)}
        return {claim.row: _objection(claim, inputs, quarter, taking_part, known) for claim in validated}

    return inputs.remember(("effect made good", quarter), make)


def claim_evidence(inputs: Inputs, of: list[Claim]) -> list[Evidence]:
    """The rows of claims."""
    return [Evidence("effect_claim", partial(_rows, inputs, "effect_claim", _SHOWN, of), _SHOWN)]


def capability_evidence(inputs: Inputs, of: list[Capability]) -> list[Evidence]:
    """The rows of capabilities."""
    shown = CLAIM_INPUTS["capability"]
    return [Evidence("capability", partial(_rows, inputs, "capability", shown, of), shown)]


def named(of: list[Claim]) -> list[str]:
    """The names of claims."""
    return [claim.claim_id for claim in of]


def _objection(
    claim: Claim,
    inputs: Inputs,
    quarter: Quarter,
    taking_part: set[tuple[str, str]],
    known: Mapping[str, Capability],
) -> str | None:
    """Why a validated claim does not count at its tier."""
    reviewer = claim.reviewer_org_id
    if reviewer is None:
        return "no reviewer"
    if reviewer == claim.org_id or (claim.activity_id, reviewer) in taking_part:
        return "reviewed by one of those concerned"
    until = day_number(quarter.end)
    holds = {
        "T1": _more_than_the_parts(claim),
        "T2": claim.estimator in _MEASURED and (claim.lower or 0) > 0 and (claim.units_count or 0) >= _TOGETHER,
        "T3": _is_whole_new(known.get(claim.capability_id or ""), until),
        "T4": claim.catalytic_type is not None and _is_outside(claim.external_actor_org_id, inputs, quarter),
    }
    return None if holds.get(claim.tier_code, True) else "the rule of its tier does not hold"


def _more_than_the_parts(claim: Claim) -> bool:
    """A contrast of four cells with its interval above 0, or a contribution claim with good grades."""
    if claim.estimator == "IC":
        return claim.cells_count == 4 and claim.lower is not None and claim.lower > 0
    grades = (claim.bond_contribution, claim.bond_triangulation)
    return claim.estimator == "CONTRIBUTION" and all(grade is not None and grade >= _GOOD for grade in grades)


def _is_whole_new(capability: Capability | None, until: int) -> bool:
    if capability is None or not capability.is_new or capability.contributors < _TOGETHER:
        return False
    return capability.is_lasting(until) is True


def _is_outside(org: str | None, inputs: Inputs, quarter: Quarter) -> bool:
    """Whether an actor is named that is outside His Majesty's Government; one that the register does not know is not known to be."""
    return org is not None and (inputs.traits(quarter).get(org) or unknown(org)).is_external


def _count(orgs: str | None) -> int:
    """How many different organisations a list names."""
    return len({org.strip() for org in (orgs or "").split(";")} - {""})


def _quarter_number(day: int) -> int:
    moment = pd.Timestamp(0) + pd.Timedelta(days=day)
    return moment.year * 4 + moment.quarter


def _rows(inputs: Inputs, table: str, shown: list[str], of: list[Claim] | list[Capability]) -> pd.DataFrame:
    rows = inputs.table(table).take([item.row for item in of])
    names = [item.claim_id if isinstance(item, Claim) else item.capability_id for item in of]
    return rows[[c for c in (*shown, *ROW) if c in rows]].assign(unit=names)
