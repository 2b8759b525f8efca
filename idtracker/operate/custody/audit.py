"""What is wrong with judgements, store and publications: whether each still is what it was made as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.archive import accepted_folder
from idtracker.ingest.judged.queue import pending
from idtracker.ingest.judged.seals import folder_faults, is_hashed
from idtracker.ingest.landing.audit import Audited, AuditProblem
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.home import Home
from idtracker.model.published.audience import OWNER
from idtracker.model.tables import FACTS, TABLES
from idtracker.model.tables.version import model_version
from idtracker.operate.audiences.work_out import home_of
from idtracker.operate.steps.facts import broken_invariants, unreconciled
from idtracker.publish.export.inside.described import file_problems
from idtracker.publish.manifest import DATABASE, read_manifest
from idtracker.publish.snapshot import content_digest
from idtracker.store.connection import connect, open_store
from idtracker.store.copies import LOGS, content_hashes
from idtracker.store.schema import recall, store_version
from idtracker.store.tables import quoted, read_table

JUDGE_AGAIN = "run again: the submission is judged again from its received bytes"
REBUILD = "make the store again with `idtracker rebuild`"
WRITE_AGAIN = "remove datapackage.json there; the next `idtracker run` writes these files again"
Entry = dict[str, Any]
"""What a manifest says of a table."""


def audit_accepted(home: Home, receipts: list[Receipt], audited: Audited) -> None:
    """Every judged submission has a whole folder, and every folder a receipt."""
    expected = {accepted_folder(home, r.source_id, r.submission_id): r for r in receipts if not r.is_refused}
    waiting = older = 0
    for folder in expected:
        if not folder.is_dir():
            waiting += 1
            continue
        place = folder.relative_to(home.root).as_posix()
        for fault in folder_faults(folder):
            audited.add("accepted", place, fault, JUDGE_AGAIN)
        older += not is_hashed(folder)
    for stray in sorted(p for p in home.accepted.glob("*/[!.]*") if p not in expected):
        place = stray.relative_to(home.root).as_posix()
        audited.add(
            "accepted", place, "no receipt names this folder", "remove it, or restore the receipt from a backup"
        )
    audited.counts["accepted_folders"] = len(expected) - waiting
    if waiting:
        audited.notes.append(f"{waiting} received files wait for their judgement; the next run does it")
    if older:
        audited.notes.append(f"{older} judgements were made by an older version; the next run makes them again")


def audit_store(home: Home, catalogue: ProgrammeCatalogue, receipts: list[Receipt], audited: Audited) -> dict[str, str]:
    """The store keeps its invariants, cites received files only, and accounts for every row. Its content hashes."""
    place = home.store.relative_to(home.root).as_posix()
    if not home.store.exists():
        audited.notes.append("there is no store; the next run makes it")
        return {}
    try:
        with open_store(home) as connection:
            if recall(connection, "model") != store_version():
                audited.notes.append("the store was made under another data model; the next run fills it anew")
                return {}
            for problem in _broken(connection, receipts):
                audited.add("store", place, problem, REBUILD)
            return content_hashes(connection, [t for t in TABLES if t not in LOGS])
    except duckdb.Error as problem:
        audited.add("store", place, f"it cannot be read ({str(problem).splitlines()[0]})", REBUILD)
        return {}


def _broken(connection: duckdb.DuckDBPyConnection, receipts: list[Receipt]) -> list[str]:
    problems = [problem for table in FACTS for problem in broken_invariants(connection, table)]
    accounts = unreconciled(read_table(connection, "submission"))
    problems += [f"submission {s}: its rows are not all accounted for" for s in accounts]
    known = {r.submission_id for r in receipts}
    for table in FACTS:
        cited = connection.execute(f'SELECT DISTINCT submission_id FROM "{table}" ORDER BY 1').fetchall()
        unknown = [str(s) for (s,) in cited if s not in known]
        problems += [f"{table}: rows of {s}, of which there is no receipt" for s in unknown]
    return problems


def audit_publications(home: Home, audience_ids: Iterable[str], hashes: dict[str, str], audited: Audited) -> None:
    """Every publication holds what its manifest says, and its manifest says what the store says that it was made from."""
    named = set(audience_ids)
    for stray in sorted({path.parent.name for path in home.published.glob("*/current")} - named):
        audited.notes.append(
            f"published/{stray} is of an audience that programme.yml does not name; remove it if nobody shall read it"
        )
    for audience_id in sorted(named, key=lambda name: (name != OWNER.id, name)):
        link = home.published / audience_id / "current"
        if not link.is_symlink() and not link.exists():
            audited.notes.append(f"nothing is published for {audience_id} yet")
            continue
        audited.counts["publications"] = audited.counts.get("publications", 0) + 1
        faults = publication_problems(home, audience_id)
        audited.problems += faults
        manifest = read_manifest(home, audience_id)
        if faults or manifest is None or not hashes:
            continue
        stored = hashes if audience_id == OWNER.id else _hashes_of(home_of(home, audience_id), list(_tables(manifest)))
        outdated = [t for t, entry in _tables(manifest).items() if entry["hash"] not in (None, stored.get(t))]
        if outdated:
            message = f"it is not what the store holds now: {', '.join(outdated)}"
            audited.add("published", f"published/{audience_id}", message, "publish again with `idtracker run`")


def _hashes_of(own: Home, tables: list[str]) -> dict[str, str]:
    """What the store of an audience holds, by table; nothing where there is no store."""
    if not own.store.exists():
        return {}
    with open_store(own) as connection:
        return content_hashes(connection, [table for table in tables if table not in LOGS])


def publication_problems(home: Home, audience_id: str) -> list[AuditProblem]:
    """What is wrong with the current publication of an audience in itself; nothing where there is none."""
    link, place = home.published / audience_id / "current", f"published/{audience_id}/current"
    if not link.is_symlink() and not link.exists():
        return []
    manifest = read_manifest(home, audience_id)
    if manifest is None:
        return [AuditProblem("published", place, "manifest.json is missing or cannot be read", REBUILD)]
    tables = _tables(manifest)
    hashes = {t: str(entry["hash"]) for t, entry in tables.items() if entry["hash"]}
    versions = {k: v for k, v in dict(manifest["versions"]).items() if k != "model"}  # type: ignore[call-overload]
    if versions_model(manifest) != model_version():
        return []  # made by another version of the program; the next run publishes anew
    faults = []
    if content_digest(hashes, str(manifest["notice"]), versions) != manifest["content"]:
        faults.append("manifest.json was changed")
    folder = link.resolve()
    faults += _unlike_in_database(folder / DATABASE, tables)
    with connect() as engine:  # one for all files: to open it takes longer than to count a small one
        for table in tables:
            path = folder / "parquet" / f"{table}.parquet"
            faults += _unlike(engine, path, {table: tables[table]}, _in_parquet(path))
    of_tables = [AuditProblem("published", place, fault, REBUILD) for fault in faults]
    return of_tables + [AuditProblem("published", place, fault, WRITE_AGAIN) for fault in file_problems(folder)]


def versions_model(manifest: dict[str, object]) -> str:
    """The data model that a publication was made under."""
    versions = manifest.get("versions")
    return str(versions.get("model")) if isinstance(versions, dict) else ""


def _unlike_in_database(path: Path, tables: Mapping[str, Entry]) -> list[str]:
    """Tables of a published database whose rows or content differ from the manifest's."""
    if not path.is_file():
        return [f"{path.name} is missing"]
    try:
        with connect(str(path), read_only=True) as connection:
            return _unlike(connection, path, tables, 'main."{}"'.format)
    except duckdb.Error as problem:
        return [_unreadable(path, problem)]


def _in_parquet(path: Path) -> Callable[[str], str]:
    return lambda _: f"read_parquet({quoted(path)})"


def _unlike(
    connection: duckdb.DuckDBPyConnection, path: Path, tables: Mapping[str, Entry], source: Callable[[str], str]
) -> list[str]:
    """Tables of a file whose rows or content differ from the manifest's; `source` says in SQL where the rows of a table are."""
    if not path.is_file():
        return [f"{path.name} is missing"]
    tables_by_problem: dict[str, list[str]] = defaultdict(list)
    try:
        for table, entry in tables.items():
            row = connection.execute(f"SELECT count(*) FROM {source(table)}").fetchone()
            if row is None or row[0] != entry["rows"]:
                tables_by_problem["rows"].append(table)
            elif entry["hash"] and content_hashes(connection, [table], source)[table] != entry["hash"]:
                tables_by_problem["content"].append(table)
    except duckdb.Error as problem:
        return [_unreadable(path, problem)]
    return [
        f"{path.name}: {what} of {', '.join(names)} not as in the manifest" for what, names in tables_by_problem.items()
    ]


def _unreadable(path: Path, problem: duckdb.Error) -> str:
    return f"{path.name} cannot be read ({str(problem).splitlines()[0]})"


def _tables(manifest: dict[str, object]) -> dict[str, Entry]:
    tables = manifest["tables"]
    return {str(t): dict(entry) for t, entry in tables.items()} if isinstance(tables, dict) else {}


def is_waiting(home: Home, catalogue: ProgrammeCatalogue) -> list[str]:
    """Sources with files that wait for a judgement under today's definitions."""
    return [s for s in catalogue.running if pending(home, catalogue.sources[s], catalogue)]
