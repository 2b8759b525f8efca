"""A plan as a document: the designs with power and price, and what is refused, in words of either language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from idtracker.analyse.effect.cells import ARMS
from idtracker.analyse.effect.plan import Design, Plan, Question, Refused, plan_comparison
from idtracker.analyse.effect.plan_noise import Noise, SeenNoise
from idtracker.analyse.effect.plan_problems import PlanError
from idtracker.model.errors import UsageError
from idtracker.model.messages import Lang, phrase
from idtracker.operate.documents.plans import (
    ArmNumbers,
    ArmPlaces,
    ComparisonPlan,
    NoiseUsed,
    PlannedDesign,
    RefusedDesign,
)
from idtracker.operate.services.plans.asked import Four, PlanAsked, four

TEXTS = "operate/plans"


@dataclass(frozen=True, slots=True)
class _Noise:
    used: Noise
    seen: SeenNoise | None


def comparison_plan(
    plan: PlanAsked, open_published: Callable[[], duckdb.DuckDBPyConnection], lang: Lang = "en"
) -> ComparisonPlan:
    """The plan as it was asked; the publication is opened only where the noise is read from it.

    UsageError in the language of `lang` where something is missing or cannot be planned for.
    """
    missing = [
        name for name, value in (("effect", plan.effect), ("places", plan.places), ("cost", plan.cost)) if value is None
    ]
    missing += ["noise"] if plan.noise is None and plan.from_indicator is None else []
    if missing or plan.effect is None or plan.places is None or plan.cost is None:
        raise UsageError(phrase(TEXTS, "missing", lang, names=", ".join(missing)))
    if plan.noise is not None and plan.from_indicator is not None:
        raise UsageError(phrase(TEXTS, "both_noises", lang))
    try:
        noise = _noise(plan, open_published)
        factor = noise.seen.upper / noise.seen.sd if noise.seen else 1.0
        question = Question(
            plan.effect, plan.places, noise.used, four(plan.cost), plan.budget, plan.periods, plan.waves, factor
        )
        return _document(plan, plan_comparison(question), noise, lang)
    except PlanError as problem:
        raise UsageError(problem.said.text(lang)) from problem


def _noise(plan: PlanAsked, open_published: Callable[[], duckdb.DuckDBPyConnection]) -> _Noise:
    """The noise as stated; what is not stated from the past of the indicator, where one is named."""
    seen = None
    if plan.from_indicator is not None:
        from idtracker.operate.services.plans.past_noise import past_noise

        with open_published() as published:
            seen = past_noise(published, plan.from_indicator, plan.activity)
    sd = four(plan.noise) if plan.noise is not None else four(seen.sd if seen else 0.0)
    icc = plan.icc if plan.icc is not None or seen is None else seen.icc
    lag = plan.autocorrelation if plan.autocorrelation is not None or seen is None else seen.autocorrelation
    return _Noise(Noise(sd, icc, lag), seen)


def _document(asked: PlanAsked, plan: Plan, noise: _Noise, lang: Lang) -> ComparisonPlan:
    shown = [*plan.designs, *(of for refused in plan.refused for of in (refused.largest, refused.needed) if of)]
    limits = sorted({limit for design in shown for limit in design.limits})
    return ComparisonPlan(
        outcome=asked.outcome or asked.from_indicator,
        effect=plan.question.effect,
        places=plan.question.places,
        budget=plan.question.budget,
        costs=_numbers(plan.question.costs),
        noise=_noise_used(asked, noise),
        designs=[_design(design) for design in plan.designs],
        refused=[_refused(refused, plan, lang) for refused in plan.refused],
        limits={limit: phrase(TEXTS, f"limit_{limit}", lang) for limit in limits},
    )


def _noise_used(asked: PlanAsked, noise: _Noise) -> NoiseUsed:
    seen = noise.seen
    return NoiseUsed(
        sd=_numbers(noise.used.sd),
        icc=noise.used.icc,
        autocorrelation=noise.used.autocorrelation,
        from_indicator=asked.from_indicator,
        n=seen.n if seen else None,
        places=seen.places if seen else None,
        quarters=seen.periods if seen else None,
        left_out=seen.left_out if seen else None,
        lower=seen.lower if seen else None,
        upper=seen.upper if seen else None,
    )


def _numbers(values: Four) -> ArmNumbers:
    return ArmNumbers(**{arm: float(value) for arm, value in zip(ARMS, values, strict=True)})


def _design(design: Design) -> PlannedDesign:
    layout = design.layout
    return PlannedDesign(
        kind=layout.kind,
        places=layout.places,
        arms=ArmPlaces(**dict(zip(ARMS, layout.sizes, strict=True))),
        quarters=layout.periods,
        starts=[start + 1 for start in layout.starts],
        price=float(layout.price),
        power=design.power,
        monte_carlo_error=design.monte_carlo_error,
        power_if_noisier=design.power_if_noisier,
        detectable=design.detectable,
        false_alarms=design.false_alarms,
        limits=list(design.limits),
    )


def _refused(refused: Refused, plan: Plan, lang: Lang) -> RefusedDesign:
    needed, question = refused.needed, plan.question
    details = {"periods": question.waves + 1 if refused.kind == "staggered" else 2, "places": question.places}
    said = [phrase(TEXTS, f"refused_{refused.reason}", lang, **details)]
    if refused.reason != "few_periods":
        said.append(
            phrase(TEXTS, "needed_none", lang)
            if needed is None
            else phrase(
                TEXTS,
                "needed",
                lang,
                places=needed.layout.places,
                price=f"{needed.layout.price:,.10g}",
                power=f"{100 * (needed.power or 0):.0f}",
            )
        )
    return RefusedDesign(
        kind=refused.kind,
        reason=refused.reason,
        sentence=" ".join(said),
        largest=_design(refused.largest) if refused.largest else None,
        needed=_design(needed) if needed else None,
    )
