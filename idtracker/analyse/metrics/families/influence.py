"""Family `effect`, third part: reviews, access and influence, and the progress of boundary partners, IM-42 to IM-44."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.effects.approaches import ACTED, Approach, approaches
from idtracker.analyse.metrics.effects.outcomes import review_name, rows_ending_in
from idtracker.analyse.metrics.indices import waiting_time
from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.metric_result import Evidence, MetricResult, figure, listed, share_of
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.analyse.metrics.registry import metric

_ABOVE: Mapping[str, frozenset[str]] = {"FCDO_AR": frozenset({"A++", "A+"}), "CSSF_AR_V1": frozenset({"A+"})}
"""The scores above `meets expectations` of each scheme that has such a score."""
_FEWEST_ACTORS = 5
_WAITS = {"days_to_act": "every", "days_to_act_single": "single", "days_to_act_joint": "joint"}


@metric(
    "IM-42",
    family="effect",
    name="Reviews better than expected",
    name_ar="نسبة المراجعات التي فاقت التوقعات",
    question="How many annual reviews found more than was expected?",
    formula="#{reviews scored above `meets expectations`} / #reviews, within one scheme",
    unit="%",
    direction="higher",
    denominator="reviews of one scheme whose period ended in the four quarters to this one",
    inputs={
        "result_value": ["activity_id", "result_indicator", "period_end", "end_on", "score_scheme", "score_code"],
    },
    source="Programme scoring schemes of DFID, FCDO and the CSSF",
    measures={
        "value": "Share of reviews scored above `meets expectations`",
        "reviews": "Reviews with a score, under whatever scheme",
    },
    measure_units={"reviews": "count"},
    measure_directions={"reviews": "none"},
    elements=["D4"],
    kpqs=["K10"],
    limitations="Never over several schemes. Above means A++ and A+ (FCDO_AR) or A+ (CSSF_AR_V1); in CSSF_AR_V2 the best score is `meets or exceeds`, and the "
    "others do not speak of expectations: `undefined`. Scores discriminate little: of 600 reviews of DFID two in three were an A.",
)
def better_than_expected(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For each scheme, as scope `scheme=…`; how many there are for the programme."""
    columns = ("activity_id", "result_indicator", "period_end", "score_scheme", "score_code", "end_on")
    every = inputs.values("result_value", *columns)
    found: dict[str, dict[tuple[object, ...], int]] = {}
    for row in (row for of in quarter.window() for row in rows_ending_in(inputs, of)):
        activity, indicator, end, scheme, code, last = every[row]
        if scheme is not None and code is not None:
            key = (activity, indicator, last if end is None else end, code)
            found.setdefault(scheme, {}).setdefault(key, row)
    units = dict[int, str]()
    for scheme, reviews in sorted(found.items()):
        names = [review_name(str(key[0]), key[2]) for key in reviews]
        counts = [key[3] in _ABOVE.get(scheme, frozenset()) for key in reviews]
        behind = dict(zip(reviews.values(), names, strict=True))
        units |= {row: f"{name} ({scheme})" for row, name in behind.items()}
        evidence = [_evidence(inputs, "result_value", _REVIEW, behind)]
        result = share_of("value", names, counts, scope=f"scheme={scheme}", evidence=evidence)
        yield result if scheme in _ABOVE else replace(result, value=None, numerator=None)
    if not found:
        yield share_of("value", [], [])
    listing, evidence = (
        partial(listed, [*units.values()], [True] * len(units)),
        [_evidence(inputs, "result_value", _REVIEW, units)],
    )
    yield figure("reviews", len(units), listing, numerator=len(units), n=len(units), minimum=1, evidence=evidence)


@metric(
    "IM-43",
    family="effect",
    name="Progress of access and influence",
    name_ar="التقدم في الوصول والتأثير",
    question="Do access to and influence on those who decide grow?",
    formula="#{actors with a level 1 or more above that of the first observation} / #actors observed twice or more; #{actors at influence 4} / #actors; "
    "Kaplan-Meier median of the days from the first approach to a recorded act",
    unit="%",
    direction="higher",
    denominator="pseudonymous actors observed on the ladder so far; for progress on two days or more",
    inputs={
        "pai_record": ["actor_id", "ladder", "level", "observed_on", "org_id"],
        "organisation": [
            "org_id",
            "is_hmg",
            "group_code",
            "parent_org_id",
            "successor_org_id",
            "valid_from",
            "valid_to",
        ],
    },
    source="Itad on political access and influence; ladders by this project; Kaplan and Meier (1958)",
    measures={
        "access_up": "Share of actors to whom access has risen since they were first observed",
        "influence_up": "Share of actors on whom influence has risen since they were first observed",
        "influence_acted": "Share of actors on whom influence is at its highest level (acted)",
        "days_to_act": "Days from the first approach after which half of the actors have acted",
        "days_to_act_single": "The same while one department (or none) is in touch",
        "days_to_act_joint": "The same from the day by which two departments had approached the actor",
    },
    measure_units=dict.fromkeys(_WAITS, "days"),
    measure_directions=dict.fromkeys(_WAITS, "lower"),
    elements=["U3"],
    kpqs=["K11"],
    minimum_denominator=_FEWEST_ACTORS,
    limitations="The two ladders are orders of their own and never averaged. With fewer than five actors (`small_count`) nothing but their number is given. Where "
    "observers differ on a day, a rise has to be one for all of them. The last observation counts, however old. "
    "Actors who have not acted are censored at the end of the quarter or the day of knowledge, and single approaches when a second department joins; "
    "where one of the two groups has one to four actors both are withheld. Days are those of observations: an act may have been earlier.",
)
def influence_progress(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme."""
    seen = _observed(inputs, quarter)
    for name, ladder in (("access_up", "ACCESS"), ("influence_up", "INFLUENCE")):
        twice = [of for of in seen if of.ladder == ladder and len(of.levels) > 1]
        yield _of_actors(name, inputs, twice, [of.has_risen for of in twice])
    of_influence = [of for of in seen if of.ladder == "INFLUENCE"]
    yield _of_actors("influence_acted", inputs, of_influence, [min(of.last) >= ACTED for of in of_influence])
    yield from _waits(inputs, quarter, 0 < len(of_influence) < _FEWEST_ACTORS)


def _waits(inputs: Inputs, quarter: Quarter, is_small: bool) -> Iterator[MetricResult]:
    """The median wait for an act; where one of the two groups is small, neither is given: the whole less the other would tell.

    None is given where `is_small`: where so few actors have influence recorded that how many have acted is not given.
    """
    found = approaches(inputs, quarter)
    small = {name for name, group in _WAITS.items() if 0 < len(getattr(found, group)) < _FEWEST_ACTORS}
    withheld = (
        {*_WAITS}
        if is_small
        else small | ({"days_to_act_single", "days_to_act_joint"} if small - {"days_to_act"} else set())
    )
    rows = {row: actor for row, (actor,) in enumerate(inputs.values("pai_record", "actor_id"))}
    for name, group in _WAITS.items():
        waits: list[Approach] = getattr(found, group)
        if name in withheld and waits:
            yield figure(name, None, partial(listed, [], []), n=len(waits), withheld="small_count")
            continue
        names, acted = [wait.actor for wait in waits], [wait.has_acted for wait in waits]
        units = {row: actor for row, actor in rows.items() if actor in set(names)}
        yield figure(
            name,
            waiting_time(np.array([wait.days for wait in waits], float), np.array(acted, bool), 0.5),
            partial(listed, names, acted),
            numerator=sum(acted),
            denominator=len(waits),
            n=len(waits),
            evidence=[_evidence(inputs, "pai_record", _RECORD, units)],
        )


class _Observed(NamedTuple):
    """An actor on one ladder: the levels seen on each day, in order, and where the rows are."""

    actor: str
    ladder: str
    levels: dict[int, list[int]]
    rows: list[int]

    @property
    def last(self) -> list[int]:
        return self.levels[max(self.levels)]

    @property
    def has_risen(self) -> bool:
        """Whether every level of the last day is above every one of the first."""
        return min(self.last) > max(self.levels[min(self.levels)])


def _observed(inputs: Inputs, quarter: Quarter) -> list[_Observed]:
    """Every actor and ladder observed by the end of the quarter, in order."""
    found: dict[tuple[str, str], _Observed] = {}
    for row, (actor, ladder, level, day) in enumerate(
        inputs.values("pai_record", "actor_id", "ladder", "level", "observed_on")
    ):
        if day is not None and level is not None and day <= day_number(quarter.end):
            of = found.setdefault((actor, ladder), _Observed(actor, ladder, {}, []))
            of.levels.setdefault(day, []).append(level)
            of.rows.append(row)
    return [found[key] for key in sorted(found)]


def _of_actors(name: str, inputs: Inputs, of: list[_Observed], counts: list[bool]) -> MetricResult:
    """A share of actors; of too few nothing is given but how many they are."""
    units = {row: item.actor for item in of for row in item.rows}
    result = share_of(
        name, [item.actor for item in of], counts, evidence=[_evidence(inputs, "pai_record", _RECORD, units)]
    )
    if 0 < len(of) < _FEWEST_ACTORS:
        return figure(name, None, partial(listed, [], []), n=len(of), withheld="small_count")
    return result


@metric(
    "IM-44",
    family="effect",
    name="Progress of boundary partners",
    name_ar="تقدم الشركاء الحدوديين",
    question="Are boundary partners changing as was hoped?",
    formula="#{markers at SOME or FULL} / #markers, at each of the levels EXPECT, LIKE and LOVE",
    unit="%",
    direction="higher",
    denominator="progress markers of the level observed so far, each at its last observation",
    inputs={"progress_marker": ["marker_id", "partner_org_id", "marker_level", "status", "observed_on"]},
    source="Outcome Mapping (Earl, Carden and Smutylo 2001)",
    measures={
        "expect": "Share of markers that one expects to see, at SOME or FULL",
        "like": "Share of markers that one would like to see, at SOME or FULL",
        "love": "Share of markers that one would love to see, at SOME or FULL",
    },
    elements=["D2"],
    kpqs=["K11"],
    minimum_denominator=3,
    limitations="Levels are graduated and never averaged. The last observation counts, however old; of two on one day the lower. Markers are what the "
    "programme hoped for, so their number and ambition differ between partners.",
)
def partner_progress(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, and each partner with enough markers."""
    last: dict[tuple[str, str], tuple[int, int, str, int]] = {}
    columns = ("marker_id", "partner_org_id", "marker_level", "status", "observed_on")
    for row, (marker, partner, level, status, day) in enumerate(inputs.values("progress_marker", *columns)):
        if day is None or status not in _STATUS or day > day_number(quarter.end):
            continue
        key, now = (marker, partner or ""), (day, -_STATUS[status], level, row)
        last[key] = max(last.get(key, now), now)
    for name in ("expect", "like", "love"):
        of = {key: seen for key, seen in sorted(last.items()) if seen[2] == name.upper()}
        names = [f"{marker} {partner}" for marker, partner in of]
        units = {row: unit for unit, (_, _, _, row) in zip(names, of.values(), strict=True)}
        evidence = [_evidence(inputs, "progress_marker", _MARKER, units)]
        yield share_of(name, names, [status < 0 for _, status, _, _ in of.values()], evidence=evidence)


_STATUS = {"NONE": 0, "SOME": 1, "FULL": 2}
_REVIEW = ["activity_id", "score_scheme", "score_code"]
_RECORD = ["actor_id", "ladder", "level", "observed_on"]
_MARKER = ["marker_id", "partner_org_id", "marker_level", "status", "observed_on"]


def _evidence(inputs: Inputs, table: str, shown: list[str], units: Mapping[int, str]) -> Evidence:
    """Rows of a table by their place, each with the unit that it is of."""
    return Evidence(table, partial(_rows, inputs, table, shown, units), shown)


def _rows(inputs: Inputs, table: str, shown: list[str], units: Mapping[int, str]) -> pd.DataFrame:
    rows = inputs.table(table).take([*units])
    return rows[[c for c in (*shown, *ROW) if c in rows]].assign(unit=[*units.values()])
