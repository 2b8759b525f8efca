"""What a reading of a rule says, as rows of the tables `warning` and `warning_skill`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from idtracker.analyse.warning.contingency import Contingency
from idtracker.analyse.warning.known_series import KnownSeries
from idtracker.analyse.warning.replay import Forecast, Verdict, has_arrived, replay, verdict_of
from idtracker.analyse.warning.states import State, states_of
from idtracker.model.marking import Marking, united
from idtracker.model.periods import quarter_code
from idtracker.model.warnings.rule import Rule, Side

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule at one reading, the last quarter in sight then; `own` marks what follows from no row of the store."""

    name: str
    rule: Rule
    side: Side
    places: Sequence[str]
    at: pd.Timestamp
    last: int
    own: Marking


def skill_row(
    judged: Judged, series: KnownSeries, forecasts: Sequence[Forecast], seen: frozenset[Marking], ended: int
) -> tuple[Row, Verdict]:
    """The past of a rule as the reading knows it, and whether the rule may warn."""
    rule, of = judged.rule, judged.rule.outcome_subject
    at_hand = {place: series.at(judged.at, place, of) for place in judged.places}
    known_now = {place: found for place, found in at_hand.items() if found is not None}
    past = replay(rule.outcome, forecasts, known_now, ended)
    verdict = verdict_of(past.table, _signature(rule, judged.at))
    if verdict.code == "REFUSED" and rule.until is not None:
        verdict = Verdict("REFUSED", f"{verdict.why}; the word of {rule.accepted_by} ended on {rule.until}")
    behind = seen.union(*(found.marking_parts for found in known_now.values()))
    marked = united(sorted(behind, key=str)) or judged.own
    row = _base(judged.name, rule.title.en, rule.title.ar, verdict, judged.at) | _figures(past.table)
    return row | {"left_out": past.left_out} | marked.columns, verdict


def wrong_row(name: str, problems: Sequence[str], at: pd.Timestamp, own: Marking) -> Row:
    """A rule that cannot be used."""
    return _base(name, name, None, Verdict("WRONG", "; ".join(problems)), at) | own.columns


def warning_rows(judged: Judged, series: KnownSeries) -> list[Row]:
    """The quarters in which a warning of the rule stands, ends, or is left out as too small a change."""
    rows = []
    for place_id in judged.places:
        found = series.at(judged.at, place_id, judged.rule.on)
        if found is None:
            continue
        about = series.at(judged.at, place_id, judged.rule.outcome_subject)
        for state in states_of(judged.rule, judged.side, found.until(judged.last)):
            if state.is_warned and about is not None and has_arrived(judged.rule.outcome, about, state.quarter):
                state = replace(state, state="ARRIVED")
            if state.state is not None:
                marked = united(sorted(found.until(state.quarter).marking_parts, key=str)) or judged.own
                rows.append(_warning(judged, place_id, state) | marked.columns)
    return rows


def _warning(judged: Judged, place_id: str, state: State) -> Row:
    figures = state.judged
    return {
        "rule_id": judged.name,
        "place_id": place_id,
        "period": quarter_code(state.quarter),
        "node_code": judged.rule.on.node,
        "indicator_id": judged.rule.on.indicator,
        "state": state.state,
        "since_period": None if state.since is None else quarter_code(state.since),
        "value": figures.value,
        "threshold": figures.threshold,
        "probability": figures.probability,
        "p_value": figures.p_value,
        "as_of_on": judged.at.normalize(),
        "known_at": judged.at,
    }


def _signature(rule: Rule, at: pd.Timestamp) -> str | None:
    if not rule.signed_on(at.date()):
        return None
    return f"{rule.accepted_by} answers for it until {rule.until}: {rule.because}"


def _base(name: str, title: str, title_ar: str | None, verdict: Verdict, at: pd.Timestamp) -> Row:
    about = {"rule_id": name, "title": title, "title_ar": title_ar, "verdict": verdict.code, "why": verdict.why}
    return {**about, "as_of_on": at.normalize(), "known_at": at}


def _figures(table: Contingency) -> Row:
    return {
        "hits": table.hits,
        "misses": table.misses,
        "false_alarms": table.false_alarms,
        "correct_negatives": table.correct_negatives,
        "n": table.n,
        "base_rate": table.base_rate,
        **_scores(table, ""),
        **_scores(table.never, "never_"),
        **_scores(table.always, "always_"),
        "undefined_because": table.undefined_because,
    }


def _scores(table: Contingency, prefix: str) -> Row:
    return {f"{prefix}csi": table.csi, f"{prefix}peirce": table.peirce, f"{prefix}heidke": table.heidke}
