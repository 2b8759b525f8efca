"""What everybody wrote down about what is expected, as far as an audience may know of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace

import duckdb

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.handling import Handling
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Cadence, Source
from idtracker.model.marking import Marking
from idtracker.model.published.audience import Audience
from idtracker.model.register.entity_columns import activity_columns, organisation_columns
from idtracker.model.register.match_decisions import Match, Matches
from idtracker.model.tables import FACTS

DECIDED_BY = "the programme"


def seen_catalogue(catalogue: ProgrammeCatalogue, audience: Audience, with_rows: Collection[str]) -> ProgrammeCatalogue:
    """The catalogue with the sources that are released to an audience, or of which it has rows, under the marking that it reads.

    Of a source that is not released itself only the name of its folder, its parts and its grades are known: nothing of its owner and what it owes.
    """
    sources = {
        source_id: _seen_source(source, audience)
        for source_id, source in catalogue.sources.items()
        if source_id in with_rows or audience.sees(source.handling.marking)
    }
    return replace(
        catalogue,
        programme=_seen_programme(catalogue.programme, audience, sources),
        sources=sources,
        names={source_id: names for source_id, names in catalogue.names.items() if source_id in sources},
        matches=Matches(),
        stopped={},
        set_aside=(),
    )


def _seen_source(source: Source, audience: Audience) -> Source:
    marking = source.handling.marking
    handling = _handling(audience.shown(marking), source.handling.handling)
    if audience.sees(marking):
        return source.model_copy(update={"handling": handling})
    unknown = {"title": source.id, "owner": "", "description": "", "cadence": Cadence(every="as_needed")}
    return source.model_copy(
        update={"handling": _handling(Marking(audience.clearance, frozenset()), [], audience), **unknown}
    )


def _handling(marking: Marking, instructions: list[str], audience: Audience | None = None) -> Handling:
    shown = audience.shown(marking) if audience else marking
    return Handling.model_validate(
        {"classification": shown.classification, "releasable_to": sorted(shown.groups), "handling": instructions}
    )


def _seen_programme(programme: Programme, audience: Audience, sources: Collection[str]) -> Programme:
    """The programme without other audiences, their groups, and what is said of sources and indices that are not theirs to see."""
    locks = [lock.model_copy(update={"sources": [s for s in lock.sources if s in sources]}) for lock in programme.locks
             if not lock.sources or set(lock.sources) & set(sources)]  # fmt: skip
    indices = [
        entry.model_copy(
            update={"handling": _handling(audience.shown(entry.handling.marking), []) if entry.handling else None}
        )
        for entry in programme.indices
        if entry.handling is None or audience.sees(entry.handling.marking)
    ]
    return programme.model_copy(
        update={
            "audiences": [],
            "readers": [],
            "groups": list(audience.groups or programme.groups),
            "handling": _handling(audience.shown(programme.marking), []),
            "locks": locks,
            "indices": indices,
        }
    )


def seen_matches(connection: duckdb.DuckDBPyConnection, matches: Matches, registered: Collection[str]) -> Matches:
    """The decisions about identifiers that the audience's own facts or the register have on both sides, without names and reasons."""
    if not matches.entries:
        return Matches()
    known = {
        "organisation": set(registered) | _values(connection, organisation_columns()),
        "activity": _values(connection, activity_columns()),
    }
    kept = tuple(_seen(m) for m in matches.entries if {m.left_id, m.right_id} <= known.get(m.kind, set()))
    return Matches(kept, hashlib.sha256(repr(kept).encode()).hexdigest() if kept else "")


def _seen(match: Match) -> Match:
    return replace(match, decided_by=DECIDED_BY, why="", origin="")


def _values(connection: duckdb.DuckDBPyConnection, columns: dict[str, tuple[str, ...]]) -> set[str]:
    """Every identifier in some columns of the fact tables; several in one cell are several."""
    found: set[str] = set()
    for table in FACTS:
        for name in columns.get(table, ()):
            rows = connection.execute(
                f'SELECT DISTINCT unnest(string_split("{name}", \';\')) FROM "{table}" WHERE "{name}" IS NOT NULL'
            ).fetchall()
            found |= {str(value) for (value,) in rows}
    return found
