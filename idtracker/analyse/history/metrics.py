"""Metrics over time: read at the end of every month, when a round is published and on the day of knowledge; at no instant in between.

A reading at the first instant of a month says what was known when the month before ended. Each reading measures again the
quarters that a change of a metric's inputs since the reading before can concern; the others say what they said. What is
kept follows from the facts and the day of knowledge alone. Any other instant is measured when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import get_args

import duckdb
import pandas as pd

from idtracker.analyse.history.readings import Basis, Reading, kept_readings, round_ends
from idtracker.analyse.history.timeline import PendingChangePoints, Timeline
from idtracker.analyse.metrics.effects.leverage import ONLY_LINKED
from idtracker.analyse.metrics.inputs import Inputs, Shared
from idtracker.analyse.metrics.known.behind import Behind
from idtracker.analyse.metrics.known.changes import Changes
from idtracker.analyse.metrics.known.delivered import TABLES as ACTIVITIES
from idtracker.analyse.metrics.known.delivered import Delivered, at_once, gather
from idtracker.analyse.metrics.known.joint import ONLY_JOINT, find_joint
from idtracker.analyse.metrics.known.marked import Marked
from idtracker.analyse.metrics.known.presence import Presence, gather_presence
from idtracker.analyse.metrics.known.reads import ReadsKnown
from idtracker.analyse.metrics.known.spans import Span, spans
from idtracker.analyse.metrics.known.stale import Stale
from idtracker.analyse.metrics.known.tables import TablesAsKnown
from idtracker.analyse.metrics.organisations import Organisations
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Gathers, Metric, family, metrics
from idtracker.analyse.metrics.values import figures, figures_frame
from idtracker.model.steps.memory import release_memory
from idtracker.model.steps.progress import counted
from idtracker.model.tables import FACTS
from idtracker.store.history.change_points import keep_change_points, stored_change_points
from idtracker.store.history.derived_vintages import add_vintages, extend_vintages, move_reading, truncate_after

TABLE = "metric_value"
_NOT_READ = {"activities": ACTIVITIES, "presence": ACTIVITIES, "markings": tuple(FACTS)}
_WITH_BASELINE = ("culture",)
"""Families that measure change since a baseline."""
_OF_METHOD = frozenset({"score", "trend", "method"})
"""Tables that are others under another method of the scores, whatever was reported."""
_GROUP = ["metric_id", "period", "known_at"]


def derive_metrics(
    connection: duckdb.DuckDBPyConnection,
    line: Timeline,
    as_of: pd.Timestamp,
    family_id: str,
    basis: Basis,
) -> None:
    """Continue the table `metric_value` and its vintages for the metrics of one family."""
    step, chosen = f"metric:{family_id}", family(family_id)
    rests = line.resting_on(f"baseline {basis.baseline}") if basis.baseline and family_id in _WITH_BASELINE else line
    if any(not _OF_METHOD.isdisjoint(m.inputs) for m in chosen):
        rests = rests.resting_on(f"method {basis.method}")
    reads = ReadsKnown.of(connection, chosen)
    rests = rests.resting_on(f"readers {basis.readers}") if basis.readers and reads.at else rests
    plain = kept_readings(rests, as_of, round_ends(connection))
    stored_readings = replace(plain, change_points=reads.sign(plain.change_points))
    pending = stored_readings.resume(connection, step)
    where = "metric_id IN ({})".format(", ".join(f"'{m.id}'" for m in chosen))
    if (known := _known_by_the_reading_before(connection, step, rests, pending, reads)) is not None:
        _replace_reading(connection, chosen, pending, known, stored_readings.periods[-1], where, basis)
    elif pending.at:
        turns, before = {at: (came, gone) for at, came, gone in pending.period_changes}, pending.since
        readings = []
        for at, periods in zip(pending.at, stored_readings.periods[pending.done :], strict=True):
            came, gone = turns.get(at, (set(), set()))
            readings.append(Reading(at, periods, frozenset(came), frozenset(gone), before))
            before = at
        _continue(connection, chosen, readings, where, basis)
    elif pending.has_other:
        truncate_after(connection, TABLE, pending.since, where)
    keep_change_points(connection, step, stored_readings.change_points)


def add_metrics_known_at(connection: duckdb.DuckDBPyConnection, at: pd.Timestamp, basis: Basis) -> None:
    """Take `metric_value` and its vintages to what was known at an instant.

    The connection holds them up to the end of the month before at least, and all other tables as known at the instant.
    """
    month = _month(at)
    truncate_after(connection, TABLE, month)
    if month < at:
        before, now = _periods_at(connection, month), _periods_at(connection, at)
        reading = Reading(at, tuple(sorted(now)), frozenset(now - before), frozenset(before - now), month)
        _continue(connection, list(metrics().values()), [reading], "TRUE", basis)


def _month(at: pd.Timestamp) -> pd.Timestamp:
    """The first instant of the month."""
    return at.normalize().replace(day=1)


def _periods_at(connection: duckdb.DuckDBPyConnection, at: pd.Timestamp) -> set[str]:
    """The quarters in sight at an instant: those that have scores."""
    rows = connection.execute(
        "SELECT DISTINCT period FROM score_vintage WHERE known_from <= $1 AND (known_to IS NULL OR known_to > $1)", [at]
    ).fetchall()
    return {period for (period,) in rows}


def _known_by_the_reading_before(
    connection: duckdb.DuckDBPyConnection, step: str, line: Timeline, pending: PendingChangePoints, reads: ReadsKnown
) -> tuple[pd.Timestamp, tuple[str, ...]] | None:
    """The last moment that the reading of an earlier day of knowledge knew, and the quarters then in sight.

    None where the reading to be made is not the only one since, or something that the reading before knew is known otherwise now.
    """
    stored, signatures = stored_change_points(connection, step), line.change_points.signatures
    if len(pending.at) != 1 or len(stored.at) != pending.done + 1 or stored.at[-1] > pending.at[0]:
        return None
    known = reads.unsigned(stored.at[-1], stored.signatures[-1])
    if known not in signatures:
        return None
    last = signatures.index(known)
    return line.change_points.at[last], line.periods[last]


def _replace_reading(
    connection: duckdb.DuckDBPyConnection,
    chosen: Sequence[Metric],
    pending: PendingChangePoints,
    known: tuple[pd.Timestamp, tuple[str, ...]],
    periods: tuple[str, ...],
    where: str,
    basis: Basis,
) -> None:
    """The reading of an earlier day of knowledge becomes one of the present day: what changed in between is measured again."""
    at, (last, before) = pending.at[0], known
    reading = Reading(at, periods, frozenset(periods) - {*before}, frozenset(before) - {*periods}, last)
    rows, states = read_metrics(connection, chosen, [reading], basis)
    move_reading(connection, TABLE, pending.since, at, where)
    if len(states):
        pairs = ", ".join(f"('{metric}', '{code}')" for metric, code in states[["metric_id", "period"]].to_numpy())
        truncate_after(connection, TABLE, pending.since, f"{where} AND (metric_id, period) IN ({pairs})")
        add_vintages(connection, TABLE, rows, states, where)


def _continue(
    connection: duckdb.DuckDBPyConnection,
    chosen: Sequence[Metric],
    readings: Sequence[Reading],
    where: str,
    basis: Basis,
) -> None:
    """Continue the vintages of some metrics by readings that follow each other."""
    rows, states = read_metrics(connection, chosen, readings, basis)
    extend_vintages(connection, TABLE, rows, states, readings[0].after, where)


@pd.option_context("mode.string_storage", "python")
def read_metrics(
    connection: duckdb.DuckDBPyConnection,
    chosen: Sequence[Metric],
    readings: Sequence[Reading],
    basis: Basis,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The figures of readings that follow each other, and the metrics and quarters that each of them measured.

    Texts are Python's strings meanwhile: a metric works on few rows at a time, which takes a third less time so.
    """
    changes = Changes(connection, readings[0].after)
    stale = Stale(connection, basis.feeds)
    due = {r.at: [pair for m in chosen for pair in _due(m, changes, stale, r)] for r in readings}
    gone = [(m.id, code, r.at) for r in readings for m in chosen for code in sorted(r.gone)]
    measured = list(_measured(connection, chosen, due, basis))
    _mark(connection, chosen, measured, stale)
    states = [(*pair, at) for at, pairs in due.items() for pair in pairs]
    rows = figures_frame([record for _, record in measured])
    return (
        rows.assign(known_at=pd.to_datetime([at for at, _ in measured])),
        pd.DataFrame([*states, *gone], columns=_GROUP),
    )


def _mark(
    connection: duckdb.DuckDBPyConnection,
    chosen: Sequence[Metric],
    measured: Sequence[tuple[pd.Timestamp, dict[str, object]]],
    stale: Stale,
) -> None:
    """Mark each figure as the rows behind it were at its reading, and say whether its inputs were stale then."""
    behind, by_id = Behind(connection), {m.id: m for m in chosen}
    columns: dict[tuple[object, ...], dict[str, object]] = {}
    for at, record in measured:
        key = record["metric_id"], record["period"], at
        if key not in columns:
            metric_id, period, _ = map(str, key)
            sources = stale.sources(by_id[metric_id], period, at)
            is_stale = {"is_stale": bool(sources), "overdue_source_ids": ";".join(sources) or None}
            columns[key] = {**behind.marking(by_id[metric_id], period, at).columns, **is_stale}
        record.update(columns[key])


def _due(metric: Metric, changes: Changes, stale: Stale, reading: Reading) -> Iterator[tuple[str, str]]:
    """Metric and quarter of what has to be measured at a reading: what is new, may be otherwise, or rests on other late reports."""
    first = changes.concern(metric, reading.after, reading.at)
    for code in reading.periods:
        is_other = first is not None and first <= Quarter.of(code).end
        if code in reading.came or is_other or stale.differs(metric, code, reading.after, reading.at):
            yield metric.id, code


def _measured(
    connection: duckdb.DuckDBPyConnection,
    chosen: Sequence[Metric],
    due: Mapping[pd.Timestamp, list[tuple[str, str]]],
    basis: Basis,
) -> Iterator[tuple[pd.Timestamp, dict[str, object]]]:
    """The figures of each reading; metrics of which the same is gathered in the database are measured together."""
    for gathers in get_args(Gathers):
        part = {m.id: m for m in chosen if m.gathers == gathers}
        here = {at: [pair for pair in pairs if pair[0] in part] for at, pairs in due.items()}
        for span in spans(connection, list(part.values()), here) if any(here.values()) else ():
            yield from _measured_part(connection, span, gathers, basis)
            release_memory()


def _measured_part(
    connection: duckdb.DuckDBPyConnection,
    span: Span,
    gathers: Gathers,
    basis: Basis,
) -> Iterator[tuple[pd.Timestamp, dict[str, object]]]:
    chosen, due = span.chosen, span.due
    if gathers == "joint":
        find_joint(connection)
    only = {**ONLY_LINKED, **span.only, **(ONLY_JOINT if gathers == "joint" else {})}
    known = TablesAsKnown(connection, chosen, _NOT_READ.get(gathers, ()), only)
    shared = Shared(Organisations(known.reference["organisation"]))
    marked, gathered = Marked(connection) if gathers == "markings" else None, _Gathered(connection, known, gathers, due)
    for at, wanted in counted("instants measured", list(due.items())):
        if not wanted:
            continue
        facts = known.facts_at(at, {metric_id for metric_id, _ in wanted})
        delivered, presence = gathered.at(at)
        inputs = Inputs(
            facts,
            known.reference,
            at,
            shared=shared,
            delivered=delivered,
            marked=marked,
            presence=presence,
            versions=known.versions,
            baseline=basis.baseline,
        )
        for record in figures(inputs, wanted):
            yield at, record


class _Gathered:
    """What is gathered of activities in the database: of many instants at once, as far as their rows are few.

    It is kept from one instant to the next while the tables of activities stay the same.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        known: TablesAsKnown,
        gathers: Gathers,
        due: Mapping[pd.Timestamp, list[tuple[str, str]]],
    ) -> None:
        self._connection, self._place, self._gathers = connection, known.reference["place"], gathers
        self._waiting: list[tuple[Delivered, set[str]]] = []
        self._ready: list[tuple[Delivered, Presence | None]] = []
        for at, pairs in due.items() if gathers in ("activities", "presence") else ():
            if pairs and not (self._waiting and self._waiting[-1][0].holds(at)):
                self._waiting.append((Delivered(connection, at, self._place), set()))
            if pairs:
                self._waiting[-1][1].update(code for _, code in pairs)

    def at(self, at: pd.Timestamp) -> tuple[Delivered | None, Presence | None]:
        """Both as known at an instant, later than any before; None of what metrics of this kind do not need."""
        while self._ready and not self._ready[0][0].holds(at):
            self._ready.pop(0)
        if not self._ready and self._waiting:
            self._gather()
        return self._ready[0] if self._ready else (None, None)

    def _gather(self) -> None:
        most = max(len(delivered.missing(periods)) for delivered, periods in self._waiting)
        together = at_once(self._connection, most)
        now, self._waiting = self._waiting[:together], self._waiting[together:]
        gather(self._connection, self._place, now)
        if self._gathers != "presence":
            self._ready = [(delivered, None) for delivered, _ in now]
            return
        present = [(Presence(self._connection, delivered.at), periods) for delivered, periods in now]
        gather_presence(self._connection, present)
        self._ready = [(d, p) for (d, _), (p, _) in zip(now, present, strict=True)]
