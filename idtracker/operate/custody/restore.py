"""A home made of an archive: every file checked against the archive's list before anything is put in place.

The archive is unpacked beside the home, judged and filled anew, and compared with the content hashes that were written into
it. Only then does the folder get the name of the home.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.files import private_folder
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant
from idtracker.model.tables import TABLES
from idtracker.model.tables.version import model_version
from idtracker.operate.custody.backup import FORMAT, MANIFEST, RUNS
from idtracker.operate.custody.publish_all import publish_all
from idtracker.operate.custody.rebuild import Listener, derive_everything
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.services.rounds.folders import publish_rounds
from idtracker.operate.step import Context
from idtracker.store.connection import open_store, writing_turn
from idtracker.store.copies import LOGS, content_hashes
from idtracker.store.schema import store_version

_ROOTS = ("landing", "accepted", "store", "published")
_MOST_MANIFEST = 256 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


@dataclass(slots=True)
class Restored:
    """What came of a restore: files put back, tables whose content is not that of the archive, and why that may be."""

    home: Path
    files: int = 0
    judged: int = 0
    compared: int = 0
    differing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    moved_aside: Path | None = None


def restore(
    home: Home,
    catalogue: ProgrammeCatalogue,
    path: Path,
    now: datetime,
    force: bool = False,
    listen: Listener | None = None,
) -> Restored:
    """Make the home of an archive. UsageError where the home is not empty; with `force` what is there is moved aside.

    IdtrackerError, with the name of the member, where the archive is damaged or holds what does not belong into one;
    nothing is put in place then.
    """
    root = home.root
    is_taken = root.exists() and any(root.iterdir())
    if is_taken and not force:
        raise UsageError(f"{root} is not empty; name another --home, or move it aside with --force.")
    root.parent.mkdir(parents=True, exist_ok=True)
    draft = root.with_name(f".{root.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft)
    try:
        fresh, result = Home(root=draft, sources=home.sources), Restored(root)
        manifest = unpack(path, draft)
        result.files = len(manifest["files"])
        _check_chain(fresh, manifest, result)
        _fill(fresh, catalogue, manifest, now, result, listen or (lambda what, done, total: None))
        _take_place(home, fresh, is_taken, result)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return result


def unpack(path: Path, into: Path) -> dict[str, Any]:
    """Unpack an archive into an empty folder, every member checked against the list in it; the archive's manifest."""
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            manifest = _read_manifest(path, archive)
            expected = {str(name): (int(size), str(digest)) for name, size, digest in manifest["files"]}
            seen: set[str] = set()
            while (member := archive.next()) is not None:
                _require_member(path, member, expected, seen)
                _extract(path, archive, member, into, expected[member.name])
                seen.add(member.name)
    except FileNotFoundError as problem:
        raise UsageError(f"{path} does not exist.") from problem
    except (tarfile.TarError, EOFError, zlib.error, OSError) as problem:
        raise _damaged(path, f"it cannot be unpacked to its end ({problem})") from problem
    missing = sorted(set(expected) - seen)
    if missing:
        raise _damaged(path, f"{missing[0]} is missing" + (f", and {len(missing) - 1} more" if missing[1:] else ""))
    return manifest


def _damaged(path: Path, what: str) -> IdtrackerError:
    return IdtrackerError(f"{path}: {what}; nothing was restored. Use another backup.")


def _read_manifest(path: Path, archive: tarfile.TarFile) -> dict[str, Any]:
    member = archive.next()
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _MOST_MANIFEST:
        raise _damaged(path, f"it does not begin with {MANIFEST}, so that it is no backup of this program")
    content = archive.extractfile(member)
    try:
        manifest = json.loads(content.read() if content else b"")
        if manifest["format"] != FORMAT:
            raise _damaged(path, f"its format is {manifest['format']}, which this version does not know")
        for name, size, digest in manifest["files"]:
            if not isinstance(name, str) or not isinstance(size, int) or not _HASH.fullmatch(str(digest)):
                raise ValueError(f"entry {name!r}")
        for key, kind in (("versions", dict), ("content", dict), ("current", dict), ("whole", bool)):
            if not isinstance(manifest[key], kind):
                raise TypeError(key)
    except (ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, f"{MANIFEST} cannot be read ({problem})") from problem
    loaded: dict[str, Any] = manifest
    return loaded


def _require_member(path: Path, member: tarfile.TarInfo, expected: dict[str, tuple[int, str]], seen: set[str]) -> None:
    """The member is a plain file that the list names, once, inside the home."""
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts or "\\" in member.name or "\0" in member.name:
        raise _damaged(path, f"{member.name} leads out of the home")
    if not member.isreg():
        raise _damaged(path, f"{member.name} is a link or no file")
    if member.name != RUNS and (len(place.parts) < 2 or place.parts[0] not in _ROOTS):
        raise _damaged(path, f"{member.name} does not belong into a home")
    if member.name in seen:
        raise _damaged(path, f"{member.name} is in it twice")
    if member.name not in expected:
        raise _damaged(path, f"{member.name} is not in its list")
    if member.size != expected[member.name][0]:
        raise _damaged(path, f"{member.name} has another size than listed")


def _extract(
    path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, into: Path, expected: tuple[int, str]
) -> None:
    target, digest = into / member.name, hashlib.sha256()
    private_folder(target.parent)
    content = archive.extractfile(member)
    with target.open("xb") as out:
        while content and (chunk := content.read(_CHUNK)):
            digest.update(chunk)
            out.write(chunk)
    if (target.stat().st_size, digest.hexdigest()) != expected:
        raise _damaged(path, f"{member.name} is not what was backed up")
    if member.name.startswith("landing/") and not member.name.startswith("landing/ledger/"):
        target.chmod(0o400)


def _check_chain(fresh: Home, manifest: dict[str, Any], result: Restored) -> None:
    chain = Chain(fresh)
    broken = chain.first_broken()
    if broken:
        result.problems.append(f"audit chain: {broken}")
    if chain.head() != str(manifest.get("chain") or ""):
        result.problems.append("audit chain: its last link is not the one that the archive names")


def _fill(
    fresh: Home,
    catalogue: ProgrammeCatalogue,
    manifest: dict[str, Any],
    now: datetime,
    result: Restored,
    listen: Listener,
) -> None:
    """Judge and fill anew what is not in the archive, publish, and compare with the archive's content hashes."""
    moment = parse_instant(manifest["as_of"]) if manifest.get("as_of") else now
    until = parse_instant(manifest["until"]) if manifest.get("until") else None
    catalogue = catalogue.on(until or now)
    _link_current(fresh, manifest)
    total = len(catalogue.sources) + 1
    for done, source in enumerate(catalogue.sources.values()):
        listen(source.id, done, total)
        outcomes, damaged = judge_waiting(fresh, catalogue, source)
        result.judged += len(outcomes)
        result.problems += damaged
    listen("store", total - 1, total)
    result.problems += derive_everything(fresh, catalogue, moment, until)
    _compare(fresh, catalogue, manifest, result)
    publish_all(Context(fresh, catalogue, moment, until))
    result.notes += publish_rounds(fresh, catalogue, until)


def _link_current(fresh: Home, manifest: dict[str, Any]) -> None:
    """Point `current` at the publications of a whole archive."""
    for audience, version in manifest["current"].items():
        folder = fresh.published / audience / version
        is_plain = all(PurePosixPath(name).name == name for name in (audience, version))
        if is_plain and folder.is_dir():
            (fresh.published / audience / "current").symlink_to(version, target_is_directory=True)


def _compare(fresh: Home, catalogue: ProgrammeCatalogue, manifest: dict[str, Any], result: Restored) -> None:
    content, versions = manifest["content"], versions_of(fresh, catalogue) | {"model": model_version()}
    if not content or manifest.get("store_model") != store_version():
        result.notes.append(
            "the archive was made under another data model or without a store: content was not compared"
        )
        return
    with open_store(fresh) as connection:
        hashes = content_hashes(connection, [t for t in TABLES if t not in LOGS])
    result.compared = len(hashes)
    result.differing = [t for t in hashes if hashes[t] != content.get(t)]
    other = [name for name, version in versions.items() if manifest["versions"].get(name) != version]
    if other:
        result.notes.append(f"the archive was made under other versions of: {', '.join(sorted(other))}")


def _take_place(home: Home, fresh: Home, is_taken: bool, result: Restored) -> None:
    """Give the restored folder the name of the home; what was there is moved aside, once nobody writes to it."""
    root = home.root
    if is_taken:
        with _turn_if_store(home):
            aside = next(p for n in range(1, 1000) if not (p := root.with_name(f"{root.name}.replaced-{n}")).exists())
            root.rename(aside)
            result.moved_aside = aside
    elif root.exists():
        root.rmdir()
    private_folder(fresh.inbox)
    fresh.root.rename(root)


@contextmanager
def _turn_if_store(home: Home) -> Iterator[None]:
    if home.store.parent.is_dir():
        with writing_turn(home):
            yield
    else:
        yield
