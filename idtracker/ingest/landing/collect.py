"""From the inbox to the landing area: bytes kept by hash before anything can fail, once, with their receipt."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from idtracker.ingest.decisions.overrules import Overrules
from idtracker.ingest.landing.chain import not_before
from idtracker.ingest.landing.inbox import ENVELOPE, WITHDRAWAL, fits, left_alone, scan_inbox
from idtracker.ingest.landing.ledger import Ledger, Receipt, name_parts, parse_instant
from idtracker.ingest.landing.searches import take_search
from idtracker.model.config.limits import Limits
from idtracker.model.config.programme import load_programme
from idtracker.model.config.source import Source
from idtracker.model.errors import DamagedFileError, IdtrackerError, UsageError
from idtracker.model.files import write_bytes, write_json
from idtracker.model.home import Home

_LONGEST_NAME = 255
_UNSEARCHED = (
    "it unpacks to more, or takes longer, than the limits of this programme allow (limits in programme.yml), so it was "
    "not searched for protective markings and not taken in; remove it, or raise the limits if it is right"
)


@dataclass(slots=True)
class Collected:
    """What one visit to an inbox brought."""

    received: list[Receipt] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[Receipt] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def submission_id_of(source_id: str, sha256: str) -> str:
    """The same bytes for the same source are the same submission."""
    return hashlib.sha256(f"{source_id}\0{sha256}".encode()).hexdigest()[:16]


def refusal_identity(file_name: str, size_bytes: int) -> str:
    """Identity of a refused file, of which nothing but name and size may be kept."""
    return f"refused\0{file_name}\0{size_bytes}"


def _size(path: Path) -> int | None:
    """Size of a file; None where it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _require_length(target: Path) -> None:
    """UsageError where a file of that name, and the envelope beside it, are longer than the file system takes."""
    longest = _LONGEST_NAME - len(ENVELOPE)
    if len(target.name.encode()) > longest:
        raise UsageError(
            f"The file name is longer than {longest} bytes ({target.name[:40]}…); give the file a shorter one."
        )


def landed_path(home: Home, sha256: str) -> Path:
    return home.landing / sha256[:2] / sha256


def landed_bytes(home: Home, receipt: Receipt) -> bytes:
    """The bytes of a receipt; DamagedFileError where they are missing or no longer what they were."""
    path = landed_path(home, receipt.sha256)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise DamagedFileError(
            f"{path}: the received file {receipt.file_name} is missing; restore it from a backup"
        ) from problem
    if hashlib.sha256(content).hexdigest() != receipt.sha256:
        raise DamagedFileError(f"{path}: the received file {receipt.file_name} is damaged; restore it from a backup")
    return content


def waiting(home: Home, source: Source) -> list[Path]:
    """Files in the source's inbox that may be taken, in the order of their names (see `inbox`)."""
    return scan_inbox(home, source).files


def undecided(home: Home, source: Source) -> list[Path]:
    """Waiting files that were not refused before, or may have been overruled since, and withdrawal notices."""
    ledger = Ledger(home)
    sizes = [(p, size) for p in waiting(home, source) if (size := _size(p)) is not None]
    overruled = (submission_id_of(source.id, decision.sha256) for decision in Overrules(home).of(source.id))
    is_any = any(not ledger.has(source.id, submission_id) for submission_id in overruled)
    files = [
        p
        for p, size in sizes
        if is_any or not ledger.has(source.id, submission_id_of(source.id, refusal_identity(p.name, size)))
    ]
    return files + sorted((home.inbox / source.id).glob(f"*{WITHDRAWAL}"))


def collect(home: Home, source: Source, now: datetime, until: datetime | None = None) -> Collected:
    """Land every waiting file of a source.

    `now` is the arrival time of files without an envelope; files that arrive after `until` stay in the inbox. A file
    marked above OFFICIAL stays where it is: only its name, size and marking enter the ledger. A file that grows while
    it is read is still being written: the next visit takes it. Where the clock went backwards, `now` is the latest
    instant on record, so that what comes later never seems to have come first.
    """
    ledger, result = Ledger(home), Collected()
    if until is None:
        now, problem = not_before(home, now)
        result.problems += [f"{source.id}: {problem}"] if problem else []
    result.problems += left_alone(home, [source], loose=False)
    sizes = {path: _size(path) for path in waiting(home, source)}
    for path, size in sizes.items():
        try:
            _land(home, source, ledger, path, now, until, result, size)
        except OSError as problem:
            result.problems.append(f"{source.id}/{path.name}: it cannot be taken in ({problem.strerror or problem})")
        except IdtrackerError as problem:
            result.problems.append(f"{source.id}/{path.name}: {problem}")
    _withdrawals(home, source, ledger, now, until, result)
    return result


def _land(
    home: Home,
    source: Source,
    ledger: Ledger,
    path: Path,
    now: datetime,
    until: datetime | None,
    result: Collected,
    size_before: int | None,
) -> None:
    envelope_path = path.with_name(path.name + ENVELOPE)
    envelope = _envelope(envelope_path)
    received_at = parse_instant(envelope["received_at"]) if envelope.get("received_at") else now
    if until is not None and received_at > until:
        return
    limits = load_programme(home.sources).limits
    content = _whole(path, size_before, limits)
    marking, is_searched = take_search(content, path.name, limits)
    if not is_searched:
        raise IdtrackerError(_UNSEARCHED)
    if marking and Overrules(home).cover(source.id, hashlib.sha256(content).hexdigest()):
        marking = None
    sent_by = str(envelope.get("submitted_by") or source.publisher)
    receipt = _receipt(source, path.name, content, marking or "", received_at, sent_by)
    is_known = ledger.has(source.id, receipt.submission_id)
    if marking:
        ledger.add(receipt)
        if not is_known:
            result.refused.append(receipt)
        return
    if is_known:
        result.known.append(path.name)
    else:
        _keep_bytes(landed_path(home, receipt.sha256), content)
        ledger.add(receipt)
        result.received.append(receipt)
    path.unlink()
    envelope_path.unlink(missing_ok=True)


def _whole(path: Path, size_before: int | None, limits: Limits) -> bytes:
    """The bytes of a file within the limits that nobody is writing any more."""
    if path.stat().st_size > limits.file_bytes:
        raise IdtrackerError(
            f"it is larger than {limits.file_bytes:,} bytes, the limit of this programme (limits.file_bytes)"
        )
    content = path.read_bytes()
    if not (size_before == len(content) == _size(path)):
        raise IdtrackerError("it is still being written; the next run takes it")
    return content


def _receipt(
    source: Source, file_name: str, content: bytes, marking: str, received_at: datetime, sent_by: str
) -> Receipt:
    """The receipt of a file; of a marked one nothing but name and size is kept."""
    base_name, edition = name_parts(file_name, source.received.edition)
    sha256 = "" if marking else hashlib.sha256(content).hexdigest()
    return Receipt(
        submission_id=submission_id_of(source.id, sha256 or refusal_identity(file_name, len(content))),
        source_id=source.id,
        file_name=file_name,
        base_name=base_name,
        edition=edition,
        sha256=sha256,
        size_bytes=len(content),
        received_at=received_at,
        submitted_by=sent_by,
        marking=marking,
    )


def _keep_bytes(target: Path, content: bytes) -> None:
    if not target.exists():
        write_bytes(target, content)
        target.chmod(0o444)


def _envelope(path: Path) -> dict[str, Any]:
    """What the carrier says about the file: received_at, submitted_by. An absent envelope says nothing."""
    if not path.exists():
        return {}
    try:
        document = json.loads(path.read_text("utf-8"))
        if isinstance(document, dict):
            if document.get("received_at"):
                parse_instant(document["received_at"])
            return document
    except (ValueError, TypeError, AttributeError) as problem:
        raise IdtrackerError(f"the envelope {path.name} cannot be read ({problem}); correct or remove it") from problem
    raise IdtrackerError(f"the envelope {path.name} is not a JSON object; correct or remove it")


def _withdrawals(
    home: Home, source: Source, ledger: Ledger, now: datetime, until: datetime | None, result: Collected
) -> None:
    for path in sorted((home.inbox / source.id).glob(f"*{WITHDRAWAL}")):
        try:
            notice = json.loads(path.read_text("utf-8"))
            at = parse_instant(notice["at"]) if notice.get("at") else now
            if until is not None and at > until:
                continue
            named = [r for r in ledger.receipts(source.id) if r.file_name == notice["withdraws"] and not r.is_refused]
            if not named:
                result.problems.append(f"{source.id}/{path.name}: no received file is called {notice['withdraws']}")
                continue
            for receipt in named:
                ledger.withdraw(
                    source.id,
                    receipt.submission_id,
                    at=at,
                    by=str(notice.get("by", "")),
                    why=str(notice.get("why", "")),
                )
                result.withdrawn.append(receipt.submission_id)
            path.unlink()
        except (ValueError, KeyError, TypeError, AttributeError, IdtrackerError) as problem:
            result.problems.append(f"{source.id}/{path.name}: the withdrawal notice cannot be used ({problem})")


def place_in_inbox(home: Home, source: Source, content: bytes, file_name: str, submitted_by: str | None) -> Path:
    """Put a file into the source's inbox so that it appears whole or not at all; the envelope comes first."""
    target = home.inbox / source.id / Path(file_name).name
    _require_length(target)
    if target.exists() and target.read_bytes() != content:
        target = target.with_name(f"{target.stem}-{hashlib.sha256(content).hexdigest()[:8]}{target.suffix}")
        if fits(source, file_name) and not fits(source, target.name):
            raise UsageError(
                f"Another file called {Path(file_name).name} waits in the inbox of {source.id} already; "
                "submit this one after the next run, or under a name of its own."
            )
        _require_length(target)
    if submitted_by:
        write_json(target.with_name(target.name + ENVELOPE), {"submitted_by": submitted_by})
    write_bytes(target, content)
    return target
