"""Whether bytes that arrive are a delivery of their own: files that were withdrawn, or replaced under their name, may come again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from idtracker.ingest.landing.receipt import Receipt, by_arrival


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the arrival of some bytes is. `known`: the receipt that they have already; `before`: their latest receipt, if any.

    `again` says how often these bytes were delivered before, where this is a delivery of its own.
    """

    submission_id: str
    again: int = 0
    known: Receipt | None = None
    before: Receipt | None = None


def submission_id_of(source_id: str, sha256: str, again: int = 0) -> str:
    """The same bytes for the same source are the same submission, until they are delivered anew."""
    anew = f"\0{again}" if again else ""
    return hashlib.sha256(f"{source_id}\0{sha256}{anew}".encode()).hexdigest()[:16]


def delivery_of(
    receipts: Iterable[Receipt], source_id: str, sha256: str, file_name: str, at: datetime | None = None
) -> Delivery:
    """What bytes under a name are to a source that has `receipts`; `at` is given where an instant of arrival is stated.

    Bytes that were received before change nothing, but for two cases: they were withdrawn before this arrival, or the last
    file of this name came before it and had other bytes, so that the sender goes back to what was sent before.
    """
    in_order = sorted((r for r in receipts if not r.is_refused), key=by_arrival)
    same = [r for r in in_order if r.sha256 == sha256]
    if not same:
        return Delivery(submission_id_of(source_id, sha256))
    in_force = [r for r in in_order if r.withdrawn_at is None]
    of_name = [r for r in in_force if r.file_name.casefold() == file_name.casefold()]
    goes_back = bool(of_name) and of_name[-1].sha256 != sha256 and (at is None or of_name[-1].received_at < at)
    last = same[-1]
    comes_again = goes_back if last.withdrawn_at is None else at is None or last.withdrawn_at < at
    if not comes_again:
        return Delivery(last.submission_id, known=last, before=last)
    return Delivery(submission_id_of(source_id, sha256, len(same)), len(same), before=last)
