"""A past publication made again from what was on record then, in a folder that is removed, and held against what was published.

The name of a publication says its day and the hash over its content, so that also one that is no longer kept can be told to be the same.
Parquet files are compared byte for byte, the database by the content of its tables: a file that was carried on from the one before
holds the same rows in other pages.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from idtracker.ingest.decisions.kept_definitions import KeptDefinitions
from idtracker.ingest.decisions.rounds import Rounds, rounds_of
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition_set import catalogue_of_set
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.model.errors import DamagedFileError, IdtrackerError
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc, parse_instant
from idtracker.model.published.audience import OWNER, audience_named
from idtracker.operate.custody.past_record import PastRecord, latest_on_record, lay_out, past_records, submissions_of
from idtracker.operate.custody.publish_all import publish_one
from idtracker.operate.custody.rebuild import derive_everything
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.step import Context
from idtracker.publish.citing.publications import kept_publications, manifest_of, publication_folder, publication_name
from idtracker.publish.manifest import DATABASE
from idtracker.publish.snapshot import LOG
from idtracker.store.connection import connect, writing_turn
from idtracker.store.copies import LOGS, content_hashes
from idtracker.store.knowledge_date import day_of_knowledge

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-([0-9a-f]{12})(-again)?")
_OF_SET = ("register", "matches", "sources", "programme")
"""Versions that the definitions kept by rounds stand for."""
_WORDS = {
    "rule_set": "the rules that judge files",
    "steps": "the steps of the program",
    "model": "the data model of the program",
    "register": "reference data",
    "matches": "decisions about matches",
    "sources": "source definitions",
    "programme": "what programme.yml says of the tracker, its country and its groups",
    "method": "the method",
    "methods": "the methods",
    "warnings": "warning rules",
    "indices": "indices",
    "framework": "the framework",
    "baseline": "the baseline",
}
MOST_TRIES = 8
"""How many states of the record are tried where nothing tells which one a publication was made from."""


@dataclass(frozen=True, slots=True)
class ReproducedTable:
    """A table as published and as made again. `has_same_bytes` is about its Parquet file; None where none is kept."""

    table: str
    rows: int | None
    rows_again: int
    has_same_content: bool
    has_same_bytes: bool | None

    @property
    def is_same(self) -> bool:
        return self.has_same_content and self.has_same_bytes is not False


@dataclass(slots=True)
class Reproduction:
    """What came of making a publication again. `made` is the name that it was given this time."""

    publication: str
    is_kept: bool
    made: str = ""
    as_of: str = ""
    tried: int = 0
    tables: list[ReproducedTable] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def differing(self) -> list[ReproducedTable]:
        """Tables that are not the same; those that tell of the work alone are no part of the content."""
        return [table for table in self.tables if not table.is_same and table.table not in LOGS]

    @property
    def is_same(self) -> bool:
        """Kept: every table, byte for byte. No longer kept: the content has the hash in the name."""
        return bool(self.tables) and (not self.differing if self.is_kept else self.made == self.publication)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The publication that is to be made again: its folder and manifest where it is kept, else its name alone."""

    home: Home
    audience_id: str
    name: str
    folder: Path | None
    manifest: Mapping[str, Any]

    @property
    def as_of(self) -> datetime | None:
        return parse_instant(str(self.manifest["as_of"])) if self.manifest else None

    def records(self) -> list[PastRecord]:
        """States of the record that it may have been made from, the likeliest first."""
        records = past_records(self.home)
        links = self.manifest.get("made_from", {}).get("chain_links")
        if any(record.links == links for record in records):
            return [record for record in records if record.links == links]
        if self.folder is None or self.audience_id != OWNER.id:  # others have names of their own for submissions
            return records[:MOST_TRIES]
        submissions = set(_column(self.folder, "submission", "submission_id"))
        runs = len(_column(self.folder, "run", "run_id"))
        fitting = [record for record in records if submissions_of(self.home, record) == submissions]
        return sorted(fitting, key=lambda record: abs(record.runs - runs))[:MOST_TRIES]


def reproduce(home: Home, catalogue: ProgrammeCatalogue, audience_id: str, typed: str) -> Reproduction:
    """Make a publication again and compare; nothing of the home is changed. UsageError where no publication has the name.

    `catalogue`: the definitions of today, which are used where the publication was made by these, or those of then are not kept.
    """
    audience_named(catalogue.programme.audience_by_id, audience_id)
    with writing_turn(home), TemporaryDirectory(dir=home.root, prefix=".reproduce-") as folder:
        wanted = _wanted(home, audience_id, typed)
        result = Reproduction(wanted.name, wanted.folder is not None)
        with _definitions(wanted, catalogue, Path(folder), result) as (then, sources):
            for number, record in enumerate(wanted.records()):
                again = lay_out(home, record, Path(folder) / f"record-{number}", sources)
                if _has_its_day(wanted, again, then, record):
                    result.tried += 1
                    _make(wanted, again, then, record, result)
                shutil.rmtree(again.root)
                if result.is_same:
                    break
        _explain(wanted, then, result)
    return result


def _wanted(home: Home, audience_id: str, typed: str) -> _Wanted:
    kept = kept_publications(home, audience_id)
    match = _NAME.fullmatch(typed)
    if match and typed not in kept:
        name = f"{match[1]}-{match[2]}"
        return _Wanted(home, audience_id, name, None, _noted(home, audience_id, name))
    folder = publication_folder(home, audience_id, None if typed == "current" else typed)
    manifest = manifest_of(folder)
    return _Wanted(home, audience_id, publication_name(manifest), folder, manifest)


def _noted(home: Home, audience_id: str, name: str) -> Mapping[str, Any]:
    """The manifest of a publication that is no longer kept, where the log of publications has it."""
    log = home.published / audience_id / LOG
    for line in log.read_text("utf-8").splitlines() if log.is_file() else ():
        with suppress(ValueError, KeyError, TypeError):
            manifest = dict(json.loads(line))
            if publication_name(manifest) == name:
                return manifest
    return {}


@contextmanager
def _definitions(
    wanted: _Wanted, catalogue: ProgrammeCatalogue, folder: Path, result: Reproduction
) -> Iterator[tuple[ProgrammeCatalogue, Path]]:
    """The definitions of then, and where they lie: those of today where these are the same, else such as a round keeps."""
    stated = wanted.manifest.get("versions", {})
    now = versions_of(wanted.home, catalogue)
    is_whole = wanted.audience_id == OWNER.id  # the publication of another audience states what it may know of them
    if not wanted.manifest or not is_whole or all(stated.get(name, now[name]) == now[name] for name in _OF_SET):
        yield catalogue, wanted.home.sources
        return
    for known in rounds_of(Rounds(wanted.home).acts()).values():
        content = known.frozen.content if known.frozen is not None else {}
        if content.get("definition_set") and all(
            content["definitions"].get(name) == stated.get(name) for name in _OF_SET
        ):
            sources, day = folder / "sources", datetime.fromisoformat(content["definitions_on"]).date()
            files = KeptDefinitions(wanted.home).read(str(content["definition_set"]))
            yield catalogue_of_set(files, sources, day), sources
            return
    result.reasons.append("the definitions of that day are not kept: it was made by those of today")
    yield catalogue, wanted.home.sources


def _has_its_day(wanted: _Wanted, again: Home, then: ProgrammeCatalogue, record: PastRecord) -> bool:
    """Whether a state of the record speaks of the day in the name of the publication."""
    if wanted.manifest:
        return True
    return f"{day_of_knowledge(again, then, record.began_at, None):%Y-%m-%d}" == wanted.name[:10]


def _make(wanted: _Wanted, again: Home, then: ProgrammeCatalogue, record: PastRecord, result: Reproduction) -> None:
    """Judge, derive and publish in a home of its own, and compare. What cannot be made is a reason."""
    as_of = wanted.as_of or aware_utc(day_of_knowledge(again, then, record.began_at, None).to_pydatetime())
    as_of += audience_named(then.programme.audience_by_id, wanted.audience_id).delay
    until = as_of if latest_on_record(again) > as_of else None
    then = then.on(until or record.began_at)
    for source in then.sources.values():
        _, damaged = judge_waiting(again, then, source)
        if damaged:
            raise DamagedFileError(damaged[0])
    if problems := derive_everything(again, then, as_of, until):
        result.reasons += problems
        return
    audience = audience_named(then.programme.audience_by_id, wanted.audience_id)
    made = publish_one(Context(again, then, as_of, until, takes_new=False), audience)
    manifest = manifest_of(made)
    result.made, result.as_of = publication_name(manifest), str(manifest["as_of"])
    tables = _compared(wanted, made, manifest)
    if not result.tables or sum(t.is_same for t in tables) > sum(t.is_same for t in result.tables):
        result.tables = tables


def _compared(wanted: _Wanted, made: Path, manifest: Mapping[str, Any]) -> list[ReproducedTable]:
    """Every table in both forms; of a publication that is no longer kept, what there is now."""
    then = wanted.manifest.get("tables", {})
    in_database = _database_hashes(wanted.folder, list(then)) if wanted.folder is not None else {}
    tables = []
    for table in sorted({*then, *manifest["tables"]}, key=[*then, *manifest["tables"]].index):
        before, after = then.get(table), manifest["tables"].get(table)
        is_same = not then or (before is not None and after is not None and before["hash"] == after["hash"])
        if wanted.folder is not None:
            is_same = is_same and in_database.get(table) == (before or {}).get("hash")
        same_bytes = None
        if wanted.folder is not None:
            same_bytes = _digest(wanted.folder, table) == _digest(made, table)
        rows = None if before is None else int(before["rows"])
        tables.append(ReproducedTable(table, rows, int((after or {"rows": 0})["rows"]), is_same, same_bytes))
    return tables


def _database_hashes(folder: Path, tables: Sequence[str]) -> dict[str, str]:
    """Content of the tables of a kept database."""
    try:
        with connect(str(folder / DATABASE), read_only=True) as connection:
            return content_hashes(connection, tables)
    except duckdb.Error as problem:
        raise IdtrackerError(f"{folder / DATABASE}: it cannot be read ({str(problem).splitlines()[0]})") from problem


def _digest(folder: Path, table: str) -> str:
    path = folder / "parquet" / f"{table}.parquet"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _column(folder: Path, table: str, column: str) -> list[str]:
    """A column of a table of a kept publication; none where the audience has no such table. IdtrackerError where it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / "parquet" / f"{table}.parquet"
    try:
        return (
            [str(v) for v in pq.read_table(path, columns=[column]).column(column).to_pylist()] if path.is_file() else []
        )
    except (OSError, pa.ArrowException) as problem:
        raise IdtrackerError(f"{path}: it cannot be read ({str(problem).splitlines()[0]})") from problem


def _explain(wanted: _Wanted, then: ProgrammeCatalogue, result: Reproduction) -> None:
    """Why it may differ, and what its bytes cannot say."""
    if result.tried == 0:
        result.reasons.append("nothing on record tells what it was made from")
    if wanted.folder is None:
        result.notes.append("it is no longer kept: the hash in its name tells whether its content is the same")
        if not result.is_same and result.tried:
            result.reasons.append(f"no state of the record that speaks of {wanted.name[:10]} has this content today")
    else:
        whole = wanted.manifest.get("database", {}).get("bytes_whole")
        if (wanted.folder / DATABASE).stat().st_size != whole:
            result.notes.append("its database was carried on from the one before: its rows are compared, not its pages")
    if result.is_same:
        return
    now = _versions(wanted.home, then)
    stated = wanted.manifest.get("versions", {})
    changed = [text for name, text in _WORDS.items() if name in stated and stated[name] != now.get(name, stated[name])]
    result.reasons += [f"changed since: {text}" for text in changed]


def _versions(home: Home, then: ProgrammeCatalogue) -> dict[str, str]:
    from idtracker.model.tables.version import model_version

    return versions_of(home, then) | {"model": model_version()}
