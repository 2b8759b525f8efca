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

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.model.errors import UsageError
from idtracker.model.files import private_folder
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import parse_instant
from idtracker.model.tables import TABLES, columns_of
from idtracker.operate.custody.audit import is_waiting
from idtracker.operate.custody.publish_all import publish_all
from idtracker.operate.pipeline import derive_steps, run_steps
from idtracker.operate.services.rounds.folders import publish_rounds
from idtracker.operate.step import Context, StepResult
from idtracker.operate.steps.expectations import write_drift
from idtracker.publish.manifest import read_manifest
from idtracker.store.connection import kept_open, open_store, writing_turn
from idtracker.store.copies import LOGS, content_hashes
from idtracker.store.schema import recall, store_version
from idtracker.store.tables import quoted

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
    def is_compared(self) -> bool:
        """Whether there was a store to compare with."""
        return any(t.hash_before is not None for t in self.tables)

    @property
    def differing(self) -> list[TableChange]:
        return [t for t in self.tables if not t.is_same]


def rebuild(
    home: Home,
    catalogue: ProgrammeCatalogue,
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
    if not home.landing.is_dir():
        raise UsageError(f"{home.root} has received nothing yet; name the home with --home.")
    with writing_turn(home):
        with _workshop(home, into) as fresh:
            result = Rebuilt(into or home.root)
            moment, until = day_of_store(home, now)
            catalogue = catalogue.on(until or now)
            waiting = is_waiting(home, catalogue)
            if waiting:
                result.notes.append(f"files waited for a judgement under today's definitions: {', '.join(waiting)}")
            _make(fresh, catalogue, moment, until, result, listen or (lambda what, done, total: None))
            if result.problems:
                return result
            compare_stores(home, fresh, result)
            if into is not None:
                return result
            _swap(home, fresh, keep_old=bool(result.differing))
        result.published |= publish_all(Context(home, catalogue, moment, until), from_nothing=True)
        result.notes += publish_rounds(home, catalogue, until)
    return result


def derive_everything(home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None) -> list[str]:
    """Fill the store from accepted rows, every table of it; what is wrong with the facts, if anything."""
    context = Context(home, catalogue, now, until, takes_new=False)
    with kept_open(home):
        result = run_steps(derive_steps(catalogue), context)
    write_drift(home)
    facts = result.results.get("tracker/facts", StepResult())
    details = {check.name: check.details for check in facts.checks}
    broken = cast(list[str], details.get("schema", {}).get("broken", []))
    lost = cast(list[str], details.get("reconciliation", {}).get("unreconciled", []))
    failed = [why for step, why in result.failures.items() if not (step == "tracker/facts" and broken)]
    return [*broken, *(f"{s}: rows read are not all accounted for" for s in lost), *failed]


def day_of_store(home: Home, now: datetime) -> tuple[datetime, datetime | None]:
    """The instant that the store speaks of, and the one up to which it knows; else that of the publication, else `now`."""
    as_of = until = None
    if home.store.exists():
        try:
            with open_store(home) as connection:
                as_of, until = recall(connection, "as_of"), recall(connection, "until")
        except duckdb.Error:
            as_of = None  # said when the stores are compared
    manifest = read_manifest(home, DEFAULT_AUDIENCE)
    text = as_of or (str(manifest["as_of"]) if manifest and "as_of" in manifest else "")
    return (parse_instant(text) if text else now), parse_instant(until) if until else None


@contextmanager
def _workshop(home: Home, into: Path | None) -> Iterator[Home]:
    """A home that reads the same landing area. It is gone afterwards, but for the accepted rows and the store of `into`."""
    place = into or home.root / WORKSHOP
    if into is None:
        shutil.rmtree(place, ignore_errors=True)  # of a rebuild that was cut off
    private_folder(place)
    fresh = Home(root=place, sources=home.sources)
    fresh.landing.symlink_to(home.landing.resolve(), target_is_directory=True)
    log = home.root / "runs.jsonl"
    if log.exists():
        shutil.copyfile(log, place / log.name)
    try:
        yield fresh
    finally:
        fresh.landing.unlink(missing_ok=True)
        if into is None:
            shutil.rmtree(place, ignore_errors=True)


def _make(
    fresh: Home,
    catalogue: ProgrammeCatalogue,
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


def compare_stores(old: Home, new: Home, result: Rebuilt) -> None:
    """Content of every table before and after; a store of another data model, or none, is not compared."""
    with open_store(new) as connection:
        hashes = content_hashes(connection, COMPARED)
        counts = {t: _count(connection, f'"{t}"') for t in COMPARED}
        before, why = _old_hashes(old)
        if before is None:
            result.notes.append(why)
            result.tables = [TableChange(t, None, counts[t], None, hashes[t]) for t in COMPARED]
            return
        connection.execute(f"ATTACH {quoted(old.store)} AS old (READ_ONLY)")
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


def _old_hashes(old: Home) -> tuple[dict[str, str] | None, str]:
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


def _swap(home: Home, fresh: Home, keep_old: bool) -> None:
    """Put the new accepted rows and store in place. Cut off anywhere, what is missing is judged again by the next run."""
    away = home.root / ".replaced"
    shutil.rmtree(away, ignore_errors=True)
    if home.accepted.exists():
        home.accepted.rename(away)
    fresh.accepted.mkdir(exist_ok=True)
    fresh.accepted.rename(home.accepted)
    home.store.parent.mkdir(parents=True, exist_ok=True)
    home.store.with_name(f"{home.store.name}.wal").unlink(missing_ok=True)
    if keep_old:
        home.store.replace(home.store.with_name(REPLACED))
    fresh.store.replace(home.store)
    shutil.rmtree(away, ignore_errors=True)
