"""What lies in the inbox: files to take, and what is left where it is, each with a plain reason."""

from __future__ import annotations

import io
import os
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from idtracker.ingest.landing.envelope import SUFFIX as ENVELOPE
from idtracker.ingest.landing.envelope import envelope_path, read_envelope
from idtracker.ingest.read.formats.table import promised
from idtracker.model.config.source import Source
from idtracker.model.errors import DefinitionError, IdtrackerError
from idtracker.model.home import Home

WITHDRAWAL = ".withdrawal.json"
HELD = "held-"
"""Workbooks of rows to correct are exported under names that begin so; they may come back under them."""
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".download", "~")
_BEGUN = (".", "~$")
_STAMP, _MOST_BYTES = b"idtracker.", 1 << 20
_DEPTHS = ("", "*/", "*/*/", "*/*/*/")
_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


@dataclass(slots=True)
class InboxScan:
    """One look into the inbox of a source: `files` to take in the order of their names, `left_alone` name -> reason."""

    files: list[Path] = field(default_factory=list)
    left_alone: dict[str, str] = field(default_factory=dict)


def scan_inbox(home: Home, source: Source) -> InboxScan:
    """What waits for a source. Envelopes, notices and files that are still being written are passed over in silence."""
    scan, folder = InboxScan(), home.inbox / source.id
    if not folder.is_dir():
        return scan
    for path in sorted(folder.iterdir()):
        if _is_silent(path.name):
            continue
        reason = _is_no_file(path) or _misfit(home, source, path)
        if reason:
            scan.left_alone[shown(path.name)] = reason
        else:
            scan.files.append(path)
    return scan


def left_alone(home: Home, sources: Iterable[Source], *, loose: bool = True) -> list[str]:
    """`source/name: reason` for whatever lies in the inbox of these sources and is not taken; with `loose` also beside them."""
    known = list(sources)
    names = [f"{s.id}/{name}: {reason}" for s in known for name, reason in scan_inbox(home, s).left_alone.items()]
    return names + (list(_loose(home, known)) if loose else [])


def fits(source: Source, file_name: str) -> bool:
    """Whether a file name belongs to the source: by its pattern whatever the case, also packed as .zip or .gz.

    Names of exported corrections fit every source.
    """
    name, pattern = _plain(file_name), _plain(source.received.pattern)
    if name.startswith(HELD) or fnmatchcase(name, pattern):
        return True
    bare = PurePath(name)
    is_packed = any(known.unpacker for known in promised(bare.suffix))
    return is_packed and (fnmatchcase(bare.stem, pattern) or fnmatchcase(bare.stem, PurePath(pattern).stem))


def is_stamped(file_name: str, content: bytes | Path) -> bool:
    """Whether the file is a workbook made by this program: a filled template or corrected rows may have any name."""
    members = {known.properties.casefold() for known in promised(PurePath(file_name).suffix) if known.properties}
    if not members:
        return False
    try:
        with zipfile.ZipFile(content if isinstance(content, Path) else io.BytesIO(content)) as book:
            for member in (m for m in book.infolist() if m.filename.casefold() in members):
                with book.open(member) as properties:
                    if _STAMP in properties.read(_MOST_BYTES):
                        return True
    except (OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile):
        return False
    return False


def fitting_source(home: Home, file_name: str, but: str = "") -> str | None:
    """The first source with a pattern of its own that the file name fits."""
    for source in _sources_but(home, but):
        has_own = source.received.pattern.strip("*?") not in ("", ".")
        if has_own and not _plain(file_name).startswith(HELD) and fits(source, file_name):
            return source.id
    return None


def _sources_but(home: Home, but: str) -> Iterator[Source]:
    """The sources whose definitions can be read, without one of them."""
    from idtracker.model.config.discover import load_source, source_folders

    for folder in source_folders(home.sources) if home.sources.is_dir() else ():
        with suppress(DefinitionError):
            if folder.name != but:
                yield load_source(folder)


def shown(name: str) -> str:
    """A file name that can be written anywhere: bytes that are no text become question marks."""
    return name.encode("utf-8", "replace").decode()


def sweep_parts(home: Home, before: datetime) -> list[Path]:
    """Remove what a killed process left half-written in landing, accepted and published; the paths removed.

    To be called in the writer's turn: whatever is older than `before`, the beginning of the turn, nobody is writing.
    """
    swept = []
    for root in (home.landing, home.accepted, home.published):
        for path in sorted(p for depth in _DEPTHS for p in root.glob(f"{depth}.part-*")):
            with suppress(OSError):
                if path.lstat().st_mtime < before.timestamp():
                    if path.is_dir() and not path.is_symlink():
                        shutil.rmtree(path)
                    else:
                        path.unlink()
                    swept.append(path)
    return swept


def _is_silent(name: str) -> bool:
    return name.startswith(_BEGUN) or name.lower().endswith((ENVELOPE, WITHDRAWAL, *_UNFINISHED))


def _is_no_file(path: Path) -> str:
    """Why the entry is no file that could be read; empty where it is one."""
    try:
        mode = path.lstat().st_mode
    except OSError as problem:
        return f"it cannot be looked at ({problem.strerror})"
    if stat.S_ISLNK(mode):
        return "it is a link, which is not followed; put the file itself here"
    if not stat.S_ISREG(mode):
        what = next((name for is_kind, name in _KINDS if is_kind(mode)), "a device")
        return f"it is {what}, not a file; only files that lie directly in the folder of their source are taken"
    if shown(path.name) != path.name:
        return "its name is no text in UTF-8; rename it"
    return "" if os.access(path, os.R_OK) else "it may not be read (permission denied)"


def _misfit(home: Home, source: Source, path: Path) -> str:
    if fits(source, path.name) or is_stamped(path.name, path) or fits(source, _stated_name(path)):
        return ""
    return misfit_reason(source, fitting_source(home, path.name, but=source.id))


def _stated_name(path: Path) -> str:
    """The name that the envelope of a file states; empty where there is none."""
    if not envelope_path(path).exists():
        return ""
    with suppress(IdtrackerError):
        return read_envelope(path).file_name
    return ""


def misfit_reason(source: Source, other: str | None) -> str:
    """Why a file name is not that of a report of the source, and what to do."""
    hint = (
        f"it fits the source {other}: move it to inbox/{other}" if other else "rename the file if it is such a report"
    )
    return f"its name does not fit the pattern of this source, {source.received.pattern}; {hint}"


def _loose(home: Home, sources: Collection[Source]) -> Iterator[str]:
    """What lies in the inbox itself, where no file belongs."""
    if not home.inbox.is_dir():
        return
    for path in sorted(home.inbox.iterdir()):
        if path.is_dir() or _is_silent(path.name):
            continue
        fitting = next((s.id for s in sources if s.received.pattern != "*" and fits(s, path.name)), "SOURCE")
        yield f"{shown(path.name)}: it lies outside the folder of a source; put the file into inbox/{fitting}"


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
