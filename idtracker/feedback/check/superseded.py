"""Which rows of a file stand back behind those of files that count for more, and which files these are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from idtracker.ingest.judge.rules.removal import scopes_of
from idtracker.ingest.judged.archive import facts_file
from idtracker.ingest.landing.receipt import Receipt, by_arrival
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Home
from idtracker.store.refresh_facts import judged_receipts


def set_aside(home: Home, source: Source, submissions: Collection[str]) -> dict[str, list[Receipt]]:
    """Of received files those that stood back when they arrived: submission -> the earlier files that count for more."""
    judged = judged_receipts(home, source)
    behind: dict[str, list[Receipt]] = {}
    for place, (receipt, _) in enumerate(judged):
        if receipt.submission_id in submissions and receipt.withdrawn_at is None:
            after = [r for r, o in judged[place + 1 :] if r.withdrawn_at is None and not o.is_correction]
            earlier = [r for r in after if by_arrival(r) < by_arrival(receipt)]
            by = _covering(home, source, receipt.submission_id, earlier) if earlier else []
            behind |= {receipt.submission_id: by} if by else {}
    return behind


def _covering(home: Home, source: Source, submission_id: str, stronger: Sequence[Receipt]) -> list[Receipt]:
    """Which of stronger files speak of something that a file speaks of."""
    covering: dict[str, Receipt] = {}
    for part in source.parts:
        path = facts_file(home, source.id, submission_id, part.id)
        if path.is_file():
            _, by = superseded_rows(home, source, part, pd.read_parquet(path), stronger)
            covering |= {r.submission_id: r for r in by}
    return list(covering.values())


def superseded_rows(
    home: Home, source: Source, part: Part, facts: pd.DataFrame, stronger: Sequence[Receipt]
) -> tuple[pd.Series, list[Receipt]]:
    """Which rows a stronger file speaks about as well, and those files."""
    superseded = pd.Series(False, index=facts.index)
    scoped, covering = scopes_of(part, facts) if stronger else superseded, []
    for receipt in stronger:
        path = facts_file(home, source.id, receipt.submission_id, part.id)
        if path.is_file():
            covered = scoped.isin(set(scopes_of(part, pd.read_parquet(path))))
            covering += [receipt] * bool(covered.any())
            superseded |= covered
    return superseded, covering
