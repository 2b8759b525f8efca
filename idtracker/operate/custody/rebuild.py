"""Making judgements and store again from what was received, beside the old ones, and putting them in their place.

Nothing but the landing area, its ledger, the definitions and the log of runs is read. Content hashes before and after say
whether anything differed. Readers have the old publication until the new one is whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

import duckdb

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Settings
from idtracker.model.tables import TABLES, columns_of
from idtracker.operate.custody.audit import is_waiting, publication_problems
from idtracker.operate.pipeline import derive_steps, run_steps
from idtracker.operate.step import Context, StepResult
from idtracker.operate.steps.publication import publish
from idtracker.publish.audience import AUDIENCES
from idtracker.publish.snapshot import read_manifest
from idtracker.store.connection import open_store, writing_turn
from idtracker.store.copies import LOGS, content_hashes
from idtracker.store.schema import recall, store_version

WORKSHOP = ".rebuild"
REPLACED = "replaced.duckdb"
COMPARED = [name for name in TABLES if name not in LOGS]
Listener = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TableChange:
    """One table before and after. `missing` rows are only in the old store, `added` ones only in the new one."""

    table: str
    rows_before: int | None
    rows_after: int
    hash_before: str | None
    hash_after: str
    missing: int = 0
    added: int = 0

    @property
    def is_same(self) -> bool:
        return self.hash_before in (None, self.hash_after)


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild found. `problems` keep the new store from taking the old one's place; `notes` only explain."""

    place: Path
    judged: int = 0
    tables: list[TableChange] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    published: dict[str, Path] = field(default_factory=dict)

    @property
    def differing(self) -> list[TableChange]:
        return [t for t in self.tables if not t.is_same]


def rebuild(
    settings: Settings,
    catalogue: Catalogue,
    now: datetime,
    into: Path | None = None,
    listen: Listener | None = None,
) -> Rebuilt:
    """Make accepted rows and store again and compare; without `into` they take the old ones' place and are published.

    The new store speaks of the day of the old one, else of `now`. Where a received file is damaged or the new store breaks
    an invariant, everything stays as it was.
    """
    if into is not None and into.exists() and any(into.iterdir()):
        raise UsageError(f"{into} is not empty; name a new folder with --into.")
    if not settings.landing.is_dir():
        raise UsageError(f"{settings.home} has received nothing yet; name the home with --home.")
    with writing_turn(settings):
        with _workshop(settings, into) as fresh:
            result = Rebuilt(into or settings.home)
            moment, until = day_of_store(settings, now)
            behind = is_waiting(settings, catalogue)
            if behind:
                result.notes.append(f"files waited for a judgement under today's definitions: {', '.join(behind)}")
            _make(fresh, catalogue, moment, until, result, listen or (lambda what, done, total: None))
            if result.problems:
                return result
            compare_stores(settings, fresh, result)
            if into is not None:
                return result
            _swap(settings, fresh, keep_old=bool(result.differing))
        for audience_id in AUDIENCES:
            is_bad = bool(publication_problems(settings, audience_id))
            folder, _ = publish(settings, catalogue, audience_id, moment, until, again=is_bad)
            result.published[audience_id] = folder
    return result


def derive_everything(settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None) -> list[str]:
    """Fill the store from accepted rows, every table of it; what is wrong with the facts, if anything."""
    context = Context(settings, catalogue, now, until)
    result = run_steps(derive_steps(catalogue), context)
    facts = result.results.get("tracker/facts", StepResult())
    details = {check.name: check.details for check in facts.checks}
    broken = cast(list[str], details.get("schema", {}).get("broken", []))
    lost = cast(list[str], details.get("reconciliation", {}).get("unreconciled", []))
    failed = [why for step, why in result.failures.items() if not (step == "tracker/facts" and broken)]
    return [*broken, *(f"{s}: rows read are not all accounted for" for s in lost), *failed]


def day_of_store(settings: Settings, now: datetime) -> tuple[datetime, datetime | None]:
    """The instant that the store speaks of, and the one up to which it knows; else that of the publication, else `now`."""
    as_of = until = None
    if settings.store.exists():
        try:
            with open_store(settings) as connection:
                as_of, until = recall(connection, "as_of"), recall(connection, "until")
        except duckdb.Error:
            as_of = None  # said when the stores are compared
    manifest = read_manifest(settings, DEFAULT_AUDIENCE)
    said = as_of or (str(manifest["as_of"]) if manifest and "as_of" in manifest else "")
    return (parse_instant(said) if said else now), parse_instant(until) if until else None


@contextmanager
def _workshop(settings: Settings, into: Path | None) -> Iterator[Settings]:
    """A home that reads the same landing area. It is gone afterwards, but for the accepted rows and the store of `into`."""
    place = into or settings.home / WORKSHOP
    if into is None:
        shutil.rmtree(place, ignore_errors=True)  # of a rebuild that was cut off
    place.mkdir(parents=True, exist_ok=True)
    fresh = Settings(home=place, sources=settings.sources)
    fresh.landing.symlink_to(settings.landing.resolve(), target_is_directory=True)
    log = settings.home / "runs.jsonl"
    if log.exists():
        shutil.copyfile(log, place / log.name)
    try:
        yield fresh
    finally:
        fresh.landing.unlink(missing_ok=True)
        if into is None:
            shutil.rmtree(place, ignore_errors=True)


def _make(
    fresh: Settings,
    catalogue: Catalogue,
    moment: datetime,
    until: datetime | None,
    result: Rebuilt,
    listen: Listener,
) -> None:
    total = len(catalogue.sources) + 1
    for done, source in enumerate(catalogue.sources.values()):
        listen(source.id, done, total)
        outcomes, damaged = judge_waiting(fresh, catalogue, source)
        result.judged += len(outcomes)
        result.problems += damaged
    if result.problems:
        return
    listen("store", total - 1, total)
    result.problems += derive_everything(fresh, catalogue, moment, until)


def compare_stores(old: Settings, new: Settings, result: Rebuilt) -> None:
    """Content of every table before and after; a store of another data model, or none, is not compared."""
    with open_store(new) as connection:
        hashes = content_hashes(connection, COMPARED)
        counts = {t: _count(connection, f'"{t}"') for t in COMPARED}
        before, why = _old_hashes(old)
        if before is None:
            result.notes.append(why)
            result.tables = [TableChange(t, None, counts[t], None, hashes[t]) for t in COMPARED]
            return
        connection.execute(f"ATTACH '{str(old.store).replace(chr(39), chr(39) * 2)}' AS old (READ_ONLY)")
        try:
            for table in COMPARED:
                missing = added = 0
                if before[table] != hashes[table]:
                    missing, added = _difference(connection, table)
                rows = _count(connection, f'old.main."{table}"')
                change = TableChange(table, rows, counts[table], before[table], hashes[table], missing, added)
                result.tables.append(change)
        finally:
            connection.execute("DETACH old")


def _old_hashes(old: Settings) -> tuple[dict[str, str] | None, str]:
    """Content of the old store, or why there is nothing to compare with."""
    if not old.store.exists():
        return None, "there was no store to compare with"
    try:
        with open_store(old) as connection:
            if recall(connection, "model") != store_version():
                return None, "the old store was made under another data model, so that its tables were not compared"
            return content_hashes(connection, COMPARED), ""
    except duckdb.Error as problem:
        return None, f"the old store could not be read, so that its tables were not compared ({problem})"


def _difference(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[table]))
    old, new = f'SELECT {columns} FROM old.main."{table}"', f'SELECT {columns} FROM main."{table}"'
    return _count(connection, f"({old} EXCEPT ALL {new})"), _count(connection, f"({new} EXCEPT ALL {old})")


def _count(connection: duckdb.DuckDBPyConnection, what: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
    return int(row[0]) if row else 0


def _swap(settings: Settings, fresh: Settings, keep_old: bool) -> None:
    """Put the new accepted rows and store in place. Cut off anywhere, what is missing is judged again by the next run."""
    away = settings.home / ".replaced"
    shutil.rmtree(away, ignore_errors=True)
    if settings.accepted.exists():
        settings.accepted.rename(away)
    fresh.accepted.mkdir(exist_ok=True)
    fresh.accepted.rename(settings.accepted)
    settings.store.parent.mkdir(parents=True, exist_ok=True)
    settings.store.with_name(f"{settings.store.name}.wal").unlink(missing_ok=True)
    if keep_old:
        settings.store.replace(settings.store.with_name(REPLACED))
    fresh.store.replace(settings.store)
    shutil.rmtree(away, ignore_errors=True)
