"""A snapshot per audience: written under a new name, checkpointed, made durable, then switched to in one step.

The writer's tables are copied into a DuckDB file that clients from 1.4 on can open, and into one Parquet file per
table. `current` is a link that changes atomically, so that a reader sees the old snapshot or the new one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from idtracker.model.errors import IdtrackerError
from idtracker.model.files import private_folder
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.model.tables import TABLES
from idtracker.model.tables.version import model_version
from idtracker.publish.geography.gather_boundaries import Boundaries
from idtracker.publish.geography.published_boundaries import write_boundaries
from idtracker.publish.manifest import BOUNDARIES, DATABASE, whole_manifest
from idtracker.publish.sharing import share
from idtracker.store.copies import Fingerprints, cached_hashes, fingerprints, make_durable, write_parquet
from idtracker.store.published_database import EarlierDatabase, WrittenDatabase, form_of, write_database

if TYPE_CHECKING:
    import pandas as pd

    from idtracker.model.config.programme import Programme

KEPT_VERSIONS = 5
READING_S = 120
"""A version that was made at most so many seconds before the newest stays: somebody may have followed `current` to it and still be reading."""
LOG = "publications.jsonl"
"""Beside the versions of a publication: the manifest of every one that was made."""
ROUNDS_FOLDER = "rounds"
"""Beside the versions of a publication: what published rounds froze, which stays."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a publication has beside its tables: boundaries of its places, the pages of the expectations where its readers may see them, and
    what it takes to make it again: the link of the audit chain up to which the record counts, the instant up to which anything is known, and
    the day as of which definitions were in force."""

    boundaries: Boundaries = field(default_factory=Boundaries)
    data_docs: Path | None = None
    made_from: Mapping[str, Any] = field(default_factory=dict)


def publish_snapshot(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    audience: Audience,
    programme: Programme,
    as_of: pd.Timestamp,
    versions: dict[str, str],
    beside: Beside,
    again: bool = False,
) -> tuple[Path, bool]:
    """Publish the store for an audience, with `again` also where its content is published now and whole: the folder, and whether it is new.

    Where it cannot be written, nothing of it stays, and what was published before does. IdtrackerError where the disk is full.
    """
    root = home.published / audience.id
    private_folder(root)
    tables = [t for t in TABLES if t != "held_row" or audience.sees_held_rows]
    prints = fingerprints(connection, tables)
    hashes = cached_hashes(connection, tables, prints, anew=again)
    digest = content_digest(hashes, programme.notice, versions)
    now_current, current = whole_manifest(home, audience.id), (root / "current").resolve()
    if now_current is not None and now_current["content"] == digest and not again:
        share(home.root, current)
        return current, False
    draft, form = root / f".part-{digest[:12]}", form_of(tables, programme.notice)
    earlier = None if again else _earlier(current, now_current, hashes, form, audience)
    with _new_folder(draft):
        written = _write(connection, draft, tables, programme.notice, prints, earlier)
        drawn = _write_beside(connection, draft, beside, says_problems=audience.is_owner)
        manifest = _about(audience, programme, as_of, digest) | {
            "tables": {t: {"rows": written.rows[t], "hash": hashes.get(t)} for t in tables},
            "boundaries": {"hash": drawn},
            "database": {"form": form, "bytes_whole": written.bytes_whole},
            "versions": versions | {"model": model_version()},
            "made_from": dict(beside.made_from),
        }
        _write_manifest(draft / "manifest.json", manifest)
        share(home.root, draft)
        _note(root, manifest)
    return _switch(root, draft, f"{as_of:%Y-%m-%d}-{digest[:12]}"), True


def _about(audience: Audience, programme: Programme, as_of: pd.Timestamp, digest: str) -> dict[str, Any]:
    """What a manifest says of the publication as a whole, and of no other audience."""
    group = audience.groups[0] if audience.groups else None
    return {
        "audience": audience.id,
        "title": audience.title,
        "tlp": audience.tlp,
        "released_to": group,
        "programme": programme.title,
        "notice": programme.notice,
        "as_of": as_of.isoformat(),
        "content": digest,
    }


def _earlier(
    current: Path, manifest: Mapping[str, Any] | None, hashes: Mapping[str, str], form: str, audience: Audience
) -> EarlierDatabase | None:
    """What of the current publication may be carried on; None where it is of another form, such as under another notice."""
    database = manifest.get("database") if manifest is not None else None
    if manifest is None or not isinstance(database, dict) or database.get("form") != form:
        return None
    stated = {table: entry.get("hash") for table, entry in manifest["tables"].items()}
    same = [table for table, content in hashes.items() if stated.get(table) == content]
    return EarlierDatabase(current / DATABASE, int(database["bytes_whole"]), same, audience.sees_held_rows)


@contextmanager
def _new_folder(draft: Path) -> Iterator[None]:
    """A folder to write into. It goes where that fails: on a full disk what was cut off would keep the next one out."""
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft)
    try:
        yield
    except BaseException as problem:
        shutil.rmtree(draft, ignore_errors=True)
        if os.strerror(errno.ENOSPC) in str(problem):
            raise IdtrackerError(
                f"The disk of {draft.parent} is full. Nothing was published; make room, then run again."
            ) from problem
        raise


def _write(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    tables: Sequence[str],
    notice: str,
    prints: Fingerprints,
    earlier: EarlierDatabase | None,
) -> WrittenDatabase:
    """Every form of the tables into a new folder."""
    written = write_database(connection, draft / DATABASE, tables, notice, prints, earlier)
    unchanged = {t: earlier.path.parent / "parquet" / f"{t}.parquet" for t in earlier.same} if earlier else {}
    write_parquet(connection, draft / "parquet", tables, notice, unchanged)
    return written


def _write_beside(connection: duckdb.DuckDBPyConnection, draft: Path, beside: Beside, *, says_problems: bool) -> str:
    """What stands beside the tables, into the same folder; the hash of the boundaries."""
    if beside.data_docs is not None and beside.data_docs.is_dir():
        shutil.copytree(beside.data_docs, draft / "data_docs")
    places = {str(place) for (place,) in connection.execute("SELECT place_id FROM place").fetchall()}
    drawn = write_boundaries(draft, beside.boundaries, places, says_problems)
    make_durable(draft / BOUNDARIES)
    return drawn


def _write_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    make_durable(path)


def _note(root: Path, manifest: Mapping[str, Any]) -> None:
    """Add the manifest to the log of publications, which outlives their folders: `idtracker reproduce` reads it."""
    with (root / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(manifest, ensure_ascii=False) + "\n")


def content_digest(hashes: dict[str, str], notice: str, versions: dict[str, str]) -> str:
    """Hash over everything that makes one publication differ from another."""
    return hashlib.sha256(json.dumps([hashes, notice, versions]).encode()).hexdigest()


def _give_way(current: Path) -> None:
    """Where the home was copied by something that does not keep links, `current` is a folder: it goes, as a copy it is."""
    if current.is_dir() and not current.is_symlink():
        shutil.rmtree(current)


def _switch(root: Path, draft: Path, name: str) -> Path:
    """Give the draft its name, point `current` at it in one step, and drop versions beyond the last few that nobody reads any more."""
    target = root / name
    if target.resolve() == (root / "current").resolve():  # it is being read: it stays until readers have left it
        target = root / f"{name}-again"
    if target.exists():  # the same content was published before and replaced since
        shutil.rmtree(target)
    draft.rename(target)
    _give_way(root / "current")
    link = root / ".current-new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name, target_is_directory=True)
    link.replace(root / "current")
    folders = (p for p in root.iterdir() if p.is_dir() and not p.is_symlink() and p.name != ROUNDS_FOLDER)
    made = {path: path.stat().st_mtime for path in folders}
    others = sorted((path for path in made if path != target), key=lambda path: made[path])
    for old in others[: max(0, len(made) - KEPT_VERSIONS)]:
        if made[target] - made[old] > READING_S:
            shutil.rmtree(old, ignore_errors=True)
    return target
