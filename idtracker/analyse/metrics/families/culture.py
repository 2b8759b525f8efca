"""Family `culture`, first part: how organisations rate their relations, IM-25 and IM-26."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from idtracker.analyse.metrics.culture.baseline import (
    BASELINE,
    POINTS,
    first_answered,
    mean,
    moved,
    paired_change,
    share_above,
)
from idtracker.analyse.metrics.culture.ties import (
    TIE,
    TIE_COLUMNS,
    TRUST,
    VALUE,
    Dyad,
    dyad_name,
    rating_evidence,
    ratings,
    survey_roster,
)
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed, share_of
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Direction, metric

LEVELS = range(6)
COORDINATION = 3  # Frey: resources are shared, some decisions are taken together
_ORGANISATION = {"organisation": ["org_id", "is_hmg", "group_code", "successor_org_id", "valid_from", "valid_to"]}
_DYADS = "dyads (who rates, who is rated) of the organisations that rate or are rated in the four quarters to this one"
_LIMITS = (
    "A round counts in the quarter in which its period ends. Unrated dyads stand among the units of the shares, so that silence "
    "never raises them; the means are of rated dyads alone: read them with unrated. A rating of oneself or beyond the scale is "
    f"none. Of several ratings of a dyad in a quarter those of the latest period count, of these the lower median. {BASELINE} "
    "Changes are of dyads rated both times."
)
Levels = Mapping[Dyad, float]


@metric(
    "IM-25",
    family="culture",
    name="Collaboration level",
    name_ar="مستوى التعاون",
    question="How deep is collaboration?",
    formula="mean Frey level of rated dyads; #{level >= 3} / #dyads; mean |l_ij - l_ji|; dyads by level; each against the baseline",
    unit="%",
    direction="none",
    denominator=_DYADS,
    inputs={TIE: [*TIE_COLUMNS, "frey_level"], **_ORGANISATION},
    source="Levels of collaboration, Frey et al. (2006)",
    measures={
        "value": "Mean level of the rated dyads",
        "at_least_3": "Share of all dyads rated at coordination (3) or above",
        "gap": "Mean difference of the two ratings of a pair that has both",
        **{f"level_{level}": f"Share of all dyads rated at level {level}" for level in LEVELS},
        "unrated": "Share of all dyads that are not rated",
        "value_change": "Mean change of level since the baseline, of dyads rated both times",
        "at_least_3_change": "Change of the share at 3 or above since the baseline, of dyads rated both times",
        "rose": "Share of the dyads rated both times whose level is higher than at the baseline",
        "fell": "Share of the dyads rated both times whose level is lower than at the baseline",
    },
    measure_units={"value": "0-5", "gap": "levels", "value_change": "levels", "at_least_3_change": POINTS},
    measure_directions={
        **dict.fromkeys(("value", "at_least_3", "value_change", "at_least_3_change", "rose"), "higher"),
        **dict.fromkeys(("gap", "unrated", "fell"), "lower"),
    },
    elements=["D3", "B1", "U4"],
    kpqs=["K8"],
    limitations=f"Levels are ordinal: read the mean only beside the shares. {_LIMITS}",
    has_as_is=True,
)
def collaboration_level(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, and per department over the dyads with it on either side."""
    rounds, now, then = _rated(inputs, quarter, "level")
    evidence = rating_evidence(inputs, rounds, quarter)
    for scope, dyads in _scopes(inputs, quarter, now):
        here = {dyad: now[dyad] for dyad in dyads if dyad in now}
        names = [dyad_name(dyad) for dyad in dyads]
        yield _mean_of("value", here, scope, evidence)
        counts = [here.get(dyad, -1) >= COORDINATION for dyad in dyads]
        yield share_of("at_least_3", names, counts, scope=scope, evidence=evidence)
        yield _gap(here, scope, evidence)
        for level in LEVELS:
            counts = [here.get(dyad) == level for dyad in dyads]
            yield share_of(f"level_{level}", names, counts, scope=scope, evidence=evidence)
        yield share_of("unrated", names, [dyad not in here for dyad in dyads], scope=scope, evidence=evidence)
        for measure, of in (("value_change", mean), ("at_least_3_change", share_above(COORDINATION))):
            yield paired_change(measure, here, then, dyad_name, of=of, scope=scope, evidence=evidence)
        yield from moved(here, then, dyad_name, scope=scope, evidence=evidence)


_PARTS = {"trust": ("trust", "trust"), "valued": ("value", "perceived value")}
_HIGHER = [name for part in _PARTS for name in (part, f"{part}_high", f"{part}_change", f"{part}_high_change")]
_DIRECTIONS: dict[str, Direction] = {
    **dict.fromkeys(_HIGHER, "higher"),
    **dict.fromkeys([f"{part}_unrated" for part in _PARTS], "lower"),
}


def _parts_of(part: str, text: str) -> dict[str, str]:
    return {
        part: f"Mean {text} of the rated dyads",
        f"{part}_low": f"Share of all dyads with {text} below a third of the scale",
        f"{part}_middle": f"Share of all dyads with {text} in the middle third",
        f"{part}_high": f"Share of all dyads with {text} of two thirds or more",
        f"{part}_unrated": f"Share of all dyads of which not all three items of {text} are rated",
        f"{part}_change": f"Mean change of {text} since the baseline, of dyads rated both times",
        f"{part}_high_change": f"Change of the share with {text} of two thirds or more, of dyads rated both times",
    }


@metric(
    "IM-26",
    family="culture",
    name="Trust and value",
    name_ar="الثقة والقيمة",
    question="Do organisations trust and value each other?",
    formula="(mean of three items - 1) / 3 per dyad; its mean, dyads by third of the scale, and both against the baseline",
    unit="%",
    direction="none",
    denominator=_DYADS,
    inputs={TIE: [*TIE_COLUMNS, *TRUST, *VALUE], **_ORGANISATION},
    source="PARTNER: trust (reliability, mission, openness) and value (power, involvement, resources), 1 to 4",
    measures={name: text for part, (_, words) in _PARTS.items() for name, text in _parts_of(part, words).items()},
    measure_units={
        **{name: "0-1" for part in _PARTS for name in (part, f"{part}_change")},
        **{f"{part}_high_change": POINTS for part in _PARTS},
    },
    measure_directions=_DIRECTIONS,
    elements=["D3", "B1", "U4"],
    kpqs=["K8"],
    limitations=f"A dyad counts where all three items are rated; at level 0 none is asked for. {_LIMITS}",
    has_as_is=True,
)
def trust_and_value(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, and per department over the dyads with it on either side."""
    for part, (name, _) in _PARTS.items():
        rounds, now, then = _rated(inputs, quarter, name)
        evidence = rating_evidence(inputs, rounds, quarter)
        for scope, dyads in _scopes(inputs, quarter, now):
            here = {dyad: now[dyad] for dyad in dyads if dyad in now}
            names = [dyad_name(dyad) for dyad in dyads]
            yield _mean_of(part, here, scope, evidence)
            for third, (low, high) in _THIRDS.items():
                counts = [low <= here.get(dyad, -1) < high for dyad in dyads]
                yield share_of(f"{part}_{third}", names, counts, scope=scope, evidence=evidence)
            counts = [dyad not in here for dyad in dyads]
            yield share_of(f"{part}_unrated", names, counts, scope=scope, evidence=evidence)
            for measure, of in ((f"{part}_change", mean), (f"{part}_high_change", share_above(_THIRDS["high"][0]))):
                yield paired_change(measure, here, then, dyad_name, of=of, scope=scope, evidence=evidence)


_EDGE = 1e-9  # means of three items are thirds, which no float holds exactly
_THIRDS = {"low": (0.0, 1 / 3 - _EDGE), "middle": (1 / 3 - _EDGE, 2 / 3 - _EDGE), "high": (2 / 3 - _EDGE, 2.0)}


def _rated(inputs: Inputs, quarter: Quarter, part: str) -> tuple[list[Quarter], Levels, Levels]:
    """The rounds compared, and what is rated of a part now and at the baseline, with the organisations of the quarter."""

    def stated(round_: Quarter, as_in: Quarter | None = None) -> Levels:
        rated = ratings(inputs, round_, as_in)
        return {dyad: value for dyad, r in rated.items() if (value := getattr(r, part)) is not None}

    members, now = set(survey_roster(inputs, quarter)), stated(quarter)
    now = {dyad: value for dyad, value in now.items() if set(dyad) <= members}
    first = first_answered(inputs, TIE, quarter, stated, part)
    return [quarter, *([first] if first else [])], now, stated(first, quarter) if first else {}


def _scopes(inputs: Inputs, quarter: Quarter, now: Levels) -> Iterator[tuple[str, list[Dyad]]]:
    """All dyads of the roster, then those with each department; none where nobody rated anybody in the quarter."""
    members, traits = survey_roster(inputs, quarter), inputs.traits(quarter)
    dyads = [(a, b) for a in members for b in members if a != b] if now else []
    yield PROGRAMME, dyads
    for org in members if now else ():
        if org in traits and traits[org].is_department:
            yield f"department={org}", [dyad for dyad in dyads if org in dyad]


def _mean_of(measure: str, rated: Levels, scope: str, evidence: Sequence[Evidence]) -> MetricResult:
    names = [dyad_name(dyad) for dyad in rated]
    return figure(
        measure,
        mean(rated.values()) if rated else None,
        partial(listed, names, [True] * len(names)),
        numerator=sum(rated.values()),
        denominator=len(rated),
        n=len(rated),
        scope=scope,
        evidence=evidence,
    )


def _gap(rated: Levels, scope: str, evidence: Sequence[Evidence]) -> MetricResult:
    pairs = [(a, b) for a, b in rated if a < b and (b, a) in rated]
    gaps = [abs(rated[a, b] - rated[b, a]) for a, b in pairs]
    units = partial(listed, [dyad_name(pair) for pair in pairs], [gap > 0 for gap in gaps])
    value, n = mean(gaps) if gaps else None, len(gaps)
    return figure("gap", value, units, numerator=sum(gaps), denominator=n, n=n, scope=scope, evidence=evidence)
