"""The moments of one home: when what is known changes, and which quarters the tracker speaks of at each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import duckdb
import pandas as pd

from idtracker.analyse.timeliness.arrivals import Sent, sent_by_source
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.reporting_calendar import DueReport, obligations
from idtracker.model.config.source import Source
from idtracker.model.method import Method
from idtracker.model.methods.chosen import DRAWN, SCORES
from idtracker.model.periods import current_period, period, previous_period, quarters_between
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables import TABLES, empty_frame
from idtracker.store.history.change_points import ChangePoints, change_points_of, valid_prefix
from idtracker.store.tables import read_table


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every moment up to a day of knowledge, oldest first, and the tracker's quarters (complete ones) at each."""

    change_points: ChangePoints
    periods: tuple[tuple[str, ...], ...]

    def resting_on(self, fingerprint: str) -> Timeline:
        """The same moments for a step that rests on something more than all steps do: a change of it is a change of the step alone."""
        at = self.change_points
        signed = tuple(hashlib.sha256(f"{s}\0{fingerprint}".encode()).hexdigest()[:16] for s in at.signatures)
        return replace(self, change_points=ChangePoints(at.at, signed))

    def resume(self, connection: duckdb.DuckDBPyConnection, step: str) -> PendingChangePoints:
        """What a step has still to work out."""
        return PendingChangePoints(self, *valid_prefix(connection, step, self.change_points))


@dataclass(frozen=True, slots=True)
class PendingChangePoints:
    """The moments of a timeline that a step has not worked out yet; `has_other` where it knows others instead of these."""

    timeline: Timeline
    done: int
    has_other: bool

    @property
    def since(self) -> pd.Timestamp | None:
        """The last moment that stands; None where nothing does."""
        return self.timeline.change_points.at[self.done - 1] if self.done else None

    @property
    def at(self) -> tuple[pd.Timestamp, ...]:
        return self.timeline.change_points.at[self.done :]

    @property
    def period_changes(self) -> list[tuple[pd.Timestamp, set[str], set[str]]]:
        """Moments at which quarters come into the tracker's sight or leave it: (moment, came, left)."""
        periods, changes = self.timeline.periods, []
        for n, at in enumerate(self.at, start=self.done):
            before, now = set(periods[n - 1]) if n else set(), set(periods[n])
            if before != now:
                changes.append((at, now - before, before - now))
        return changes

    def in_sight(self) -> list[tuple[pd.Timestamp, tuple[str, ...]]]:
        """The remaining moments, each with the quarters in sight at it."""
        return list(zip(self.at, self.timeline.periods[self.done :], strict=True))

    def visible(self) -> pd.DataFrame:
        """The quarters in sight at each remaining moment: columns known_at, period."""
        pairs = [(at, code) for at, codes in self.in_sight() for code in codes]
        frame = pd.DataFrame(pairs, columns=["known_at", "period"])
        return frame.astype({"known_at": "datetime64[ns]", "period": "str"})

    def grid(self) -> list[str]:
        """Every quarter in sight at any remaining moment, oldest first."""
        return sorted({code for codes in self.timeline.periods[self.done :] for code in codes})


def timeline(
    connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, as_of: pd.Timestamp, method: Method
) -> Timeline:
    """The timeline of a store up to `as_of`.

    Beside the instants at which the record changes there are days on which time alone changes what is derived: a quarter
    is complete, a report becomes due or overdue, an organisation follows another.
    """
    sent = sent_by_source(read_table(connection, "submission"))
    owed = (owed_until(source, sent.get(source.id, []), as_of) for source in catalogue.sources.values())
    days = {
        *_quarter_days(connection, catalogue, as_of),
        *(day for reports in owed for day in obligation_days(reports)),
    }
    days |= {day for day in merger_days(catalogue) if days and day >= min(days)}
    change_points = change_points_of(connection, _base(catalogue, method), as_of, days)
    first = _first_quarters(connection, catalogue, change_points.at)
    last = catalogue.programme.tracker.last
    periods = tuple(_in_sight(first(at), last, at) for at in change_points.at)
    return Timeline(change_points, periods)


def _in_sight(first: str | None, last: str | None, at: pd.Timestamp) -> tuple[str, ...]:
    """Quarters from the first to the last complete one, or to the programme's last."""
    complete = previous_period(at.date(), "quarter")
    until = min(last or complete, complete)
    return tuple(quarters_between(first, until)) if first is not None and first <= until else ()


def _quarter_days(
    connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, as_of: pd.Timestamp
) -> Iterable[pd.Timestamp]:
    """The first day after each quarter that the tracker may speak of."""
    first = catalogue.programme.tracker.first or _earliest(connection)
    if first is None:
        return []
    last = current_period(as_of.date(), "quarter")
    ends = (period(code).end for code in (quarters_between(first, last) if first <= last else []))
    return [pd.Timestamp(end) + pd.Timedelta(days=1) for end in ends]


def _earliest(connection: duckdb.DuckDBPyConnection) -> str | None:
    start = connection.execute("SELECT min(period_start) FROM observation").fetchone()
    return current_period(start[0], "quarter") if start and start[0] else None


def _first_quarters(
    connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, change_points: Sequence[pd.Timestamp]
) -> _FirstReports:
    stated = catalogue.programme.tracker.first
    if stated is not None:
        return _FirstReports(stated, ())
    intervals = connection.execute(
        "SELECT DISTINCT period_start, recorded_from, recorded_to FROM observation ORDER BY period_start"
    ).fetchall()
    return _FirstReports(None, tuple((current_period(s, "quarter"), f, t) for s, f, t in intervals))


@dataclass(frozen=True, slots=True)
class _FirstReports:
    """The first quarter of the tracker: as the programme states it, else that of the earliest observation known."""

    stated: str | None
    observed: tuple[tuple[str, object, object], ...]

    def __call__(self, at: pd.Timestamp) -> str | None:
        if self.stated is not None:
            return self.stated
        known = (
            code
            for code, begins, ends in self.observed
            if pd.Timestamp(begins) <= at and (ends is None or pd.Timestamp(ends) > at)  # type: ignore[arg-type]
        )
        return next(known, None)


def owed_until(source: Source, sent: Sequence[Sent], last: pd.Timestamp) -> list[DueReport]:
    """Every report that a source may owe at some moment up to `last`, whatever it had sent by then; oldest first."""
    stated = [source.cadence.since] if source.cadence.since else []
    if not sent and not stated:
        return []
    starts = [p.start for s in sent if s.arrival.last_day is None for p in s.arrival.periods]
    first = [sent[0].arrival.at.date() - timedelta(days=400)] if sent else []
    return obligations(source, min([*starts, *first, *stated]), last.date())


def obligation_days(owed: Iterable[DueReport]) -> set[pd.Timestamp]:
    """Days on which reports become owed or overdue."""
    return {pd.Timestamp(day) for o in owed for day in (o.end, o.overdue_on)}


def no_states(table: str) -> pd.DataFrame:
    """No rows of a table at no moment."""
    frame = empty_frame(TABLES[table])
    frame["known_at"] = pd.to_datetime([])
    return frame


def merger_days(catalogue: ProgrammeCatalogue) -> set[pd.Timestamp]:
    """Days on which organisations follow others or change."""
    return set(pd.to_datetime(catalogue.register.organisations["valid_from"].dropna()))


def _base(catalogue: ProgrammeCatalogue, method: Method) -> str:
    """What beside the record decides about derived tables: definitions, register, how cells are merged, the programme, the step itself."""
    parts = [
        catalogue.register.fingerprint,
        catalogue.matches.fingerprint,
        method.model_dump_json(exclude=SCORES | DRAWN),
        catalogue.programme.model_dump_json(
            exclude={
                *("clock", "method", "rounds", "indices", "baseline", "framework", "boundaries"),
                *("audiences", "formats", "readers", "audit", "audit_days"),
            }
        ),
    ]
    parts += [f"{s.id}={s.fingerprint}" for s in catalogue.sources.values()]
    return hashlib.sha256("\0".join([*parts, str(VERSIONS["analysis"])]).encode()).hexdigest()
