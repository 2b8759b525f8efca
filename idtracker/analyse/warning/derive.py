"""The tables `warning` and `warning_skill` over time: read at the ends of months and on the day of knowledge, as metrics are.

Each reading replays every rule on its past: what the rule said of a quarter on the day on which it was first judged, from
the vintages of that day, against what the reading knows to have come. The reading's warnings are those of the rules that
this past speaks for. Vintages say what the present method and definitions make of what was known then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from idtracker.analyse.history.readings import kept_readings
from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.warning.known_series import KnownSeries, read_series
from idtracker.analyse.warning.replay import Forecast
from idtracker.analyse.warning.rows import Judged, skill_row, warning_rows, wrong_row
from idtracker.analyse.warning.states import states_of
from idtracker.model.marking import Marking
from idtracker.model.methods.chosen import Methods
from idtracker.model.periods import period, quarter_code, quarter_number
from idtracker.model.warnings.load import Known, Rules, places_of, side_of
from idtracker.model.warnings.rule import Rule
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.history.derived_vintages import extend_vintages, truncate_after

STEP = "warning"
TABLES = ("warning", "warning_skill")


@dataclass(frozen=True, slots=True)
class Reading:
    """An instant at which rules are read, and the last quarter in sight then."""

    at: pd.Timestamp
    last: int


def derive_warnings(
    connection: duckdb.DuckDBPyConnection,
    line: Timeline,
    as_of: pd.Timestamp,
    rules: Rules,
    known: Known,
    methods: Methods,
    own: Marking,
) -> None:
    """Continue both tables and their vintages. `own` marks what follows from no row of the store."""
    kept = kept_readings(line, as_of).resting_on(rules.fingerprint)
    pending = kept.resume(connection, STEP)
    readings = [
        Reading(at, quarter_number(codes[-1]))
        for at, codes in zip(kept.change_points.at, kept.periods, strict=True)
        if codes and at in set(pending.at)
    ]
    if readings:
        _continue(connection, readings, pending.since, (rules, known, methods, own), _first_quarter(kept))
    elif pending.has_other:
        for table in TABLES:
            truncate_after(connection, table, pending.since)
    keep_change_points(connection, STEP, kept.change_points)


def _first_quarter(line: Timeline) -> int:
    return min(quarter_number(codes[0]) for codes in line.periods if codes)


def first_judged(rule: Rule, quarter: int) -> pd.Timestamp:
    """The instant at which a rule is first judged for a quarter."""
    end = pd.Timestamp(period(quarter_code(quarter)).end)
    return end + pd.Timedelta(days=1 + rule.judged_after_days)


def _continue(
    connection: duckdb.DuckDBPyConnection,
    readings: Sequence[Reading],
    since: pd.Timestamp | None,
    definitions: tuple[Rules, Known, Methods, Marking],
    first: int,
) -> None:
    rules, known, methods, own = definitions
    until, last = readings[-1].at, readings[-1].last
    judged_on = {
        name: {q: at for q in range(first, last + 1) if (at := first_judged(rule, q)) <= until}
        for name, rule in rules.sound.items()
    }
    subjects = {s for rule in rules.sound.values() for s in (rule.on, rule.outcome_subject)}
    instants = [r.at for r in readings] + [at for days in judged_on.values() for at in days.values()]
    series = read_series(connection, subjects, instants, known, methods)
    skills, warnings, states = [], [], []
    for name, rule in rules.sound.items():
        forecasts, seen = forecasts_of(rule, judged_on[name], series, known)
        for reading in readings:
            judged = Judged(name, rule, side_of(rule, known), places_of(rule, known), reading.at, reading.last, own)
            ended = max((q for q, at in judged_on[name].items() if at <= reading.at), default=first - 1)
            marks = frozenset(mark for quarter in seen if quarter <= ended for mark in seen[quarter])
            skill, verdict = skill_row(judged, series, forecasts, marks, ended)
            skills.append(skill)
            warnings += warning_rows(judged, series) if verdict.may_warn else []
    skills += [wrong_row(name, lines, r.at, own) for name, lines in rules.wrong.items() for r in readings]
    states = [(name, r.at) for name in (*rules.sound, *rules.wrong) for r in readings]
    groups = pd.DataFrame(states, columns=["rule_id", "known_at"])
    extend_vintages(connection, "warning", _frame(warnings, "warning"), groups, since)
    extend_vintages(connection, "warning_skill", _frame(skills, "warning_skill"), groups, since)


def forecasts_of(
    rule: Rule, judged_on: dict[int, pd.Timestamp], series: KnownSeries, known: Known
) -> tuple[list[Forecast], dict[int, set[Marking]]]:
    """What a rule said of each place and quarter on the day on which it was first judged; by quarter, how what it saw is marked."""
    forecasts: list[Forecast] = []
    seen: dict[int, set[Marking]] = {}
    side = side_of(rule, known)
    for quarter, at in judged_on.items():
        for place_id in places_of(rule, known):
            there = series.at(at, place_id, rule.on)
            upto = there.until(quarter) if there else None
            said = list(states_of(rule, side, upto)) if upto else []
            is_judged = bool(said) and said[-1].quarter == quarter and said[-1].judged.holds is not None
            forecasts.append(Forecast(place_id, quarter, said[-1].is_warned if is_judged else None))
            seen.setdefault(quarter, set()).update(upto.marking_parts if upto else ())
    return forecasts, seen


def _frame(rows: Sequence[dict[str, object]], table: str) -> pd.DataFrame:
    from idtracker.model.tables import TABLES as MODELS
    from idtracker.model.tables import columns_of

    names = [*(spec.name for spec in columns_of(MODELS[table])), "known_at"]
    frame = pd.DataFrame(list(rows), columns=names)
    return frame.assign(known_at=pd.to_datetime(frame["known_at"]))
