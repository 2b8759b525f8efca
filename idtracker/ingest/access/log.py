"""The log of access: who read, exported or published which publication, one line each, bound to the line before it.

It stands beside the documents of the ledger, one file for each day (`landing/ledger/_access/2026-11-30.jsonl`), and not in the chain itself: the
chain is read whole by every run and never shrinks, while names of people must go when their time is up. When a day ends, a document that
names its number of lines, its last link and the SHA-256 of its file is sealed in the chain (`_access/2026-11-30.json`), and stays when the file goes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import private_folder, write_json
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant

FOLDER = "_access"
REQUIRED = "required"
"""A file of this name in the folder: whatever cannot be recorded is refused."""
KEPT_DAYS = 365
"""How long lines must be kept where a programme does not say otherwise; `removals` removes days that lie further back, with the names in them."""
_BEGINNING = "0" * 64
_WORDS = ("user", "command", "audience", "publication")
_LONGEST_LINE = 1 << 16
_SECONDS_OF_WAITING = 5.0


@dataclass(frozen=True, slots=True)
class Access:
    """One act upon a publication: when (UTC), by which user, by which command, of which audience and publication, and what of it.

    `about` holds JSON values alone: tables, figures, rows, the SHA-256 of a query. Never the text of a query, which may name people.
    """

    at: datetime
    user: str
    command: str
    audience: str
    publication: str
    about: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The act as it stands in its line."""
        return {
            "at": self.at.isoformat(),
            "user": self.user,
            "command": self.command,
            "audience": self.audience,
            "publication": self.publication,
            "about": dict(self.about),
        }


class AccessLog:
    """The log of access of one home."""

    def __init__(self, home: Home) -> None:
        self._chain = Chain(home)
        self.folder = self._chain.root / FOLDER

    @property
    def is_possible(self) -> bool:
        """Whether there is a ledger to write beside; a copied publication has none."""
        return self._chain.root.is_dir()

    @property
    def is_required(self) -> bool:
        return (self.folder / REQUIRED).exists()

    def require(self, is_required: bool) -> None:
        """Say whether what cannot be recorded is refused."""
        marker = self.folder / REQUIRED
        if not is_required:
            marker.unlink(missing_ok=True)
        elif not marker.exists():
            private_folder(self.folder)
            marker.touch(mode=0o600)

    def add(self, access: Access) -> None:
        """Append one act, whole or not at all, after those of other processes. OSError where the home cannot be written.

        The first one of a new day closes the day before it.
        """
        with self.turn():
            days = self.files()
            day = max([f"{access.at.astimezone(UTC):%Y-%m-%d}", *(path.stem for path in days[-1:])])
            path = self.folder / f"{day}.jsonl"
            if days and path != days[-1]:
                self._close(days[-1], access.at)
            whole, last = _tail(path)
            number, link = (last["n"], last["link"]) if last else (0, self._before(day))
            with path.open("ab") as out:
                out.truncate(whole)
                out.write(_line(number + 1, link, access.document()))
                out.flush()
                os.fsync(out.fileno())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The log for this process alone. TimeoutError where another one holds it."""
        from filelock import FileLock, Timeout

        private_folder(self.folder)
        try:
            with FileLock(self.folder / ".lock", timeout=_SECONDS_OF_WAITING):
                yield
        except Timeout as problem:
            raise TimeoutError(f"the log of access is held by another process: {problem}") from problem

    def files(self) -> list[Path]:
        """The files of days, the earliest first."""
        return sorted(self.folder.glob("*.jsonl"))

    def _before(self, day: str) -> str:
        """The last link of the day before, from the document that closed it."""
        closed = [path for path in self._closings() if path.stem < day]
        return str(json.loads(closed[-1].read_bytes())["link"]) if closed else _BEGINNING

    def _closings(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"))

    def closing_of(self, day: str) -> dict[str, Any] | None:
        """What the document that closed a day says; None where the day is open, or the document cannot be read."""
        path = self.folder / f"{day}.json"
        return _closing(path) or None if path.exists() else None

    def _close(self, path: Path, at: datetime) -> None:
        closing = path.with_suffix(".json")
        if not closing.exists():
            content = path.read_bytes()
            content = content[: content.rfind(b"\n") + 1]
            lines = content.split(b"\n")[:-1]
            link = json.loads(lines[-1])["link"] if lines else self._before(path.stem)
            sha256 = hashlib.sha256(content).hexdigest()
            write_json(
                closing, {"day": path.stem, "lines": len(lines), "link": link, "sha256": sha256, "closed_at": at}
            )
        self._chain.seal(at, FOLDER)

    def entries(self, until: datetime | None = None) -> list[Access]:
        """Every act up to an instant, in the order in which they were written. IdtrackerError where one cannot be read."""
        known = [_access(path, line) for path in self.files() for line in _lines(path)]
        return [entry for entry in known if until is None or entry.at <= until]

    def faults(self) -> Iterator[tuple[str, str]]:
        """What does not hold: the name of a file, and what is wrong with it. Days whose file is gone are those of `removed`."""
        link = _BEGINNING
        closings, files = ({path.stem: path for path in each} for each in (self._closings(), self.files()))
        latest = max(files, default="")
        for day in sorted({*closings, *files}):
            closing = _closing(closings[day]) if day in closings else None
            if day in files:
                last, fault = _first_fault(files[day], link)
                fault = fault or _against(closing, files[day], day == latest)
                if fault:
                    yield files[day].name, fault
                link = last
            if closing is not None:
                link = str(closing.get("link", link))

    def closed(self) -> list[str]:
        """Days that were closed and whose lines are still there."""
        return [path.stem for path in self._closings() if path.with_suffix(".jsonl").exists()]

    def removed(self) -> list[str]:
        """Days that were closed and whose lines are no longer there."""
        return [path.stem for path in self._closings() if not path.with_suffix(".jsonl").exists()]


def _line(number: int, before: str, document: dict[str, Any]) -> bytes:
    bound = json.dumps([before, number, document], ensure_ascii=False, sort_keys=True)
    entry = {"n": number, **document, "link": hashlib.sha256(bound.encode()).hexdigest()}
    return (json.dumps(entry, ensure_ascii=False) + "\n").encode()


def _lines(path: Path) -> list[bytes]:
    """Whole lines; what a crash left of a last one counts as never written."""
    return path.read_bytes().split(b"\n")[:-1]


def _tail(path: Path) -> tuple[int, dict[str, Any] | None]:
    """How many bytes of a file are whole lines, and the last of them."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            start = max(0, size - _LONGEST_LINE)
            file.seek(start)
            content = file.read()
    except FileNotFoundError:
        return 0, None
    end = content.rfind(b"\n") + 1
    if not end:
        return 0, None
    return start + end, _read(path, content[:end].split(b"\n")[-2])


def _read(path: Path, line: bytes) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(line)
        entry["n"], entry["link"], entry["at"]
    except (ValueError, TypeError, KeyError) as problem:
        raise IdtrackerError(
            f"{path}: a line of the log of access cannot be read ({problem}); restore it from a backup"
        ) from problem
    return entry


def _access(path: Path, line: bytes) -> Access:
    entry = _read(path, line)
    try:
        user, command, audience, publication = (str(entry[name]) for name in _WORDS)
        return Access(parse_instant(entry["at"]), user, command, audience, publication, dict(entry["about"]))
    except (ValueError, TypeError, KeyError) as problem:
        raise IdtrackerError(
            f"{path}: a line of the log of access cannot be read ({problem}); restore it from a backup"
        ) from problem


def _first_fault(path: Path, before: str) -> tuple[str, str]:
    """The last link of a file, and the first line that does not follow from the one before it; empty where all do."""
    link = before
    for number, line in enumerate(_lines(path), start=1):
        try:
            entry = _read(path, line)
        except IdtrackerError:
            return link, f"line {number} cannot be read"
        document = {name: value for name, value in entry.items() if name not in ("n", "link")}
        if _line(number, link, document) != line + b"\n":
            return str(entry["link"]), f"line {number} was changed, or a line before it removed"
        link = str(entry["link"])
    return link, ""


def _closing(path: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _against(closing: Mapping[str, Any] | None, path: Path, is_latest: bool) -> str:
    """Whether a file is what the document that closed it says."""
    if closing is None:
        return "" if is_latest else "the day was never closed: its document was removed"
    lines = len(_lines(path))
    if lines != closing.get("lines"):
        return f"it has {lines} lines, and had {closing.get('lines')} when the day was closed"
    if hashlib.sha256(path.read_bytes()).hexdigest() != closing.get("sha256"):
        return "it was changed since the day was closed"
    return ""
