"""The report of the last run that found nothing new, kept for as long as nothing is new.

That is told from the definitions, this code and the publication by content, and from every file of the home by its name,
size and times: no file is read, no table opened. It holds for the day on which it was made, because reports fall due by
themselves. A file that was damaged without a change of its size or times is found by `verify` and by the daily run.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from idtracker.ingest.access.log import FOLDER as READS
from idtracker.ingest.landing.chain import Chain
from idtracker.model.files import write_bytes
from idtracker.model.home import Home
from idtracker.operate.run_log import log_run
from idtracker.operate.services.stored_status import signature_of
from idtracker.publish.briefing.published import FOLDER, is_drawn
from idtracker.publish.export.folder import DESCRIPTION
from idtracker.publish.export.inside.described import PLACES, are_written
from idtracker.publish.manifest import BOUNDARIES, DATABASE
from idtracker.store.connection import writing_turn

if TYPE_CHECKING:
    from idtracker.operate.documents.run import Run

_FILE = "nothing_new.json"
_LOOKED_AT = ("inbox", "landing", "accepted")
_LOCKS = (".chain.lock",)


def nothing_new_again(home: Home) -> Run | None:
    """The report of a run where the last one found nothing new and nothing changed since; it is logged. None otherwise."""
    began, started_at = monotonic(), datetime.now(UTC)
    if not _may_repeat(home):
        return None
    with writing_turn(home):
        report = _kept(home, _signature(home, started_at))
        if report is None:
            return None
        report = report.model_copy(update={"seconds": round(monotonic() - began, 1)})
        log_report(home, started_at, report)
    return report


def keep_report(home: Home, report: Run, started_at: datetime) -> None:
    """Keep the report of a run over all sources that found nothing new and left no file alone."""
    if report.outcome != "nothing_new" or report.not_taken or report.unknown_inboxes or report.failed_steps:
        return
    signature = _signature(home, started_at)
    document = {"signature": signature, "report": report.printed()}
    if signature is not None:
        with suppress(OSError):
            write_bytes(home.store.parent / _FILE, json.dumps(document, ensure_ascii=False).encode())


def log_report(home: Home, started_at: datetime, report: Run) -> None:
    """One line in the log of runs, with the last link of the audit chain."""
    log_run(
        home,
        {
            "run_id": uuid.uuid4().hex,
            "started_at": started_at.isoformat(),
            "ended_at": datetime.now(UTC).isoformat(),
            "outcome": report.outcome,
            "submissions_count": len(report.submissions),
            "message": ", ".join(report.failed_steps) or None,
            **Chain(home).anchor(),
        },
    )


def _may_repeat(home: Home) -> bool:
    return (home.store.parent / _FILE).is_file() and home.store.is_file()


def _kept(home: Home, signature: str | None) -> Run | None:
    from pydantic import ValidationError

    from idtracker.operate.documents.run import Run

    try:
        kept = json.loads((home.store.parent / _FILE).read_bytes())
        return Run.model_validate(kept["report"]) if kept["signature"] == signature is not None else None
    except (OSError, ValueError, TypeError, KeyError, ValidationError):
        return None


def _signature(home: Home, at: datetime) -> str | None:
    """Hash over the day and everything that a run looks at; None where nothing is published."""
    content = signature_of(home)
    if content is None:
        return None
    digest = hashlib.sha256(f"{content}\0{at.date()}\0".encode())
    for name in _LOOKED_AT:
        for folder, inner, files in os.walk(home.root / name):
            inner[:] = sorted(set(inner) - {READS})  # who read what is no reason to run
            for file in sorted(set(files) - set(_LOCKS)):
                path = Path(folder, file)
                stat = path.stat()
                digest.update(
                    f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0{stat.st_ctime_ns}\0{stat.st_ino}\n".encode()
                )
            digest.update(f"{folder}\0{inner}\n".encode())
    digest.update(f"{are_written()} {is_drawn()}".encode())
    for place in _beside_tables(home):
        stat = place.stat()
        digest.update(f"{place}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    stat = home.store.stat()
    digest.update(f"{stat.st_size}\0{stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def _beside_tables(home: Home) -> list[Path]:
    """Where the tables, briefings and formats of publications stand, as far as they are there: what was taken away is written again."""
    folders = sorted(link.resolve() for link in home.published.glob("*/current"))
    return [
        path
        for folder in folders
        for name in (DATABASE, BOUNDARIES, "parquet", FOLDER, DESCRIPTION, *PLACES.values())
        if (path := folder / name).exists()
    ]
