"""At which instants metrics are kept, and what they rest on beside the store."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import Timeline
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.store.history.change_points import ChangePoints
from idtracker.store.tables import read_table


@dataclass(frozen=True, slots=True)
class Reading:
    """An instant at which metrics are read: the quarters in sight then, those new in sight, those gone, the reading before."""

    at: pd.Timestamp
    periods: tuple[str, ...]
    came: frozenset[str]
    gone: frozenset[str]
    after: pd.Timestamp | None


@dataclass(frozen=True, slots=True)
class Basis:
    """What figures rest on beside the store: the quarter of the baseline where one is named, which sources feed each fact table, who reads for whom,
    and the method of the scores and trends that some of them read."""

    baseline: str | None = None
    feeds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    readers: str = ""
    method: str = ""

    @classmethod
    def of(cls, catalogue: ProgrammeCatalogue, baseline: str | None) -> Basis:
        feeds: dict[str, list[str]] = {}
        for source in catalogue.sources.values():
            for table in source.feeds:
                feeds.setdefault(table, []).append(source.id)
        method = f"{catalogue.methods.headline.fingerprint} {catalogue.methods.trend}"
        return cls(baseline, feeds, _readers(catalogue.programme), method)


def _readers(programme: Programme) -> str:
    """All that decides for whom people read, and what they may see; empty where nothing is said of it."""
    audiences = programme.audience_by_id
    named = [audiences[name] for name in sorted({entry.audience for entry in programme.readers})]
    seen = [(a.id, a.groups, a.clearance, str(a.delay)) for a in named]
    return f"{programme.readers} {seen}" if programme.readers else ""


def baseline_quarter(connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue) -> str | None:
    """The quarter that a programme names as its baseline, from the rounds of the store; DefinitionError for a round that it does not have."""
    baseline = catalogue.programme.baseline
    if baseline is None:
        return None
    rounds = read_table(connection, "round")
    return baseline.quarter(dict(zip(rounds["round_id"], rounds["period"], strict=True)))


def round_ends(connection: duckdb.DuckDBPyConnection) -> list[pd.Timestamp]:
    """The instants at which rounds were published."""
    return sorted({pd.Timestamp(at) for at in read_table(connection, "round")["published_at"].dropna()})


def kept_readings(line: Timeline, as_of: pd.Timestamp, others: Iterable[pd.Timestamp] = ()) -> Timeline:
    """The instants at which metrics are kept, each with all that was known by then: first instants of months, `others`, `as_of`."""
    change_points = line.change_points
    first = change_points.at[0] if change_points.at else None
    months = [] if first is None else list(pd.date_range(first.normalize(), as_of, freq="MS"))
    instants = [at for at in sorted({*months, *others, as_of}) if first is not None and first <= at <= as_of]
    last = [bisect_right(change_points.at, at) - 1 for at in instants]
    signatures = tuple(change_points.signatures[n] for n in last)
    return Timeline(ChangePoints(tuple(instants), signatures), tuple(line.periods[n] for n in last))
