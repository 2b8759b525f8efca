"""The store of an audience, worked out from what it may see by the steps that work out the owner's."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from idtracker.ingest.indices.editions import FOLDER, IndexEditions
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc
from idtracker.model.methods.named_indices import IndexEntry
from idtracker.model.published.audience import Audience
from idtracker.model.register.match_decisions import Matches
from idtracker.model.register.units import unit_named
from idtracker.operate.audiences.seen_catalogue import seen_catalogue, seen_matches
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.step import Context, PipelineResult, Step
from idtracker.store.connection import kept_open, open_store, writing_turn
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.release.candidates import Reference
from idtracker.store.release.release import RECORD, release_rows

FOLDER_OF_AUDIENCES = "audiences"
EMPTY = ("finding", "waiver", "adjudication", "resolution", "audit", "readership", "run", "reconciliation", "drift")
"""Tables about the work itself that are the owner's alone: their texts, counts and names may tell of rows that others may not see."""
Steps = Callable[[ProgrammeCatalogue], Sequence[Step]]
Run = Callable[[Sequence[Step], Context], PipelineResult]


@dataclass(frozen=True, slots=True)
class Seen:
    """What an audience has: its home, the definitions that it may know, and the instant up to which it knows anything."""

    home: Home
    catalogue: ProgrammeCatalogue
    until: datetime

    def fingerprint(self, matches: Matches) -> str:
        """Changes whenever its store does: the rows and decisions on record, definitions, `matches` of the programme, and the day."""
        known = hashlib.sha256(matches.fingerprint.encode())
        known.update(repr(sorted(versions_of(self.home, self.catalogue).items())).encode())
        known.update(f"{self.catalogue.programme.model_dump_json()} {self.until:%Y-%m-%d}".encode())
        record = self.home.landing / "ledger"
        for path in sorted(path for path in record.rglob("*") if path.is_file()):
            known.update(f"\0{path.relative_to(record)}\0".encode() + path.read_bytes())
        known.update((self.home.root / RECORD).read_bytes())
        return known.hexdigest()


def home_of(home: Home, audience_id: str) -> Home:
    """The home of an audience inside the home of the programme. It holds nothing that the audience may not see."""
    return Home(home.root / FOLDER_OF_AUDIENCES / audience_id, home.sources)


def release(context: Context, audience: Audience) -> Seen:
    """Bring the record of the audience's home up to what it may see. Its store is as it was."""
    home, catalogue = context.home, context.catalogue
    own = home_of(home, audience.id)
    with writing_turn(home):
        with_rows = release_rows(home, own, catalogue.sources, audience, context.now, _reference(catalogue))
        seen = seen_catalogue(catalogue, audience, with_rows)
        _copy_editions(home, own, seen.programme.indices)
    return Seen(own, seen, seen_until(context, audience))


def work_out(context: Context, seen: Seen, steps: Steps, run: Run) -> Seen:
    """Bring the store up to the record; IdtrackerError where a step fails: then nothing of it may be published."""
    own, catalogue, until = seen.home, seen.catalogue, seen.until
    inner = replace(context, home=own, catalogue=catalogue, now=until, until=until, takes_new=False)
    with kept_open(own):
        _do(run, [step for step in steps(catalogue) if step.name in ("tracker/registers", "tracker/facts")], inner)
        with open_store(own) as connection:
            registered = list(catalogue.register.organisations["org_id"])
            matches = seen_matches(connection, context.catalogue.matches, registered)
        catalogue = replace(catalogue, matches=matches)
        again = () if matches.entries else ("tracker/registers",)
        rest = [step for step in steps(catalogue) if step.name not in ("tracker/facts", *again)]
        _do(run, rest, replace(inner, catalogue=catalogue))
        _keep_back(own)
    return replace(seen, catalogue=catalogue)


def seen_until(context: Context, audience: Audience) -> datetime:
    """The instant up to which an audience knows anything: that of the owner's store, less the delay."""
    day = day_of_knowledge(context.home, context.catalogue, context.now, context.until)
    return aware_utc(day.to_pydatetime()) - audience.delay


def _reference(catalogue: ProgrammeCatalogue) -> Reference:
    register = catalogue.register
    named = zip(register.indicators["indicator_id"], register.indicators["unit"], strict=True)
    units = {str(indicator): unit_named(register, str(unit)) for indicator, unit in named}
    people = frozenset(name for name, unit in units.items() if unit is not None and unit.dimension == _PEOPLE)
    above = register.places.dropna(subset=["parent_id"])
    return Reference(people, dict(zip(above["place_id"], above["parent_id"], strict=True)))


_PEOPLE = "count of people"
"""Dimension of the units that count people."""


def _copy_editions(home: Home, own: Home, indices: Sequence[IndexEntry]) -> None:
    """Keep the editions of the index files that may be seen, from the instants on from which they count."""
    shutil.rmtree(own.landing / "ledger" / FOLDER, ignore_errors=True)
    known, kept = IndexEditions(home), IndexEditions(own)
    for entry in indices:
        for edition in known.of(entry.id):
            kept.keep(entry.id, edition.data_file, known.content(edition), edition.seen_at)


def _do(run: Run, steps: Sequence[Step], context: Context) -> None:
    done = run(steps, context)
    if done.failures:
        raise IdtrackerError("; ".join(f"{step}: {why}" for step, why in done.failures.items()))


def _keep_back(own: Home) -> None:
    """Empty the tables that are the owner's alone, and what a receipt cannot say without the whole file."""
    with open_store(own) as connection:
        for table in EMPTY:
            connection.execute(f'DELETE FROM "{table}"')
        connection.execute("UPDATE submission SET size_bytes = NULL, withdrawn_why = NULL WHERE size_bytes IS NOT NULL")
