"""What a command or a program did with a publication, noted while it works and written as one line when it ends.

Every way to a publication passes `snapshot_database`, which notes whose publication was opened. Within `recorded` (every command of the command line)
the notes of one command become one line for each publication; elsewhere (`Tracker` in a notebook) the opening is recorded at once.
The instant is what the clock of the machine says, as it is for links of the audit chain: a record is no output of its inputs.
"""

from __future__ import annotations

import getpass
import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from idtracker.ingest.access.log import Access, AccessLog
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home

USER = "IDTRACKER_USER"
"""Names the user where many share one account, such as a service in front of the library."""
PIPELINE = frozenset(("run", "dev", "publish", "rebuild", "verify", "backup", "restore"))
MOST_FIGURES = 50
_LONGEST_NAME = 100
_LONGEST_FIGURE = 300


class UnrecordedAccessError(IdtrackerError):
    """The programme requires that access is recorded, and this one cannot be."""


@dataclass(slots=True)
class _Session:
    """What one command has noted so far: which publications it opened, and what of them."""

    home: Home
    command: str
    at: datetime
    opened: dict[tuple[str, str], None] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


_SESSION: ContextVar[_Session | None] = ContextVar("idtracker_access", default=None)
_told: set[str] = set()


@contextmanager
def recorded(home: Home, command: str, at: datetime) -> Iterator[None]:
    """Record at its end what a command did with publications of a home, also where it fails; nothing where it opened none.

    Commands that run the pipeline compare with what is published and show nobody its figures: what they publish is recorded alone.
    """
    if command in PIPELINE or _SESSION.get() is not None:  # or a command within a command
        yield
        return
    session = _Session(home, command, at)
    token = _SESSION.set(session)
    try:
        yield
    finally:
        _SESSION.reset(token)
        for audience_id, publication in session.opened:
            record(home, command, audience_id, publication, at, **session.about)


def note(
    *,
    figures: Iterable[object] = (),
    tables: Iterable[str] = (),
    query: str | None = None,
    rows: int | None = None,
    **about: str | int | bool | None,
) -> None:
    """What the running command did, for its line: figures by address, tables read, the query (by its hash alone), rows that left.

    Nothing outside a command. Values are those of the publication or of the programme's own words, never what a person typed freely.
    """
    session = _SESSION.get()
    if session is not None:
        session.about |= _plain(figures, tables, query, rows) | {k: v for k, v in about.items() if v is not None}


def note_opened(home: Home, audience_id: str, publication: str) -> None:
    """A publication was opened by the running command. UnrecordedAccessError where it must be recorded and cannot be."""
    session = _SESSION.get()
    if session is None or session.home != home or (audience_id, publication) in session.opened:
        return
    session.opened[audience_id, publication] = None
    if AccessLog(home).is_required:
        record(home, session.command, audience_id, publication, session.at, opened=True)


def record_opening(home: Home, audience_id: str) -> None:
    """Record at once that a program opened the current publication; within a command its own line says so."""
    if _SESSION.get() is None:
        record(home, "Tracker", audience_id, _current(home, audience_id), datetime.now(UTC))


def record_call(home: Home, command: str, audience_id: str) -> None:
    """Record at once that a server was asked something of the current publication."""
    record(home, command, audience_id, _current(home, audience_id), datetime.now(UTC))


def record_export(home: Home, audience_id: str, publication: str, tables: Iterable[str], rows: int) -> None:
    """Record that tables left a publication as files: at once, or in the line of the running command."""
    if _SESSION.get() is None:
        record(home, "Tracker.export", audience_id, publication, datetime.now(UTC), tables=tables, rows=rows)
    else:
        note(tables=tables, rows=rows)


def _current(home: Home, audience_id: str) -> str:
    return (home.published / audience_id / "current").resolve().name


def record(
    home: Home,
    command: str,
    audience_id: str,
    publication: str,
    at: datetime,
    *,
    figures: Iterable[object] = (),
    tables: Iterable[str] = (),
    query: str | None = None,
    rows: int | None = None,
    **about: Any,
) -> bool:
    """Write one line at once, as a server does for each call; whether it was written.

    A copied publication has no ledger and is not recorded. What keeps a line from being written is said once, as a warning;
    UnrecordedAccessError where the programme requires it.
    """
    log = AccessLog(home)
    if not log.is_possible:
        return False
    details = _plain(figures, tables, query, rows) | about
    try:
        log.add(Access(at.astimezone(UTC), user_name(), command, audience_id, publication, details))
    except (OSError, IdtrackerError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        if log.is_required:
            raise UnrecordedAccessError(
                f"{log.folder}: this access cannot be recorded ({reason}), and programme.yml requires that it is."
            ) from problem
        _tell_once(f"{log.folder}: this access was not recorded ({reason})")
        return False
    return True


def user_name() -> str:
    """Who reads: IDTRACKER_USER, else the user of the operating system; printable and short."""
    name = os.environ.get(USER, "").strip()
    if not name:
        try:
            name = getpass.getuser()
        except (OSError, KeyError, ImportError):
            name = f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
    return "".join(letter for letter in name if letter.isprintable())[:_LONGEST_NAME] or "unknown"


def query_hash(text: str) -> str:
    """SHA-256 of a query, blanks at its ends left out: whether it was this one can be told, what it said cannot be read."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def _plain(figures: Iterable[object], tables: Iterable[str], query: str | None, rows: int | None) -> dict[str, Any]:
    named = [str(figure)[:_LONGEST_FIGURE] for figure in figures]
    plain: dict[str, Any] = {"figures": named[:MOST_FIGURES], "tables": sorted(set(tables))}
    if len(named) > MOST_FIGURES:
        plain["figures_count"] = len(named)
    if query is not None:
        plain["query_sha256"] = query_hash(query)
    if rows is not None:
        plain["rows"] = rows
    return {name: value for name, value in plain.items() if value != []}


def _tell_once(message: str) -> None:
    if message not in _told:
        _told.add(message)
        logging.getLogger("idtracker").warning("%s", message)
