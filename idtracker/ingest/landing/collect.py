"""From the inbox to the landing area: bytes kept by hash before anything can fail, once, with their receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from idtracker.ingest.decisions.overrules import Overrules
from idtracker.ingest.landing.arrival import Arrival, Visit, in_order_of_arrival, last_visit, record_visit
from idtracker.ingest.landing.chain import Clock, clock_of
from idtracker.ingest.landing.deliveries import Delivery, delivery_of, submission_id_of
from idtracker.ingest.landing.envelope import Envelope, envelope_path, read_envelope
from idtracker.ingest.landing.inbox import left_alone, scan_inbox
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt, name_parts
from idtracker.ingest.landing.searches import take_search
from idtracker.ingest.landing.withdrawals import closings_of, notices, take_notice
from idtracker.model.config.limits import Limits
from idtracker.model.config.programme import load_programme
from idtracker.model.config.source import Source
from idtracker.model.errors import DamagedFileError, IdtrackerError
from idtracker.model.files import write_bytes
from idtracker.model.home import Home

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
    restamped: list[str] = field(default_factory=list)
    """Submissions received before, by a clock that was ahead, which count from an earlier instant now."""


def refusal_identity(file_name: str, size_bytes: int) -> str:
    """Identity of a refused file, of which nothing but name and size may be kept."""
    return f"refused\0{file_name}\0{size_bytes}"


def _size(path: Path) -> int | None:
    """Size of a file; None where it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return None


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
    overruled = (submission_id_of(source.id, decision.sha256) for decision in Overrules(home).in_force(source.id))
    is_any = any(not ledger.has(source.id, submission_id) for submission_id in overruled)
    files = [
        p
        for p, size in sizes
        if is_any or not ledger.has(source.id, submission_id_of(source.id, refusal_identity(p.name, size)))
    ]
    return files + notices(home, source.id)


def collect(home: Home, source: Source, now: datetime, until: datetime | None = None) -> Collected:
    """Land every waiting file of a source.

    A file arrives as `arrival` says, by `now`; one that arrives after `until` stays in the inbox. A file
    marked above OFFICIAL stays where it is: only its name, size and marking enter the ledger. A file that grows while
    it is read is still being written: the next visit takes it. Where the clock goes backwards, see `clock_of`.
    """
    ledger, result = Ledger(home), Collected()
    result.problems += left_alone(home, [source], loose=False)
    files = waiting(home, source)
    known = ledger.receipts(source.id) if files else []
    clock = Clock(now) if until is not None else clock_of(home, now, (r.came_at for r in known))
    visit = Visit(clock.now, last_visit(home, source.id), source.received.may_backdate)
    limits = load_programme(home.sources).limits
    for arrival, envelope, size in _arrivals(home, source, files, visit, until, result):
        item = _Waiting(arrival, envelope, size, limits, clock)
        try:
            _land(home, source, ledger, item, known, result)
        except OSError as problem:
            why = f"it cannot be taken in ({problem.strerror or problem})"
            result.problems.append(_problem(source, item.path.name, why))
        except IdtrackerError as problem:
            result.problems.append(_problem(source, item.path.name, str(problem)))
    if clock.problem and (result.received or result.refused):
        result.problems.insert(0, f"{source.id}: {clock.problem}")
    if until is None:
        record_visit(home, source.id, visit.now)
    _withdrawals(home, source, ledger, visit, until, result)
    return result


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file of the inbox with what is said of it, its size when it was first seen, and the limits it is held to."""

    arrival: Arrival
    envelope: Envelope
    size: int | None
    limits: Limits
    clock: Clock

    @property
    def path(self) -> Path:
        return self.arrival.path

    @property
    def claimed_at(self) -> datetime | None:
        """The instant that its envelope states and that is followed; a time stamp says only how old a copy is."""
        return self.arrival.at if self.envelope.received_at and not self.arrival.doubt else None


def _arrivals(
    home: Home, source: Source, files: Sequence[Path], visit: Visit, until: datetime | None, result: Collected
) -> Iterator[tuple[Arrival, Envelope, int | None]]:
    """Files to take, in order of arrival. An envelope that cannot be used leaves its file where it is."""
    envelopes, sizes = {}, {}
    for path in files:
        try:
            envelope = read_envelope(path)
        except IdtrackerError as problem:
            result.problems.append(_problem(source, path.name, str(problem)))
            continue
        if until is None or envelope.received_at is None or envelope.received_at <= until:
            envelopes[path], sizes[path] = envelope, _size(path)
    claims = ((path, envelope.received_at) for path, envelope in envelopes.items())
    for arrival in in_order_of_arrival(claims, visit):
        envelope = envelopes[arrival.path]
        if arrival.doubt and envelope.received_at:
            claimed = f"its envelope says that it was received on {envelope.received_at:%Y-%m-%d %H:%M} UTC"
            why = f"{claimed}, {arrival.doubt}. The time of its arrival counts, {arrival.at:%Y-%m-%d %H:%M} UTC"
            result.problems.append(_problem(source, arrival.path.name, why))
        yield arrival, envelope, sizes[arrival.path]


def _problem(source: Source, name: str, why: str) -> str:
    return f"{source.id}/{name}: {why}"


def _land(home: Home, source: Source, ledger: Ledger, item: _Waiting, known: list[Receipt], result: Collected) -> None:
    path = item.path
    content = _whole(path, item.size, item.limits)
    marking, is_searched = take_search(content, path.name, item.limits)
    if not is_searched:
        raise IdtrackerError(_UNSEARCHED)
    if marking and Overrules(home).cover(source.id, hashlib.sha256(content).hexdigest()):
        marking = None
    receipt = _receipt(source, item, content, marking or "", known)
    is_known = ledger.has(source.id, receipt.submission_id)
    if marking:
        ledger.add(receipt)
        if not is_known:
            known.append(receipt)
            result.refused.append(receipt)
        return
    if is_known:
        result.known.append(path.name)
    else:
        _keep_bytes(landed_path(home, receipt.sha256), content)
        ledger.add(receipt)
        if receipt.resets_clock:
            result.restamped += [r.submission_id for r in known if r.came_at > receipt.came_at and not r.is_refused]
        known.append(receipt)
        result.received.append(receipt)
    path.unlink()
    envelope_path(path).unlink(missing_ok=True)


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


def _receipt(source: Source, item: _Waiting, content: bytes, marking: str, known: Sequence[Receipt]) -> Receipt:
    """The receipt of a file, after those that are known; of a marked one nothing but name and size is kept."""
    file_name = item.envelope.file_name or item.path.name
    base_name, edition = name_parts(file_name, source.received.edition)
    if marking:
        sha256, delivery = "", Delivery(submission_id_of(source.id, refusal_identity(item.path.name, len(content))))
    else:
        sha256 = hashlib.sha256(content).hexdigest()
        delivery = delivery_of(known, source.id, sha256, file_name, item.claimed_at)
    return Receipt(
        submission_id=delivery.submission_id,
        source_id=source.id,
        file_name=file_name,
        base_name=base_name,
        edition=edition,
        sha256=sha256,
        size_bytes=len(content),
        received_at=item.arrival.at,
        submitted_by=item.envelope.submitted_by or source.publisher,
        marking=marking,
        sequence=1 + max((r.sequence for r in known), default=0),
        again=delivery.again,
        arrived_at=item.arrival.came_at,
        resets_clock=item.clock.is_reset,
    )


def _keep_bytes(target: Path, content: bytes) -> None:
    if not target.exists():
        write_bytes(target, content)
        target.chmod(0o400)


def _withdrawals(
    home: Home, source: Source, ledger: Ledger, visit: Visit, until: datetime | None, result: Collected
) -> None:
    closings = closings_of(load_programme(home.sources), source.id)
    for path in notices(home, source.id):
        try:
            withdrawn, doubts = take_notice(ledger, source.id, path, visit, until, closings)
            result.withdrawn += withdrawn
            result.problems += [_problem(source, path.name, doubt) for doubt in doubts]
        except (OSError, IdtrackerError) as problem:
            result.problems.append(_problem(source, path.name, str(problem)))
