"""Family `effect`, second part: what is claimed, what holds, and what others added, IM-39 to IM-41."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from idtracker.analyse.metrics.effects.arms import ARM_INPUTS
from idtracker.analyse.metrics.effects.claims import (
    CLAIM_INPUTS,
    TIERS,
    VALIDATED,
    Claim,
    capabilities,
    capability_evidence,
    claim_evidence,
    claims,
    made_good,
    named,
)
from idtracker.analyse.metrics.effects.leverage import LEVERAGE_INPUTS, events, given
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, MetricResult, figure, listed, share_of
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.analyse.metrics.registry import metric

_RULES = (
    "A validated claim counts at its tier where its reviewer is neither the claimant nor takes part in the activity, and: T1 a contrast of four "
    "cells with its interval above 0, or a contribution claim with Bond grades of 3 and more for contribution and triangulation; "
    "T2 a measured change (contrast, difference in differences, match, before and after) above 0 with its interval, of two organisations or more; T3 a capability that "
    "nobody had, of two organisations or more, in use two quarters later; T4 a catalytic type and an actor outside HMG."
)
_STOCK = "Claims add up: a quarter counts all about periods that ended by its end, and those without a period."


@metric(
    "IM-39",
    family="effect",
    name="Tiers of strategic effect",
    name_ar="مستويات الأثر الاستراتيجي",
    question="Which tiers of effect are reached, and which are only claimed?",
    formula="#{validated claims that count at >= Tk} / #validated claims; #{claims at >= Tk} / #claims",
    unit="%",
    direction="higher",
    denominator="claims about periods that have ended, known so far; validated ones for the shares that are validated",
    inputs={**CLAIM_INPUTS, **ARM_INPUTS},
    source="Itad blog on integrated delivery (2021), definition D4; Bond evidence principles; tiers by this project",
    measures={
        **{f"validated_{tier.lower()}": f"Share of validated claims that count at {tier} or above" for tier in TIERS},
        **{f"claimed_{tier.lower()}": f"Share of all claims that claim {tier} or above" for tier in TIERS},
        "not_counted": "Share of validated claims that do not count: the review is not independent or the tier's rule fails",
    },
    measure_directions={"not_counted": "lower"},
    elements=["D4", "U3"],
    kpqs=["K11"],
    minimum_denominator=3,
    limitations=f"{_RULES} Tiers are an order and never averaged. {_STOCK} Whether both organisations confirm a raised capability (T2), and "
    "whether evidence comes from the outside actor (T4), no column says.",
)
def tier_distribution(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme; a claim at T3 counts at T1 to T3."""
    every, good = claims(inputs, quarter), made_good(inputs, quarter)
    validated = [claim for claim in every if claim.status == VALIDATED]
    for k, tier in enumerate(TIERS):
        reached = [good[c.row] is None and _reaches(c, k) for c in validated]
        yield _share(f"validated_{tier.lower()}", inputs, validated, reached)
    for k, tier in enumerate(TIERS):
        yield _share(f"claimed_{tier.lower()}", inputs, every, [_reaches(c, k) for c in every])
    yield _share("not_counted", inputs, validated, [good[c.row] is not None for c in validated])


def _reaches(claim: Claim, place: int) -> bool:
    return claim.tier_code in TIERS[place:]


def _share(name: str, inputs: Inputs, of: list[Claim], counts: list[bool]) -> MetricResult:
    return share_of(name, named(of), counts, evidence=claim_evidence(inputs, of))


@metric(
    "IM-40",
    family="effect",
    name="Catalytic leverage",
    name_ar="الأثر التحفيزي واستقطاب الموارد",
    version="2",
    question="What did others add to what the programme spends?",
    formula="external resources of four quarters, each counted once / spend of the programme in them; #catalytic events by type",
    unit="ratio",
    direction="higher",
    denominator="claims of tier T4 whose period ended in the four quarters to this one; spend as in IM-20",
    inputs=LEVERAGE_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="UN Peacebuilding Fund, guidance note 5.2 (catalytic projects); allocation by the Shapley value",
    measures={
        "leverage": "External resources that validated claims agree on, per unit of spend",
        "claimed_leverage": "The same of all claims that are not rejected",
        "allocated": "Share of one claimant in the leverage that validated claims agree on; shares add up to it",
        "events": "Catalytic events other than funds, of claims that are not rejected, by type",
    },
    measure_units={"events": "count"},
    elements=["D4", "U3"],
    kpqs=["K11"],
    minimum_denominator=1,
    limitations="What an outside actor gave counts once over all who claim it: claims of one contribution are known by its identifier; two "
    "references are one where giver and receiver report the same transfer (activities, day, amount), and money from an activity that is itself claimed is a part of "
    "it. Where claims state different amounts the least is agreed. Claims without an identifier may speak of the same: the range from lower to upper says what that "
    "leaves open, and has no upper end where a claim states no amount. Spend of zero, a claim in another currency than the spend, or no spend "
    "known: `undefined`. An actor that claims itself, or is part of HMG, is not outside.",
)
def catalytic_leverage(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, each claimant and each type of event; leverage says nothing of cause."""
    validated, claimed = (given(inputs, quarter, is_validated=only) for only in (True, False))
    yield from (
        replace(found.figure(inputs), measure=name)
        for name, found in (("leverage", validated), ("claimed_leverage", claimed))
    )
    shares = list(validated.shares(inputs))
    yield from shares or [figure("allocated", None, partial(listed, [], []))]
    yield from events(inputs, quarter)


@metric(
    "IM-41",
    family="effect",
    name="New capabilities and whether they last",
    name_ar="القدرات الجديدة ومدى استمرارها",
    question="Is there anything wholly new that can now be done, and is it still done?",
    formula="#{validated claims that count at T3}; #{new capabilities in use two quarters later} / #{new capabilities first evidenced two quarters ago or more}",
    unit="%",
    direction="higher",
    denominator="new capabilities (nobody had them before, two contributors or more) first evidenced two quarters ago or earlier",
    inputs={**CLAIM_INPUTS, **ARM_INPUTS},
    source="Itad blog on integrated delivery (2021), definition D4",
    measures={
        "validated": "Validated claims of a whole new capability that count (IM-39)",
        "new": "New capabilities first evidenced so far",
        "survival": "Share of new capabilities that were seen in use two quarters after they were first evidenced",
    },
    measure_units={"validated": "count", "new": "count"},
    elements=["D4", "U3"],
    kpqs=["K11"],
    minimum_denominator=3,
    limitations="Use is seen on the last day of use that was reported. Capabilities whose last use is not stated are not counted as out of use: "
    f"the range from lower to upper says what they leave open. {_STOCK} Numbers are never withheld for being small.",
)
def new_capabilities(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme."""
    validated = [claim for claim in claims(inputs, quarter) if claim.status == VALIDATED]
    good = made_good(inputs, quarter)
    of_t3 = [claim.tier_code == "T3" and good[claim.row] is None for claim in validated]
    units = partial(listed, named(validated), of_t3)
    evidence = claim_evidence(inputs, validated)
    yield replace(
        figure("validated", sum(of_t3), units, n=len(validated), minimum=1, evidence=evidence), numerator=sum(of_t3)
    )
    known = capabilities(inputs, quarter)
    new = [c.is_new and c.contributors > 1 for c in known]
    names, behind = [c.capability_id for c in known], capability_evidence(inputs, known)
    yield replace(
        figure("new", sum(new), partial(listed, names, new), n=len(known), minimum=1, evidence=behind),
        numerator=sum(new),
    )
    yield _survival(inputs, quarter)


def _survival(inputs: Inputs, quarter: Quarter) -> MetricResult:
    ends, due = day_number(quarter.end), day_number(quarter.previous().start)
    old = [c for c in capabilities(inputs, quarter) if c.is_new and c.contributors > 1 and (c.first or 0) < due]
    lasting = [c.is_lasting(ends) for c in old]
    seen, silent = lasting.count(True), lasting.count(None)
    stated = len(old) - silent
    return figure(
        "survival",
        seen / stated if stated else None,
        partial(listed, [c.capability_id for c in old], [state is True for state in lasting]),
        numerator=seen,
        denominator=stated,
        n=len(old),
        base=stated,
        scope=PROGRAMME,
        evidence=capability_evidence(inputs, old),
        lower=seen / len(old) if silent else None,
        upper=(seen + silent) / len(old) if silent else None,
    )
