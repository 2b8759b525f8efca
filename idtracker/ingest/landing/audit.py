"""What is wrong with the landing area: bytes, ledger, chain, clock. Each problem names its place and the remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from idtracker.ingest.access.log import FOLDER as ACCESS
from idtracker.ingest.access.log import AccessLog
from idtracker.ingest.access.removals import missing_days
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.landing.chain import FILE, TOLERANCE, Chain
from idtracker.ingest.landing.collect import landed_bytes
from idtracker.ingest.landing.deliveries import submission_id_of
from idtracker.ingest.landing.ledger import WITHDRAWN, Ledger
from idtracker.ingest.landing.receipt import Receipt, as_clocked
from idtracker.model.errors import DamagedFileError, IdtrackerError
from idtracker.model.home import Home

FROM_BACKUP = "restore it from a backup"
_SHARD = re.compile(r"[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """One thing that is not as it should be: the check that found it, the place, what is wrong, and what to do."""

    check: str
    place: str
    problem: str
    remedy: str


@dataclass(slots=True)
class Audited:
    """What was looked at, what is wrong, and what is worth knowing and harms nothing."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[AuditProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, check: str, place: str, problem: str, remedy: str) -> None:
        self.problems.append(AuditProblem(check, place, problem, remedy))


def audit_landing(home: Home, now: datetime, audited: Audited) -> list[Receipt]:
    """Look at everything in the landing area; the receipts that can be read. `now` is the day that the programme lives in."""
    sources = Ledger(home).sources()
    receipts = [r for source_id in sources for r in _receipts(home, source_id, audited)]
    _audit_documents(home, receipts, audited)
    _audit_bytes(home, receipts, audited)
    _audit_chain(home, audited)
    _audit_access(home, audited)
    for receipt in (r for source_id in sources for r in as_clocked(k for k in receipts if k.source_id == source_id)):
        if receipt.received_at > now + TOLERANCE:
            place = f"{receipt.source_id}/{receipt.submission_id}"
            message = f"{receipt.file_name} arrives at {receipt.received_at:%Y-%m-%d %H:%M} UTC, which has not come yet"
            remedy = "set the clock of the machine or of programme.yml; where it was ahead once, the next file of the source says so"
            audited.add("clock", place, message, remedy)
    return receipts


def _receipts(home: Home, source_id: str, audited: Audited) -> Iterator[Receipt]:
    """Receipts of a source one by one, so that a damaged one hides no other."""
    ledger = Ledger(home)
    for path in sorted((home.landing / "ledger" / source_id).glob("*.json")):
        if path.name.endswith(WITHDRAWN):
            continue
        try:
            receipt = ledger.receipt(source_id, path.stem)
        except (IdtrackerError, TypeError, KeyError) as problem:
            audited.add("ledger", _below(home, path), f"the receipt cannot be read ({problem})", FROM_BACKUP)
            continue
        identity = submission_id_of(source_id, receipt.sha256, receipt.again)
        if (receipt.source_id, receipt.submission_id) != (source_id, path.stem) or (
            not receipt.is_refused and identity != path.stem
        ):
            audited.add("ledger", _below(home, path), "the receipt does not belong under this name", FROM_BACKUP)
        yield receipt


def _audit_documents(home: Home, receipts: list[Receipt], audited: Audited) -> None:
    chain, known = Chain(home), {(r.source_id, r.submission_id) for r in receipts}
    documents = chain.documents()
    for path in documents:
        try:
            if not isinstance(json.loads(path.read_text("utf-8")), dict):
                raise ValueError("it is no JSON object")
        except (OSError, ValueError) as problem:
            if path.parent.parent != chain.root or path.name.endswith(WITHDRAWN):
                audited.add("ledger", _below(home, path), f"it cannot be read ({problem})", FROM_BACKUP)
        name = path.name.split(".")[0]
        if path.name.endswith(WITHDRAWN) and (path.parent.name, name) not in known:
            audited.add("ledger", _below(home, path), "it withdraws a file without a receipt", FROM_BACKUP)
    for source_id in Ledger(home).sources():
        try:
            for waiver in Waivers(home).of(source_id):
                if (source_id, waiver.submission_id) not in known:
                    place = f"{source_id}/waivers/{waiver.waiver_id}"
                    audited.add("ledger", place, "it waives rows of a file without a receipt", FROM_BACKUP)
        except (IdtrackerError, ValueError, KeyError, TypeError) as problem:
            audited.add("ledger", f"{source_id}/waivers", f"a waiver cannot be read ({problem})", FROM_BACKUP)
    audited.counts |= {"receipts": len(receipts), "documents": len(documents)}


def _audit_bytes(home: Home, receipts: list[Receipt], audited: Audited) -> None:
    """Every receipt has its bytes, and everything that lies in the landing area has a receipt."""
    expected: dict[str, Receipt] = {r.sha256: r for r in receipts if not r.is_refused}
    for receipt in expected.values():
        try:
            landed_bytes(home, receipt)
        except DamagedFileError as problem:
            audited.add("landing", f"{receipt.source_id}/{receipt.file_name}", str(problem), FROM_BACKUP)
    for path in sorted(home.landing.glob("*")) if home.landing.is_dir() else []:
        if path.name == "ledger":
            continue
        inside = sorted(path.iterdir()) if path.is_dir() and _SHARD.fullmatch(path.name) else [path]
        for stray in inside:
            if stray.name.startswith(".part-"):
                audited.notes.append(
                    f"{_below(home, stray)} is left of a run that was cut off; the next run removes it"
                )
            elif stray.name not in expected or stray.parent.name != stray.name[:2]:
                remedy = "run again: a run that was cut off takes it in now; if it is still here after that, remove it"
                audited.add("landing", _below(home, stray), "no receipt names this file", remedy)
    audited.counts["landed_files"] = len(expected)


def _audit_chain(home: Home, audited: Audited) -> None:
    """The chain holds, names every document, and its clock goes forwards."""
    chain = Chain(home)
    try:
        links, broken, waiting = chain.links(), chain.first_broken(), chain.unsealed()
    except IdtrackerError as problem:
        audited.add("chain", f"ledger/{FILE}", str(problem), FROM_BACKUP)
        return
    audited.counts["links"] = len(links)
    if broken:
        audited.add("chain", f"ledger/{FILE}", broken, "restore the document, or the chain, from a backup")
    if waiting:
        audited.notes.append(f"{len(waiting)} documents of the ledger are not sealed yet; the next run does it")
    for earlier, later in pairwise(links):
        if earlier.at - later.at > TOLERANCE:
            audited.notes.append(
                f"the clock went backwards between links {earlier.number} and {later.number} of the chain: "
                f"{earlier.at:%Y-%m-%d %H:%M} to {later.at:%Y-%m-%d %H:%M} UTC; what came later did not count as earlier"
            )


def _audit_access(home: Home, audited: Audited) -> None:
    """Every line of the log of access follows from the one before it; days that are gone were removed by an act, and old enough."""
    log = AccessLog(home)
    try:
        faults, (removed, missing) = list(log.faults()), missing_days(home)
        audited.counts["accesses"] = len(log.entries())
    except (IdtrackerError, OSError) as problem:
        audited.add("access", f"ledger/{ACCESS}", str(problem), FROM_BACKUP)
        return
    for name, fault in faults:
        audited.add("access", f"ledger/{ACCESS}/{name}", fault, FROM_BACKUP)
    for day in missing:
        fault = "it is gone, and no act on the record removed it"
        audited.add("access", f"ledger/{ACCESS}/{day}.jsonl", fault, FROM_BACKUP)
    if removed:
        audited.notes.append(f"{len(removed)} days of the log of access were removed, the last of them {removed[-1]}")


def audit_heads(home: Home, heads: list[tuple[str, str]], audited: Audited) -> None:
    """Heads of the chain that were told elsewhere (place, head) must still be links of it."""
    try:
        known = {link.link for link in Chain(home).links()}
    except IdtrackerError:
        return  # found already
    for place, head in heads:
        if head and head not in known:
            message = "the chain does not hold the link that was its last then: it was cut or written anew"
            audited.add("chain", place, message, FROM_BACKUP)
            return


def _below(home: Home, path: Path) -> str:
    return path.relative_to(home.root).as_posix()
