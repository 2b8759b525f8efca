"""Judging what was received from its bytes, step by step and without an orchestrator: the first half of a rebuild."""

from __future__ import annotations

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.series import EarlierReports
from idtracker.ingest.judged.archive import SubmissionOutcome, write_assessment
from idtracker.ingest.judged.correction_context import CorrectionContextReader
from idtracker.ingest.judged.earlier_reports import EarlierReportsReader
from idtracker.ingest.judged.queue import each_pending, judged_by
from idtracker.ingest.landing.collect import landed_bytes
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.errors import DamagedFileError
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.steps.progress import report


def judge_receipt(
    home: Home,
    catalogue: ProgrammeCatalogue,
    source: Source,
    receipt: Receipt,
    history: EarlierReports,
    records: CorrectionContextReader,
) -> SubmissionOutcome:
    """Judge one landed file against what the source said before it, and keep the outcome."""
    assessment = assess(
        landed_bytes(home, receipt),
        receipt.file_name,
        source,
        catalogue,
        submission_id=receipt.submission_id,
        received_at=naive_utc(receipt.received_at),
        came_at=naive_utc(receipt.came_at),
        history=history,
        record=records.before(receipt),
    )
    record = records.version_before(receipt) if assessment.is_correction else ""
    return write_assessment(home, assessment, judged_by(source, catalogue), history.version, record)


def judge_waiting(
    home: Home, catalogue: ProgrammeCatalogue, source: Source
) -> tuple[list[SubmissionOutcome], list[str]]:
    """Judge every file of a source that waits for it. Outcomes, and what is said of files whose bytes are damaged."""
    histories, records = EarlierReportsReader(home, source), CorrectionContextReader(home, source)
    outcomes, damaged = [], []
    for number, receipt in enumerate(each_pending(home, source, catalogue), 1):
        report("file", number)
        try:
            outcomes.append(judge_receipt(home, catalogue, source, receipt, histories.before(receipt), records))
        except DamagedFileError as problem:
            damaged.append(str(problem))
    return outcomes, damaged
