"""The accepted folders of submissions as an audience has them."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from idtracker.ingest.judge.deletions import IS_DELETED, still_said
from idtracker.ingest.judge.reported.coverage import coverage_of
from idtracker.ingest.judged.archive import SubmissionOutcome, accepted_folder
from idtracker.ingest.judged.parquet import read_frame
from idtracker.ingest.judged.seals import file_hash, write_sealed
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.files import private_folder
from idtracker.model.steps.blocks import in_blocks
from idtracker.model.tables import FACTS, columns_of
from idtracker.store.release.released_files import KINDS, LINES, ROWS_AT_ONCE, Files, Writing, released_files

Counts = Mapping[str, Counter[str]]
"""Submission -> how many of its rows of each kind were chosen."""


def write_submissions(writing: Writing, judged: Sequence[tuple[Receipt, SubmissionOutcome]], counts: Counts) -> None:
    """Write the folders of submissions of one source whole, in the place of those that are there."""
    private_folder(writing.target.accepted / writing.source.id)
    by_name = {receipt.submission_id: (receipt, outcome) for receipt, outcome in judged}
    rows = {submission: sum(by_kind.values()) for submission, by_kind in counts.items()}
    for block in in_blocks(by_name, rows, ROWS_AT_ONCE):
        files = released_files(writing, block)
        for submission in block:
            _write(writing, *by_name[submission], files.pop(submission, {}), counts.get(submission, Counter()))


def _write(writing: Writing, receipt: Receipt, outcome: SubmissionOutcome, files: Files, counts: Counter[str]) -> None:
    name = writing.names[writing.source.id, receipt.submission_id]
    target = accepted_folder(writing.target, writing.source.id, name)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))
    for file_name, rows in files.items():
        if file_name != LINES or outcome.is_correction:
            pq.write_table(rows, draft / file_name)
    write_sealed(draft, asdict(_outcome(writing, receipt, outcome, draft, counts)))
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)


def _outcome(
    writing: Writing, receipt: Receipt, outcome: SubmissionOutcome, draft: Path, counts: Counter[str]
) -> SubmissionOutcome:
    """The outcome as if no other row had been sent. Warnings and what the file was compared with are the owner's."""
    facts, held = counts["facts"], counts["held"]
    corrected = (writing.names.get((writing.source.id, one)) for one in outcome.corrects.split(";"))
    if _is_whole(writing, receipt.submission_id, counts.total()) and writing.audience.sees(
        writing.source.handling.marking
    ):
        periods, last_day = outcome.periods, outcome.last_day
    else:
        periods, last_day = _coverage(writing, receipt, outcome, draft)
    verdict = "accepted" if not held else "partly_accepted" if facts else "held"
    return replace(
        outcome,
        submission_id=writing.names[writing.source.id, receipt.submission_id],
        verdict=verdict,
        rows_read=facts + held,
        rows_accepted=facts,
        rows_held=held,
        rows_repeated=0,
        periods=periods,
        last_day=last_day,
        judged_by="",
        history="",
        corrects=";".join(one for one in corrected if one),
        record=_content(draft),
    )


def _content(draft: Path) -> str:
    """Changes whenever the released rows do: another definition of the audience, or the end of an embargo, shows other rows of the same submission."""
    files = [f"{path.name} {file_hash(path)}" for path in sorted(draft.iterdir())]
    return hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]


def _is_whole(writing: Writing, submission_id: str, chosen: int) -> bool:
    """Whether every row of a submission was chosen, also what a waiver would let through."""
    folder = writing.folder(submission_id)
    paths = [folder / f"{kind}-{part.id}.parquet" for part in writing.source.parts for kind in KINDS]
    rows: int = sum(pq.read_metadata(path).num_rows for path in [*paths, folder / "held.parquet"] if path.is_file())
    return chosen == rows


def _coverage(writing: Writing, receipt: Receipt, outcome: SubmissionOutcome, draft: Path) -> tuple[str, str]:
    """Periods that the released rows report, and their last day; with what the file says that there is nothing to report of."""
    folder = writing.folder(receipt.submission_id)
    received = pd.Timestamp(receipt.received_at)
    whole = coverage_of(writing.source, _frames(writing, folder), received)
    released = coverage_of(writing.source, _frames(writing, draft), received)
    nothing = set(outcome.periods.split(";")) - set(whole.periods) - {""}
    if not writing.audience.sees(writing.source.handling.marking):
        nothing = set()
    return ";".join(sorted({*released.periods, *nothing})), released.last_day.isoformat() if released.last_day else ""


def _frames(writing: Writing, folder: Path) -> Mapping[str, pd.DataFrame]:
    """The facts of a folder by part; of one that waits whole, what it will say."""
    for kind in ("facts", "waivable"):
        paths = {part.id: folder / f"{kind}-{part.id}.parquet" for part in writing.source.parts}
        frames = {part: _days_of(path) for part, path in paths.items() if path.is_file()}
        if any(len(frame) for frame in frames.values()):
            return {part: still_said(frame) for part, frame in frames.items()}
    return {}


def _days_of(path: Path) -> pd.DataFrame:
    """The columns of accepted rows that say what days or periods they speak of, and whether they delete."""
    return read_frame(path, [name for name in pq.read_schema(path).names if name in _COVERING])


_COVERING = {"period", IS_DELETED} | {
    name for model in FACTS.values() for spec in columns_of(model) if spec.about_day or spec.about_until
    for name in (spec.name, spec.about_until) if name
}  # fmt: skip
