"""What is on record about one source: receipts, judgements and waivers, read once, and a seal per submission."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.judged.archive import Outcome, accepted_folder, read_outcome
from idtracker.ingest.judged.seals import OUTCOME
from idtracker.ingest.landing.ledger import Ledger, Receipt
from idtracker.model.home import Settings


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Receipts (weakest claim first), outcomes and seals by submission, and waivers of one source.

    A seal changes with anything that is known about a submission: every field of its receipt, its outcome, and the content
    of every file beside the outcome, which names them by hash.
    """

    source_id: str
    receipts: list[Receipt]
    outcomes: dict[str, Outcome]
    waivers: list[Waiver]
    seals: dict[str, str]

    @property
    def judged(self) -> list[tuple[Receipt, Outcome]]:
        """Receipts that have an outcome, weakest claim first."""
        return [(r, self.outcomes[r.submission_id]) for r in self.receipts if r.submission_id in self.outcomes]


def record_of(settings: Settings, source_id: str, until: datetime | None = None) -> SourceRecord:
    """The record of a source as it stood at `until`, or as it stands now."""
    receipts = Ledger(settings, until).receipts(source_id)
    outcomes: dict[str, Outcome] = {}
    for receipt in receipts:
        outcome = None if receipt.is_refused else read_outcome(settings, source_id, receipt.submission_id)
        if outcome is not None:
            outcomes[receipt.submission_id] = outcome
    seals = {r.submission_id: _seal(settings, r, r.submission_id in outcomes) for r in receipts}
    return SourceRecord(source_id, receipts, outcomes, Waivers(settings, until).of(source_id), seals)


def _seal(settings: Settings, receipt: Receipt, is_whole: bool) -> str:
    folder = accepted_folder(settings, receipt.source_id, receipt.submission_id)
    sealed = hashlib.sha256(json.dumps([asdict(receipt), is_whole], default=str, sort_keys=True).encode())
    outcome = (folder / OUTCOME).read_bytes() if is_whole else b""
    sealed.update(outcome)
    if b'"files"' not in outcome and folder.is_dir():  # nothing there vouches for the files: their bytes do
        for path in sorted(folder.iterdir()):
            sealed.update(path.name.encode() + path.read_bytes())
    return sealed.hexdigest()
