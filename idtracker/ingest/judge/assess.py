"""One file judged: read, shaped, resolved, conformed, held against the rules; every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from idtracker.ingest.judge.assessment import Assessment, Verdict
from idtracker.ingest.judge.bounds import looks_like
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.choices import as_chosen, check_choices, codebook_of
from idtracker.ingest.judge.conform import to_facts
from idtracker.ingest.judge.correction import (
    Correction,
    CorrectionContext,
    Lines,
    as_correction,
    left_out,
    lines_of,
    nothing_known,
    weigh,
)
from idtracker.ingest.judge.definition import codelists_of, kinds_of
from idtracker.ingest.judge.deletions import (
    deleted_rows,
    judged_part,
    marked,
    of_keys,
    still_said,
)
from idtracker.ingest.judge.form import as_sent
from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.partition import accept, line_frame, partition_rows
from idtracker.ingest.judge.reported.coverage import Coverage, coverage_of
from idtracker.ingest.judge.reported.nil import Reported, findings_of_nothing, periods_of_nothing, without_nothing
from idtracker.ingest.judge.rules.cross import check_cross, check_references
from idtracker.ingest.judge.rules.groups import check_groups
from idtracker.ingest.judge.rules.history import check_history
from idtracker.ingest.judge.rules.locks import Lock, check_locks, locks_of
from idtracker.ingest.judge.rules.name_period import check_name_period
from idtracker.ingest.judge.rules.rows import JudgedRows, check_duplicates, check_rows, check_schema
from idtracker.ingest.judge.rules.series import EarlierReports
from idtracker.ingest.judge.rules.totals import check_totals
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.reading import read
from idtracker.ingest.resolve.organisations import organisations_named
from idtracker.ingest.resolve.resolving import resolve
from idtracker.ingest.shape.headings import virtual_headings
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.shaping import shape
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings, Group
from idtracker.model.packed.packings import FEWEST_ROWS
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names
from idtracker.model.steps.memory import release_memory

__all__ = ["Assessment", "Verdict", "assess"]


def assess(
    content: bytes,
    file_name: str,
    source: Source,
    catalogue: ProgrammeCatalogue,
    *,
    submission_id: str,
    received_at: pd.Timestamp,
    came_at: pd.Timestamp | None = None,
    history: EarlierReports | None = None,
    record: CorrectionContext = nothing_known,
) -> Assessment:
    """Judge the bytes of one file as a report of `source`. Bad input becomes findings, never an exception.

    `catalogue` holds what it is judged by, and the sources that a misdirected file may be meant for. Periods are closed by
    `came_at` (left out: `received_at`). `history`, what the source said before, brings warnings and holds a file that takes
    too much away; `record` is what corrections are held against.
    """
    result = Assessment(source.id, submission_id, file_name)
    correction = as_correction(content, file_name, source, catalogue.programme.limits)
    source, reading, nothing = _opened(content, source, catalogue, correction, result)
    if reading is None:
        return result
    del content  # what is read of it says the same
    locks, groups = locks_of(catalogue.programme, source.id, came_at or received_at), catalogue.programme.groups
    about = (catalogue.names_of(source.id), file_name, submission_id, received_at, reading.findings, locks, groups)
    judge = _TableJudge(correction.source if correction else source, catalogue.register, *about)
    judged = judge.judge_all(reading) if correction is None else _judge_lines(judge, correction, record, result)
    result.findings.groups += [g for table in judged for g in table.findings.groups]
    if result.findings.is_critical:
        return _misdirected(result, reading, source, catalogue)
    result.nil_periods = periods_of_nothing(nothing, source, lambda table, part: judge.shaped(table, part, []))
    rows = [j for table in judged for j in table.rows]
    partition_rows(result, rows, source, history or EarlierReports(), locks)
    if not result.findings.is_critical:
        result.findings.extend(_compared(rows, source, history or EarlierReports(), "" if correction else file_name))
        del judged, reading, correction  # with them goes the text of the file
        accept(result, rows)
        result.coverage = _coverage(result, source, received_at)
    return result


def _misdirected(result: Assessment, reading: Reading, source: Source, catalogue: ProgrammeCatalogue) -> Assessment:
    """A file that is of no use, with the source that it may be meant for."""
    looks_like(result.findings, [t for ts in reading.tables.values() for t in ts], source, catalogue.sources)
    return result


def _coverage(result: Assessment, source: Source, received_at: pd.Timestamp) -> Coverage:
    """Which periods the file reports; of one that waits whole, those that it will report. A deletion reports nothing."""
    facts = result.facts if result.rows_accepted else result.waivable
    return coverage_of(source, {part: still_said(rows) for part, rows in facts.items()}, received_at)


def _opened(
    content: bytes, source: Source, catalogue: ProgrammeCatalogue, correction: Correction | None, result: Assessment
) -> tuple[Source, Reading | None, Reported]:
    """The source as the file was sent, what is read of the file, and what in it says that there is nothing to report.

    No reading where a finding says why the file is of no use.
    """
    nothing: Reported = {}
    if correction is None:
        source, stamped = as_sent(content, source)
        result.findings.extend(stamped)
        if stamped.is_critical:
            return source, None, nothing
        reading, nothing = without_nothing(read(content, result.file_name, source, catalogue.programme.limits), source)
        result.findings.extend(findings_of_nothing(nothing))
    else:
        reading = correction.reading
        result.corrects = tuple(correction.submissions)
    result.findings.extend(reading.findings)
    return source, None if reading.findings.is_critical else reading, nothing


def _judge_lines(
    judge: _TableJudge, correction: Correction, record: CorrectionContext, result: Assessment
) -> list[_JudgedTable]:
    """The tables of a workbook of corrections, each line held against the row it names as well."""
    known = record(correction.submissions, judge.received_at)
    roots = known["root_submission_id"].dropna().unique()
    result.corrects = tuple(sorted(str(s) for s in roots))
    judged = []
    for part in judge.source.parts:
        tables = correction.reading.tables.get(part.id, [])
        for table, reference in zip(tables, correction.references.get(part.id, []), strict=True):
            lines = lines_of(reference, part, known)
            remaining, findings = left_out(table, lines)
            away = lines.frame["is_left_out"].to_numpy(dtype=bool)
            result.findings.extend(findings)
            closed = line_frame(
                result.submission_id, part.id, table.sheet, table.row_numbers[away], lines.of(away), "left_out"
            )
            result.lines = pd.concat([result.lines, closed], ignore_index=True) if len(closed) else result.lines
            result.rows_read += len(closed)
            result.rows_repeated += len(closed)
            judged.append(judge.judge(remaining, part, [], lines.of(~away)))
    return judged


@dataclass(frozen=True, slots=True)
class _JudgedTable:
    """What became of one table of the file: its findings, and its rows unless the table is unusable."""

    findings: Findings
    rows: list[Judged]


@dataclass(frozen=True, slots=True)
class _TableJudge:
    """What every table of one file is judged by."""

    source: Source
    register: Register
    names: Names
    file_name: str
    submission_id: str
    received_at: pd.Timestamp
    reading: Findings
    locks: list[Lock]
    groups: list[str]

    def judge_all(self, reading: Reading) -> list[_JudgedTable]:
        """Every table of a file."""
        return [
            self.judge(
                table, judged_part(part, self.source), _readers_of(table.sheet, part, self.source, reading.tables)
            )
            for part in self.source.parts
            for table in reading.tables.get(part.id, [])
        ]

    def judge(self, table: RawTable, part: Part, others: list[Part], lines: Lines | None = None) -> _JudgedTable:
        """Shape, resolve and conform one table and hold it against every rule; `others` read the same sheet.

        `lines` are given where the table is one of corrections.
        """
        kinds = kinds_of(part)
        shaped = self.shaped(table, part, others)
        deleted = deleted_rows(shaped, part)
        findings = Findings(shaped.findings.groups if self.source.format.kind != "iati" else _reported(shaped.findings))
        if findings.is_critical:
            return _JudgedTable(findings.on_sheet(table.sheet), [])
        about = (codelists_of(part), self.source.publisher, self.received_at)
        resolved = resolve(shaped, part, kinds, self.register, self.names, *about)
        findings.extend(resolved.findings)
        numbers = shaped.row_numbers
        facts = to_facts(
            resolved.frame, part, self.source, submission_id=self.submission_id, sheet=table.sheet, row_numbers=numbers,
            named=partial(organisations_named, register=self.register, names=self.names),
        )  # fmt: skip
        rows = JudgedRows(marked(facts, part, self.source, deleted), shaped, part)
        findings.extend(check_choices(shaped, part, codebook_of(self.source)))
        findings.extend(check_rows(rows, self.register.indicators, self.received_at))
        findings.extend(check_totals(rows, kinds, self.register, self.names, self.reading))
        findings.extend(check_locks(rows, self.locks))
        findings.extend(check_groups(rows, self.groups, self.register))
        findings = of_keys(findings, rows).on_sheet(table.sheet)
        torn = self.reading.holds(table.sheet, numbers)
        findings.extend(check_schema(rows, torn | deleted | findings.holds(table.sheet, numbers)))
        held = torn | findings.holds(table.sheet, numbers)
        findings.extend(check_cross(rows, held | deleted, self.register.indicators))
        held |= findings.holds(table.sheet, numbers)
        duplicates, repeated = check_duplicates(rows, held)
        findings.extend(duplicates)
        if lines is not None:
            weighed, again = weigh(rows, lines, held | findings.holds(table.sheet, numbers))
            findings.extend(weighed)
            repeated = repeated | again
        virtual = virtual_headings(table, self.source.received, self.file_name)
        held |= findings.holds(table.sheet, numbers)
        return _JudgedTable(findings, [Judged(rows, held, repeated, virtual, lines)])

    def shaped(self, table: RawTable, part: Part, others: list[Part]) -> Shaped:
        """The typed rows of one table, answers as the choices of the source's form."""
        about, book = (self.file_name, self.source.received, others), codebook_of(self.source)
        chosen = partial(as_chosen, book) if book else None
        _give_back(len(table))
        shaped = shape(table, part, self.source.format, kinds_of(part), *about, chosen)
        _give_back(len(table))
        return shaped


def _give_back(rows: int) -> None:
    """Give back the memory that reading or typing so many rows took, where it is worth a few milliseconds."""
    if rows >= FEWEST_ROWS:
        release_memory()


def _reported(findings: Findings) -> list[Group]:
    """Headings of IATI sections are ours, not the sender's: one that a source leaves out is nobody's mistake."""
    return [g for g in findings.groups if not g.rule.id.startswith(("heading.unmapped", "heading.missing_optional"))]


def _readers_of(sheet: str, part: Part, source: Source, tables: Mapping[str, list[RawTable]]) -> list[Part]:
    """Other parts that read the same sheet: their headings are known."""
    return [p for p in source.parts if p is not part and any(t.sheet == sheet for t in tables.get(p.id, []))]


def _compared(judged: list[Judged], source: Source, history: EarlierReports, file_name: str) -> Findings:
    """What does not go with the other tables of the file, with its name, or with what the source said before."""
    tables = [(j.rows, j.live) for j in judged]
    sent = frozenset(j.rows.part.feeds for j in judged if len(j.rows.facts))
    findings = check_references(tables, sent, history.identifiers(source.parts))
    findings.extend(check_name_period(judged, file_name))
    for rows, live in tables:
        findings.extend(check_history(rows, live, history))
    return findings
