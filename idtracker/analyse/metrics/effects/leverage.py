"""What outside actors gave, beside what the programme spent: claims of tier T4 of four quarters, each contribution once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import fsum
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.effect.ledger import Contribution, Ledger, settle
from idtracker.analyse.effect.links import Movement, names_of_contributions
from idtracker.analyse.metrics.delivery.activities import paid, spend_currency
from idtracker.analyse.metrics.effects.claims import REJECTED, VALIDATED
from idtracker.analyse.metrics.inputs import ROW, Inputs, plain_rows
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed
from idtracker.analyse.metrics.organisations import unknown
from idtracker.analyse.metrics.quarter import Quarter, day_number

FUNDS, CATALYTIC = "FUNDS_LEVERAGED", "T4"
_CLAIM = [
    "claim_id",
    "activity_id",
    "period_end",
    "org_id",
    "tier_code",
    "catalytic_type",
    "external_actor_org_id",
    "contribution_id",
    "contribution_amount",
    "contribution_amount_currency",
    "status",
]
_CELL = ["activity_id", "org_id", "partner_org_id", "place_id", "period_start", "period_end", "start_on", "end_on"]
_OF_ACTIVITY = ["activity_id", "org_id", "partner_org_id", "status", "start_on", "end_on", "period_start", "period_end"]
_MOVEMENT = [
    "reference",
    "activity_id",
    "transaction_type",
    "transaction_on",
    "amount",
    "amount_currency",
    "provider_activity_id",
    "receiver_activity_id",
]
ONLY_LINKED = {"transaction": "provider_activity_id IS NOT NULL OR receiver_activity_id IS NOT NULL"}
"""Transactions that name no activity of the other side link nothing."""
LEVERAGE_INPUTS: Mapping[str, list[str]] = {
    "effect_claim": _CLAIM,
    "transaction": _MOVEMENT,
    "activity": [*_OF_ACTIVITY, "place_id"],
    "participation": ["activity_id", "org_id", "start_on", "end_on", "period_start", "period_end", "place_id"],
    "activity_cell": [*_CELL, "status", "spend", "spend_currency"],
    "organisation": ["org_id", "group_code", "is_hmg", "successor_org_id", "valid_from", "valid_to"],
    "place": ["place_id", "level", "parent_id"],
}
_SHOWN = ["claim_id", "org_id", "catalytic_type", "external_actor_org_id", "contribution_amount", "status"]


class Catalytic(NamedTuple):
    """A claim of a catalytic effect by an outside actor, and where its row is."""

    row: int
    claim_id: str
    activity_id: str | None
    period_end: int
    org_id: str
    tier_code: str
    catalytic_type: str
    actor: str
    contribution_id: str | None
    amount: float | None
    currency: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Given:
    """What claims of funds say outside actors gave, and what the programme spent; `spend` is None where the two cannot be compared."""

    claims: list[Catalytic]
    ledger: Ledger
    spend: float | None
    is_whole: bool

    def figure(self, inputs: Inputs) -> MetricResult:
        """The leverage; None without a comparable spend above zero, `not_yet_reported` where no claim states an amount."""
        stated = [claim for claim in self.claims if claim.amount is not None]
        spend = self.spend if self.spend and stated else None
        return figure(
            "leverage",
            float(self.ledger.agreed) / spend if spend else None,
            partial(listed, [c.claim_id for c in self.claims], [c.amount is not None for c in self.claims]),
            numerator=float(self.ledger.agreed) if stated else None,
            denominator=self.spend,
            n=len(self.claims),
            evidence=_evidence(inputs, self.claims),
            lower=float(self.ledger.agreed) / spend if spend else None,
            upper=float(self.ledger.upper) / spend if spend and self.is_whole else None,
            withheld=None if stated else "not_yet_reported",
        )

    def shares(self, inputs: Inputs) -> Iterator[MetricResult]:
        """What falls to each claimant, as scope `org=…`."""
        for org, share in self.ledger.shares.items():
            mine = [claim for claim in self.claims if claim.org_id == org and claim.amount is not None]
            yield figure(
                "allocated",
                float(share.agreed) / self.spend if self.spend else None,
                partial(listed, [c.claim_id for c in mine], [True] * len(mine)),
                numerator=float(share.agreed),
                denominator=self.spend,
                n=len(mine),
                scope=f"org={org}",
                evidence=_evidence(inputs, mine),
                lower=float(share.lower) / self.spend if self.spend else None,
                upper=float(share.upper) / self.spend if self.spend and self.is_whole else None,
            )


def given(inputs: Inputs, quarter: Quarter, *, is_validated: bool) -> Given:
    """Claims of funds in the four quarters to this one: those validated, or all that are not rejected."""
    every = [claim for claim in _claims(inputs, quarter) if claim.catalytic_type == FUNDS]
    counted = [c for c in every if c.status == VALIDATED or (not is_validated and c.status != REJECTED)]
    stated = [claim for claim in counted if claim.amount is not None]
    names = _names(inputs, stated)
    ledger = settle(
        Contribution(c.org_id, c.actor, names.get(c.contribution_id or "", c.contribution_id), Fraction(c.amount))
        for c in stated
        if c.amount is not None
    )
    currency, spend = _spent(inputs, quarter)
    is_one = all(claim.currency == currency for claim in stated)
    return Given(counted, ledger, spend if is_one and currency else None, len(stated) == len(counted))


def events(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """The catalytic events other than funds, of claims that are not rejected: for the programme and by type."""
    every = [c for c in _claims(inputs, quarter) if c.catalytic_type != FUNDS and c.status != REJECTED]
    claimants = {claim.org_id for claim in every}
    claims = [claim for claim in every if claim.actor not in claimants]
    types = sorted({claim.catalytic_type for claim in claims})
    scopes = [(PROGRAMME, claims), *((f"type={t}", [c for c in claims if c.catalytic_type == t]) for t in types)]
    for scope, of in scopes:
        ledger = settle(
            Contribution(c.org_id, f"{c.catalytic_type} of {c.actor}", c.contribution_id, Fraction(1)) for c in of
        )
        yield figure(
            "events",
            float(ledger.agreed),
            partial(listed, [c.claim_id for c in of], [True] * len(of)),
            numerator=float(ledger.agreed),
            n=len(of),
            scope=scope,
            evidence=_evidence(inputs, of),
            lower=float(ledger.agreed),
            upper=float(ledger.upper),
        )


def _names(inputs: Inputs, claims: list[Catalytic]) -> dict[str, str | None]:
    """Identifiers of claimed contributions that are known by another name (see names_of_contributions)."""
    claimed = {claim.contribution_id for claim in claims if claim.contribution_id}
    rows = inputs.table("transaction")
    if not claimed or rows.empty:
        return {}
    linked = rows[rows["provider_activity_id"].notna() | rows["receiver_activity_id"].notna()]
    return names_of_contributions(claimed, (Movement(*row) for row in plain_rows(linked, _MOVEMENT)))


def _claims(inputs: Inputs, quarter: Quarter) -> list[Catalytic]:
    """The claims of catalytic effects by outside actors about periods that ended in the four quarters to this one, in order."""

    def make() -> list[Catalytic]:
        first, last = day_number(quarter.window()[0].start), day_number(quarter.end)
        known, found = inputs.traits(quarter), []
        for row, values in enumerate(inputs.values("effect_claim", *_CLAIM)):
            claim = Catalytic(row, *values)
            claim = claim._replace(org_id=claim.org_id or "unknown")
            is_meant = claim.tier_code == CATALYTIC and claim.catalytic_type is not None
            if not is_meant or claim.period_end is None or not first <= claim.period_end <= last:
                continue
            if claim.actor is not None and (known.get(claim.actor) or unknown(claim.actor)).is_external:
                found.append(claim)
        return sorted(found, key=lambda claim: (claim.claim_id, claim.row))

    return inputs.remember(("effect catalytic", quarter), make)


def _spent(inputs: Inputs, quarter: Quarter) -> tuple[str | None, float | None]:
    """Currency and sum of what the programme spent in the four quarters; no currency where quarters differ in it."""
    sums: list[float] = []
    currencies = set()
    for of in quarter.window():
        spend = [payment.weight for (_, place), payment in paid(inputs, of).items() if place is None]
        if spend:
            currencies.add(spend_currency(inputs, of))
            sums += spend
    return (currencies.pop() if len(currencies) == 1 else None), (fsum(sums) if sums else None)


def _evidence(inputs: Inputs, of: list[Catalytic]) -> list[Evidence]:
    return [Evidence("effect_claim", partial(_rows, inputs, of), _SHOWN)]


def _rows(inputs: Inputs, of: list[Catalytic]) -> pd.DataFrame:
    table = inputs.table("effect_claim").take([claim.row for claim in of])
    return table[[c for c in (*_SHOWN, *ROW) if c in table]].assign(unit=[claim.claim_id for claim in of])
