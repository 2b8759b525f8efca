"""What a file would change in what is published: by period, with the rows concerned named by the submitter's own key."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import duckdb
import numpy as np
import pandas as pd

from idtracker.feedback.check.moved_scores import FactChange, moved_scores
from idtracker.feedback.check.row_examples import RowExample, examples_of, held_in_file, periods_of
from idtracker.feedback.check.superseded import superseded_rows
from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.judge.deletions import IS_DELETED, still_said
from idtracker.ingest.judge.rules.locks import day_columns, locks_of
from idtracker.ingest.judge.rules.removal import scopes_of
from idtracker.ingest.judged.archive import facts_file, is_readable
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.precedence import by_precedence
from idtracker.ingest.landing.receipt import Receipt, name_parts
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Part, Source
from idtracker.model.document import MovedScore
from idtracker.model.errors import NotPublishedError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import aware_utc
from idtracker.publish.tracker import open_snapshot
from idtracker.store.refresh_facts import judged_receipts

Kind = Literal["added", "changed", "unchanged", "removed", "superseded"]
KINDS: tuple[Kind, ...] = ("added", "changed", "unchanged", "removed", "superseded")
EXAMPLES = 25


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """What a file does to one period of one part; `period` is empty where rows have none."""

    part: str
    period: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    superseded: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every change by period, and the first rows of each kind in the order of the file (removed ones by their key).

    `moved` are the published scores that would be others, None where there are too many rows to work that out. `received` is
    the receipt of the very same file, where it came before; `superseded_by` names the files that stay
    stronger than this one; `removed_held` counts, for each part compared, the removed rows that the file does hold, among
    its held rows.
    """

    is_published: bool = False
    is_correction: bool = False
    periods: list[PeriodChange] = field(default_factory=list)
    examples: dict[Kind, list[RowExample]] = field(default_factory=dict)
    received: Receipt | None = None
    superseded_by: list[str] = field(default_factory=list)
    removed_held: list[int] = field(default_factory=list)
    fact_changes: list[FactChange] = field(default_factory=list)
    moved: list[MovedScore] | None = field(default_factory=list)

    def total(self, kind: Kind) -> int:
        return sum(getattr(p, kind) for p in self.periods)


def compare(
    home: Home,
    source: Source,
    assessment: Assessment,
    file_name: str,
    received_at: pd.Timestamp,
    programme: Programme,
    before: Receipt | None = None,
) -> Comparison:
    """Hold the accepted rows of a file against what is published of its source, as the next run would.

    A correction replaces rows one by one: it takes nothing else away and has the word of the file that it corrects. Periods
    that the programme had closed by `received_at` stay as they are.
    """
    closed = max((lock.last for lock in locks_of(programme, source.id, received_at)), default=None)
    stronger = _stronger_receipts(home, source, assessment.submission_id, file_name, received_at)
    stronger = [] if assessment.is_correction else stronger
    examples: dict[Kind, list[RowExample]] = {"added": [], "changed": [], "removed": []}
    with _published(home) as published:
        result = Comparison(published is not None, assessment.is_correction, examples=examples, received=before)
        for part in source.parts:
            facts = assessment.facts.get(part.id)
            if facts is None:
                continue
            known = facts.iloc[:0] if published is None else _published_facts(home, published, source, part)
            part = part.model_copy(update={"revision": "upsert"}) if assessment.is_correction else part
            superseded, by = superseded_rows(home, source, part, facts, stronger)
            result.superseded_by.extend(r.file_name for r in by if r.file_name not in result.superseded_by)
            _compare_part(result, part, facts, known, superseded, assessment.held, closed)
        if published is not None:
            result = replace(result, moved=moved_scores(published, programme, result.fact_changes, received_at))
    return result


@contextmanager
def _published(home: Home) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """What is published; None where nothing is."""
    try:
        published = open_snapshot(home, DEFAULT_AUDIENCE)
    except NotPublishedError:
        yield None
        return
    with closing(published):
        yield published


def _stronger_receipts(
    home: Home, source: Source, submission_id: str, file_name: str, received_at: pd.Timestamp
) -> list[Receipt]:
    """The receipts whose word counts for more than the file's."""
    receipts = Ledger(home).receipts(source.id)
    if all(r.submission_id != submission_id for r in receipts):
        base, edition = name_parts(file_name, source.received.edition)
        arrived = aware_utc(received_at.to_pydatetime())
        mine_now = Receipt(submission_id, source.id, file_name, base, edition, "", 0, arrived, "", sequence=sys.maxsize)
        receipts = by_precedence([*receipts, mine_now])
    place = next(i for i, r in enumerate(receipts) if r.submission_id == submission_id)
    corrections = {r.submission_id for r, outcome in judged_receipts(home, source) if outcome.is_correction}
    later = (r for r in receipts[place + 1 :] if r.withdrawn_at is None and not r.is_refused)
    return [r for r in later if r.submission_id not in corrections]


def _published_facts(home: Home, published: duckdb.DuckDBPyConnection, source: Source, part: Part) -> pd.DataFrame:
    """What is published of the part: the rows of its table that came from the source under it."""
    known: pd.DataFrame = published.execute(f'SELECT * FROM now."{part.feeds}" WHERE source_id = ?', [source.id]).df()
    if sum(p.feeds == part.feeds for p in source.parts) == 1:
        return known
    files = [
        facts_file(home, source.id, submission, part.id, kind)
        for submission in sorted(known["submission_id"].unique())
        for kind in ("facts", "waivable")
    ]
    own = [pd.read_parquet(f, columns=["fact_id"])["fact_id"] for f in files if is_readable(f)]
    return known.loc[known["fact_id"].isin(pd.concat(own))] if own else known.iloc[:0]


def _compare_part(
    result: Comparison,
    part: Part,
    facts: pd.DataFrame,
    known: pd.DataFrame,
    superseded: pd.Series,
    held_rows: pd.DataFrame,
    closed: pd.Timestamp | None,
) -> None:
    deleted = (
        facts.loc[facts[IS_DELETED] & ~superseded, "fact_id"] if IS_DELETED in facts else facts["fact_id"].iloc[:0]
    )
    superseded, facts = superseded.loc[still_said(facts).index], still_said(facts)
    kinds = pd.Series("added", index=facts.index)
    if not known.empty:
        before = facts["fact_id"].map(known.drop_duplicates("fact_id").set_index("fact_id")["content_hash"])
        kinds = kinds.mask(before.notna(), "changed")
        kinds = kinds.mask(before.notna() & (before == facts["content_hash"]), "unchanged")
    kinds = kinds.mask(superseded, "superseded") if superseded.any() else kinds
    is_gone = _is_removed(part, known, facts[~superseded] if superseded.any() else facts, closed)
    gone = known[is_gone | known["fact_id"].isin(deleted)]
    held = held_in_file(part, gone, held_rows)
    result.removed_held.append(int(held.sum()))
    periods = pd.concat(
        [
            pd.DataFrame({"period": periods_of(facts), "kind": kinds}),
            pd.DataFrame({"period": periods_of(gone), "kind": "removed"}),
        ]
    )
    counts = periods.value_counts(["period", "kind"])
    for period in sorted(periods["period"].unique()):
        by_kind = {k: int(counts.get((period, k), 0)) for k in KINDS}
        result.periods.append(PeriodChange(part.id, str(period), **by_kind))
    new = facts[(kinds == "added") | (kinds == "changed")]
    result.fact_changes.append(FactChange(part.feeds, gone["fact_id"].tolist(), new))
    added, changed = (facts.iloc[np.flatnonzero(kinds == kind)[:EXAMPLES]] for kind in ("added", "changed"))
    for kind, frame in (("added", added), ("changed", changed), ("removed", gone)):
        wanted = EXAMPLES - len(result.examples[kind])  # type: ignore[index]
        result.examples[kind] += examples_of(part, kind, frame, known, held, wanted)  # type: ignore[index]


def _is_removed(part: Part, known: pd.DataFrame, facts: pd.DataFrame, closed: pd.Timestamp | None) -> pd.Series:
    """Rows now known that the file, by its declared scope, would take away; none about days up to `closed`."""
    if part.revision in ("upsert", "append") or known.empty or facts.empty:
        return pd.Series(False, index=known.index)
    gone = ~known["fact_id"].isin(facts["fact_id"].tolist())
    days = [c for c in day_columns(part) if c in known]
    if closed is not None and days:
        gone &= ~(known[days].bfill(axis=1).iloc[:, 0] <= closed)
    return gone & scopes_of(part, known).isin(set(scopes_of(part, facts)))
