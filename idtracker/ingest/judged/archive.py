"""Accepted rows, held rows and findings of each submission as Parquet, written once per submission and definition."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.judge.correction import LINE, OF, PLACE
from idtracker.ingest.judged.parquet import read_frames_as_one, write_frame
from idtracker.ingest.judged.seals import is_broken, read_sealed, write_sealed
from idtracker.model.errors import IdtrackerError
from idtracker.model.findings import rule_set_version
from idtracker.model.home import Home
from idtracker.model.tables import OPERATIONS, conform_types, empty_frame

RowPlace = tuple[str, str, str, int, int]
"""Part, submission, sheet, row, and which of the rows made of that row."""
_LINE_TYPES = {name: "int64" if "row" in name else "str" for name in LINE}


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """What was decided about one submission. Counts of unchanged and superseded rows are known to the store only.

    `judged_by` decides what is accepted; `history` names the earlier submissions that its warnings were made against.
    A correction names the first files it `corrects`; `record` names how their rows stood when it was judged. `periods` and
    `last_day` are the coverage of the file (see `judge.coverage`).
    """

    submission_id: str
    source_id: str
    verdict: str
    rows_read: int
    rows_accepted: int
    rows_held: int
    rows_repeated: int
    periods: str
    rule_set_version: str
    judged_by: str
    history: str = ""
    is_correction: bool = False
    corrects: str = ""
    record: str = ""
    last_day: str = ""


def accepted_folder(home: Home, source_id: str, submission_id: str) -> Path:
    """Where the judgement of a submission is kept."""
    return home.accepted / source_id / submission_id


def read_outcome(home: Home, source_id: str, submission_id: str) -> SubmissionOutcome | None:
    """The outcome of a submission; None where it was never judged, or where its folder is not whole (see `seals`)."""
    document = read_sealed(accepted_folder(home, source_id, submission_id))
    try:
        return None if document is None else SubmissionOutcome(**document)
    except TypeError:
        return None  # of a version that kept other things: judged again from the landing area


def write_assessment(
    home: Home, assessment: Assessment, judged: str, history: str = "", record: str = ""
) -> SubmissionOutcome:
    """Keep an assessment made by `judged` against `history` and `record` of those versions.

    The folder appears whole: readers see the old judgement, then the new one.
    """
    if assessment.rows_read != assessment.rows_accepted + assessment.rows_held + assessment.rows_repeated:
        raise IdtrackerError(f"{assessment.source_id}/{assessment.submission_id}: rows read are not all accounted for")
    outcome = _outcome_of(assessment, judged, history, record)
    target = accepted_folder(home, assessment.source_id, assessment.submission_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))
    for kind, frames in (("facts", assessment.facts), ("waivable", assessment.waivable)):
        for part_id, facts in frames.items():
            numbered = facts if "row_piece" in facts else facts.assign(row_piece=0)
            write_frame(draft / f"{kind}-{part_id}.parquet", numbered)
    if assessment.is_correction:
        write_frame(draft / "lines.parquet", assessment.lines.astype(_LINE_TYPES))
    write_frame(draft / "findings.parquet", _findings_of(assessment))
    write_frame(draft / "held.parquet", conform_types(assessment.held, OPERATIONS["held_row"]))
    if len(assessment.held_keys):
        write_frame(draft / "held_keys.parquet", assessment.held_keys)
    write_sealed(draft, asdict(outcome))
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)
    return outcome


def _outcome_of(assessment: Assessment, judged: str, history: str, record: str) -> SubmissionOutcome:
    coverage = assessment.coverage
    return SubmissionOutcome(
        submission_id=assessment.submission_id,
        source_id=assessment.source_id,
        verdict=assessment.verdict,
        rows_read=assessment.rows_read,
        rows_accepted=assessment.rows_accepted,
        rows_held=assessment.rows_held,
        rows_repeated=assessment.rows_repeated,
        periods=";".join(sorted({*coverage.periods, *assessment.nil_periods})),
        last_day=coverage.last_day.isoformat() if coverage.last_day else "",
        rule_set_version=rule_set_version(),
        judged_by=judged,
        history=history,
        is_correction=assessment.is_correction,
        corrects=";".join(assessment.corrects or ()),
        record=record,
    )


def _findings_of(assessment: Assessment) -> pd.DataFrame:
    """The findings as rows of the table `finding`."""
    findings = assessment.findings.to_frame()
    if findings.empty:
        return empty_frame(OPERATIONS["finding"])
    findings.insert(0, "source_id", assessment.source_id)
    findings.insert(0, "submission_id", assessment.submission_id)
    return conform_types(findings, OPERATIONS["finding"])


def facts_file(home: Home, source_id: str, submission_id: str, part_id: str, kind: str = "facts") -> Path:
    """File of the accepted rows of a part; with `waivable`, of those that are held and that a waiver may let through."""
    return accepted_folder(home, source_id, submission_id) / f"{kind}-{part_id}.parquet"


def is_readable(path: Path) -> bool:
    """Whether a file of an accepted folder is there and its folder is not broken."""
    return path.exists() and not is_broken(path.parent)


def read_frames(home: Home, source_id: str, kind: str) -> pd.DataFrame:
    """All `findings` or `held` rows of a source, in order of submission; folders that are not whole say nothing."""
    model = OPERATIONS["finding" if kind == "findings" else "held_row"]
    files = sorted((home.accepted / source_id).glob(f"[!.]*/{kind}.parquet"))
    return conform_types(read_frames_as_one(f for f in files if not is_broken(f.parent)), model)


def read_held(home: Home, source_id: str, submissions: Sequence[str]) -> pd.DataFrame:
    """Rows that the judgement of these submissions held, without their cells."""
    columns = ["held_id", "submission_id", *("part", "sheet", "row_number", "row_piece"), "rules", "is_waivable"]
    paths = [accepted_folder(home, source_id, submission) / "held.parquet" for submission in submissions]
    held = read_frames_as_one((path for path in paths if is_readable(path)), columns)
    return held.astype({"row_number": "int64", "row_piece": "int64", "sheet": "str"}).fillna({"sheet": ""})


def read_lines(home: Home, source_id: str, submission_id: str) -> Iterator[tuple[RowPlace, RowPlace, str]]:
    """Place, row of the first file, and fate of every line of a correction."""
    path = accepted_folder(home, source_id, submission_id) / "lines.parquet"
    if is_readable(path):
        lines = pd.read_parquet(path).fillna({"sheet": "", "of_sheet": ""})
        own = [lines[name].tolist() for name in ("part", *PLACE)]
        first = [lines[name].tolist() for name in ("part", *OF)]
        yield from zip(zip(*own, strict=True), zip(*first, strict=True), lines["fate"].tolist(), strict=True)


def read_places(home: Home, source_id: str, submission_id: str, part_id: str, kind: str = "facts") -> pd.DataFrame:
    """Place, key and content of the rows of one part of a submission that were accepted, or are `waivable`."""
    path = facts_file(home, source_id, submission_id, part_id, kind)
    columns = [*PLACE, "fact_id", "content_hash"]
    if not is_readable(path):
        return pd.DataFrame(columns=columns)
    return pd.read_parquet(path, columns=columns).fillna({"sheet": ""})
