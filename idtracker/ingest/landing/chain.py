"""The audit chain: one line per document of the ledger, each bound to the line before it.

Every JSON document below `landing/ledger` (receipts, withdrawals, waivers and whatever else is kept there) is written once
and never changed. The chain names them in the order in which they were sealed, each by its SHA-256, with what the clock of
the machine said. A document that is edited or removed later no longer fits its line; a line that is edited or removed no
longer fits the next one. Heads of the chain are kept elsewhere (the log of runs, backups, the file that IDTRACKER_CHAIN_ANCHOR names),
so that a chain that was cut short or written anew is found.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant

FILE = "chain.jsonl"
TOLERANCE = timedelta(minutes=5)
"""By how much a clock may step back, or a time given by hand lie ahead, without a word."""
AHEAD = timedelta(days=1)
"""How far ahead of the clock an instant on record may lie and still be believed."""
OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No home is older than this; a clock that says less is wrong, whatever is on record."""
ANCHOR = "IDTRACKER_CHAIN_ANCHOR"
"""Names the file outside the home to which the last link is added whenever something was sealed."""
_BEGINNING = "0" * 64
_LONGEST_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Link:
    """One sealed document: path below the ledger, SHA-256 of its bytes, what the clock said, and the hash over it all."""

    number: int
    at: datetime
    document: str
    sha256: str
    link: str

    @classmethod
    def after(cls, previous: Link | None, at: datetime, document: str, sha256: str) -> Link:
        """The next link of a chain; `previous` is None at its beginning."""
        number = previous.number + 1 if previous else 1
        bound = [previous.link if previous else _BEGINNING, number, at.isoformat(), document, sha256]
        return cls(number, at, document, sha256, hashlib.sha256(json.dumps(bound).encode()).hexdigest())

    def line(self) -> bytes:
        document = {"n": self.number, "at": self.at.isoformat(), "document": self.document, "sha256": self.sha256}
        return (json.dumps(document | {"link": self.link}, ensure_ascii=False) + "\n").encode()


class Chain:
    """The chain of one home."""

    def __init__(self, home: Home) -> None:
        self.root = home.landing / "ledger"
        self.path = self.root / FILE

    @classmethod
    def above(cls, folder: Path) -> Chain:
        """The chain of the ledger that a folder of documents is in."""
        ledger = next(p for p in folder.parents if p.name == "ledger")
        return cls(Home(root=ledger.parent.parent, sources=ledger))

    def links(self) -> list[Link]:
        """Every link as written, whether or not it holds; IdtrackerError with its line where one cannot be read."""
        return list(self._read())

    def _read(self) -> Iterator[Link]:
        for number, line in enumerate(self._lines(), start=1):
            yield _link(self.path, f"line {number}", line)

    def _lines(self) -> list[bytes]:
        """Whole lines; what a crash left of a last one counts as never written."""
        try:
            return self.path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return []

    def documents(self, folder: str = "") -> list[Path]:
        """Documents of the ledger, or of one folder of it, by path."""
        return sorted(p for p in (self.root / folder).rglob("*.json") if not p.name.startswith("."))

    def unsealed(self, folder: str = "") -> list[Path]:
        """Documents that no link names yet, by the instant that they tell of."""
        sealed = {link.document for link in self._read()}
        return sorted((p for p in self.documents(folder) if self._name(p) not in sealed), key=_told_at)

    def seal(self, at: datetime, folder: str = "") -> int:
        """Bind every document that is not sealed yet; `at` is what the clock of the machine says. How many there were.

        Sources may seal at the same time: each waits for its turn at the chain.
        """
        from filelock import FileLock

        if not self.root.is_dir():
            return 0
        with FileLock(self.root / ".chain.lock"):
            waiting = self.unsealed(folder)
            if not waiting:
                return 0
            last, lines = next(iter(self.links()[-1:]), None), []
            for path in waiting:
                last = Link.after(last, at, self._name(path), hashlib.sha256(path.read_bytes()).hexdigest())
                lines.append(last.line())
            self._append(b"".join(lines))
            self._anchor(last)
        return len(waiting)

    def last(self) -> Link | None:
        """The last link, read without the others; None where nothing is sealed."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - _LONGEST_LINE))
                lines = file.read().split(b"\n")[:-1]
        except FileNotFoundError:
            return None
        return _link(self.path, "the last line", lines[-1]) if lines else None

    def anchor(self) -> dict[str, object]:
        """The last link as it is noted outside the chain: its hash, its number and when it was sealed."""
        last = self.last()
        if last is None:
            return {"chain": "", "chain_links": 0, "chain_at": None}
        return {"chain": last.link, "chain_links": last.number, "chain_at": last.at.isoformat()}

    def head(self) -> str:
        """Hash of the last link; empty where nothing is sealed."""
        last = self.last()
        return last.link if last else ""

    def anchors(self) -> tuple[list[tuple[str, str]], str]:
        """Last links of this chain told to the file outside the home (place, hash), and what keeps it from being read."""
        name, told = os.environ.get(ANCHOR), []
        if not name:
            return [], ""
        try:
            lines = Path(name).read_text("utf-8").splitlines()
        except (OSError, ValueError) as problem:
            return [], f"{name}: the anchors of the audit chain cannot be read ({problem}); see {ANCHOR}"
        for number, line in enumerate(lines, start=1):
            with suppress(ValueError, TypeError, KeyError):
                anchor = json.loads(line)
                if anchor["home"] == str(self.root.parent.parent):
                    told.append((f"{name}, line {number}", str(anchor["link"])))
        return told, ""

    def _anchor(self, last: Link | None) -> None:
        """Tell the last link to the file outside the home. What keeps it from being written is said, and nothing else."""
        name = os.environ.get(ANCHOR)
        if not name or last is None:
            return
        anchor = {
            "at": last.at.isoformat(),
            "home": str(self.root.parent.parent),
            "links": last.number,
            "link": last.link,
        }
        try:
            with Path(name).open("a", encoding="utf-8") as out:
                out.write(json.dumps(anchor, ensure_ascii=False) + "\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as problem:
            logging.getLogger("idtracker").warning(
                "%s: the anchor of the audit chain was not written (%s); see %s", name, problem.strerror, ANCHOR
            )

    def first_broken(self) -> str | None:
        """The first thing that does not hold: a link, or a document that was changed or removed. None where all holds."""
        previous: Link | None = None
        for link, line in zip(self._read(), self._lines(), strict=True):
            if link.line() != line + b"\n":
                return f"link {link.number} ({link.document}) is not written as it was sealed"
            expected = Link.after(previous, link.at, link.document, link.sha256)
            if expected != link:
                return f"link {link.number} ({link.document}) does not follow from the one before it"
            try:
                content = (self.root / link.document).read_bytes()
            except OSError:
                return f"link {link.number}: {link.document} was removed since it was sealed"
            if hashlib.sha256(content).hexdigest() != link.sha256:
                return f"link {link.number}: {link.document} was changed since it was sealed"
            previous = link
        return None

    def _append(self, content: bytes) -> None:
        whole = sum(len(line) + 1 for line in self._lines())
        with self.path.open("ab") as out:
            out.truncate(whole)
            out.write(content)
            out.flush()
            os.fsync(out.fileno())

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _link(path: Path, place: str, line: bytes) -> Link:
    """A line of the chain; IdtrackerError where it cannot be read."""
    try:
        entry = json.loads(line)
        return Link(entry["n"], parse_instant(entry["at"]), entry["document"], entry["sha256"], entry["link"])
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise IdtrackerError(
            f"{path}: {place} of the audit chain cannot be read ({problem}); restore it from a backup"
        ) from problem


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant that counts as now, and what is to be said of it; `is_reset` where the record lies far ahead of it."""

    now: datetime
    problem: str = ""
    is_reset: bool = False


def clock_of(home: Home, now: datetime, received: Iterable[datetime] = ()) -> Clock:
    """What counts as now where the clock says `now`, from the chain and from the instants at which files were `received`.

    Where the clock stands a little before what is on record, the latest instant on record counts, so that what comes later
    never seems to have come first. What lies further ahead was stamped by a clock that was wrong: nothing waits for that.
    """
    known = [*_believed(link.at for link in Chain(home).links()), *received]
    latest = max(known, default=now)
    if latest - now <= TOLERANCE:
        return Clock(max(latest, now))
    told = (
        f"the clock of this machine says {now:%Y-%m-%d %H:%M} UTC, but {latest:%Y-%m-%d %H:%M} UTC is on record already"
    )
    if latest - now <= AHEAD or now < OLDEST:
        return Clock(latest, f"{told}; until it has passed, what arrives counts as arrived then. Set the clock")
    near = max((at for at in known if at <= now + AHEAD), default=now)
    remedy = "what arrives counts from now on, and after everything received before. If it is the clock that is wrong, set it"
    return Clock(max(near, now), f"{told}: it was ahead once; {remedy}", is_reset=True)


def _believed(sealed: Iterable[datetime]) -> Iterator[datetime]:
    """Instants of links but for those far ahead of a later link: by then the clock had been put right."""
    low: datetime | None = None
    for at in reversed(list(sealed)):
        if low is None or at - low <= AHEAD:
            yield at
        if at >= OLDEST:
            low = at if low is None else min(low, at)


def _told_at(path: Path) -> tuple[str, str]:
    """The latest instant in a document, and its name: the order in which documents of an older home are sealed."""
    instants = []
    with suppress(ValueError, OSError, AttributeError):
        for key, value in json.loads(path.read_bytes()).items():
            if key.endswith("_at") and isinstance(value, str) and value:
                with suppress(ValueError):
                    instants.append(parse_instant(value).isoformat())
    return max(instants, default=""), path.as_posix()
