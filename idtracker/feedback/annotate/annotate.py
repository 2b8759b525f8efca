"""The submitter's own file back as a workbook: cells in question marked and explained, and a sheet that lists them all.

An Excel workbook is edited where it has to be and stays byte for byte everywhere else. Any other file comes back as a
new workbook with its tables as they were read; a file that was refused, as the list alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import PurePath

from idtracker.feedback.annotate.book import Book
from idtracker.feedback.annotate.clear_marks import clear_marks
from idtracker.feedback.annotate.findings_sheet import Report, add_findings_sheet
from idtracker.feedback.annotate.lines import SEARCHED_ROWS, Head, Line, Places, gathered, lines_of, notes_of
from idtracker.feedback.annotate.notes import NoteWriter
from idtracker.feedback.annotate.package import EditablePackage, UneditableError, editing
from idtracker.feedback.annotate.rebuild_copy import Copied, copy_tables, places_of, write_workbook
from idtracker.feedback.annotate.sheet import MarkedSheet
from idtracker.feedback.annotate.sheet_scan import Address
from idtracker.feedback.annotate.stamp import stamped_sheet
from idtracker.feedback.check.result import CheckResult
from idtracker.ingest.read.formats.sniff import sniff
from idtracker.ingest.read.formats.table import XLSX
from idtracker.model.config.limits import Limits
from idtracker.model.findings import Severity, rule_set_version
from idtracker.model.messages import Lang, phrase

MOST_NOTES = 20_000
_READ_ALL_THE_SAME = frozenset({"file.sheet_missing", "file.other_source"})
_SUFFIXES = {
    b"ms-excel.sheet.macroEnabled.main+xml": ".xlsm",
    b"ms-excel.template.macroEnabled.main+xml": ".xltm",
    b"spreadsheetml.template.main+xml": ".xltx",
}


def annotated_workbook(result: CheckResult, content: bytes, file_name: str, lang: Lang) -> bytes:
    """The annotated copy of a file. `content` are the bytes that `result` is the answer to.

    Cells are coloured by severity and carry a note with rule, message, suggestion and remedy; the last sheet lists
    every location. The result is an Excel workbook, with the macros of `content` where it has any: see
    `annotated_suffix`. Nothing of a file that was refused is copied.
    """
    if _is_refused(result):
        return _list_alone(result, file_name, lang, phrase("feedback/annotate", "refused", lang))
    if sniff(content) == XLSX:
        try:
            with editing():
                return _edited(result, content, file_name, lang)
        except UneditableError:
            pass
    return _rebuilt(result, content, file_name, lang)


def annotated_suffix(content: bytes) -> str:
    """The suffix under which programs open the annotated copy: that of the file where it holds macros, else `.xlsx`."""
    if sniff(content) == XLSX:
        try:
            with editing():
                types = EditablePackage(content).read("[Content_Types].xml")
        except UneditableError:
            return ".xlsx"
        return next((suffix for kind, suffix in _SUFFIXES.items() if kind in types), ".xlsx")
    return ".xlsx"


def _is_refused(result: CheckResult) -> bool:
    """Whether the file as a whole was not read: then nobody opens it a second time."""
    refusals = {g.rule.id for g in result.assessment.findings.groups if g.rule.severity == "critical"}
    return any(r.startswith("file.") for r in refusals - _READ_ALL_THE_SAME)


def _edited(result: CheckResult, content: bytes, file_name: str, lang: Lang) -> bytes:
    book = Book(content)
    earlier = stamped_sheet(book.package)
    if earlier in book.sheets:
        book.drop_sheet(earlier)
        clear_marks(book)
    places = Places({n: n for n in book.sheets}, _heads_of(content))
    return _annotate(book, result, places, file_name, lang, [])


def _rebuilt(result: CheckResult, content: bytes, file_name: str, lang: Lang) -> bytes:
    copied = copy_tables(content, file_name, result.source, Limits())
    if not copied:
        return _list_alone(result, file_name, lang, phrase("feedback/annotate", "no_copy", lang))
    places = places_of(copied, PurePath(file_name).stem)
    book = Book(write_workbook(copied, places, lang))
    return _annotate(book, result, places, file_name, lang, _remarks(copied, lang))


def _list_alone(result: CheckResult, file_name: str, lang: Lang, remark: str) -> bytes:
    nowhere = Places({}, lambda _: ())
    return _annotate(Book(write_workbook([], nowhere, lang)), result, nowhere, file_name, lang, [remark])


def _remarks(copied: Sequence[Copied], lang: Lang) -> list[str]:
    is_list = any(s.columns for s in copied)
    remarks = [phrase("feedback/annotate", "copied_records" if is_list else "copied_text", lang)]
    left_out = sum(s.left_out for s in copied)
    return [*remarks, phrase("feedback/annotate", "cut_rows", lang, left_out=f"{left_out:,}")] if left_out else remarks


def _annotate(book: Book, result: CheckResult, places: Places, file_name: str, lang: Lang, remarks: list[str]) -> bytes:
    lines = lines_of(result.assessment.findings, places, lang)
    by_sheet: dict[str, list[Line]] = {}
    for line in lines:
        if line.place is not None and line.place[0] in book.sheets:
            by_sheet.setdefault(line.place[0], []).append(line)
    marker = _Marker(book, lang)
    for sheet, own in by_sheet.items():
        marker.mark(sheet, own)
    report = Report(
        result.sentence(lang),
        [
            (phrase("feedback/annotate", "file", lang), file_name),
            (phrase("feedback/annotate", "rules", lang), rule_set_version()),
            (phrase("feedback/annotate", "submission", lang), result.submission_id or "-"),
        ],
        result.assessment.findings.counts(),
        gathered(lines),
        [*remarks, *marker.remarks()],
    )
    add_findings_sheet(book, report, result.source, lang)
    return book.to_bytes()


class _Marker:
    """Marks cells of one workbook, sheet by sheet, and counts what its limits leave out."""

    def __init__(self, book: Book, lang: Lang) -> None:
        self._book, self._lang = book, lang
        self._notes = NoteWriter(book, lang)
        self._notes_left = MOST_NOTES
        self._without_note = 0
        self._without_colour = 0

    def mark(self, sheet: str, lines: Sequence[Line]) -> None:
        part = self._book.sheets[sheet]
        marked = MarkedSheet(self._book.package.read(part), {(p[1], p[2]) for line in lines if (p := line.place)})
        severities: dict[Address, Severity] = {}
        for line in lines:
            if line.place is not None:
                cell = marked.cell_of(*line.place[1:])
                line.cell = (sheet, cell)
                severities.setdefault(cell, line.severity)
        marked.paint(severities, lambda style, cell: self._colour(style, severities[cell]))
        notes = [(cell, note) for (_, cell), note in notes_of(lines, self._lang).items()]
        shown, self._notes_left = notes[: self._notes_left], max(self._notes_left - len(notes), 0)
        self._without_note += len(notes) - len(shown)
        if shown:
            self._notes.attach(part, marked, dict(shown))
        self._book.package.write(part, marked.to_bytes())

    def remarks(self) -> list[str]:
        counts = {"cut_notes": self._without_note, "cut_colours": self._without_colour}
        return [phrase("feedback/annotate", key, self._lang, left_out=f"{n:,}") for key, n in counts.items() if n]

    def _colour(self, style: int, severity: Severity) -> int | None:
        coloured = self._book.styles.marked(style, severity)
        self._without_colour += coloured is None
        return coloured


def _heads_of(content: bytes) -> Callable[[str], Head]:
    """The first rows of a worksheet as text, read only if a finding is about a column as a whole."""

    @cache
    def head(sheet: str) -> Head:
        from idtracker.ingest.read.workbook.workbook import Workbook

        return Workbook(content, XLSX).grid(sheet).rows[:SEARCHED_ROWS]

    return head
