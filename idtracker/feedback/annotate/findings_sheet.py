"""The sheet of a workbook that lists what was found, a line for each mistake and text typed, with links to the cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import chain
from xml.sax.saxutils import quoteattr

from idtracker.feedback.annotate.book import Book
from idtracker.feedback.annotate.lines import SEVERITIES, Line
from idtracker.feedback.annotate.package import office_namespace
from idtracker.feedback.annotate.stamp import stamp_sheet
from idtracker.feedback.annotate.styles import FILLS
from idtracker.feedback.annotate.xml_text import MOST_ROWS, encoded, quoted_sheet, sheet_name, text_cell
from idtracker.ingest.read.heading import declared_headings, fold
from idtracker.model.config.source import Source
from idtracker.model.findings import Severity, cell_address
from idtracker.model.messages import Lang, direction, phrase

MOST_LINKS = 65_490
_COLUMNS = {
    "severity": 20, "rule": 22, "sheet": 18, "cell": 10, "column": 24, "value": 28, "suggestion": 24, "message": 56,
    "remedy": 56,
}  # fmt: skip
_CELL_COLUMN = 3
_FIRST_REMARK = 7


@dataclass(slots=True)
class Report:
    """What the sheet says above its list, and the list. `remarks` tell what the copy does not show."""

    sentence: str
    facts: list[tuple[str, str]]
    counts: dict[Severity, int]
    lines: list[Line]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ink:
    """Style numbers."""

    title: int
    plain: int
    heading: int
    body: int
    prose: int
    link: int
    severity: dict[Severity, int]


def add_findings_sheet(book: Book, report: Report, source: Source, lang: Lang) -> None:
    """Put the list behind all sheets of a workbook, under a name that no sheet has and no part of the source reads."""
    name = _free_name(book.names, source, lang)
    styles, is_rtl = book.styles, direction(lang) == "rtl"
    side = "right" if is_rtl else "left"
    ink = _Ink(
        title=styles.text(bold=True, size=14, side=side, is_rtl=is_rtl),
        plain=styles.text(side=side, is_rtl=is_rtl),
        heading=styles.heading(),
        body=styles.text(),
        prose=styles.text(is_rtl=is_rtl),
        link=styles.text(colour="FF0563C1"),
        severity={s: styles.text(fill=FILLS[s]) for s in SEVERITIES},
    )
    above = _FIRST_REMARK + len(report.remarks)
    first = above + 1 + bool(_cut(report.lines, lang, above))
    shown = report.lines[: MOST_ROWS - first]
    remarks = [*report.remarks, *_cut(report.lines, lang, above)]
    last = cell_address(len(_COLUMNS) - 1, first + len(shown))
    top = [*_head(report, remarks, ink, lang), _headings(first, source, ink, lang)]
    sheet = _sheet(book, chain(top, _list(shown, first + 1, ink, lang)), shown, first, last, lang)
    stamp_sheet(book.package, name, is_strict=book.is_strict)
    book.add_sheet(name, sheet, f"$A${first}:{_absolute(last)}")


def _free_name(taken: Sequence[str], source: Source, lang: Lang) -> str:
    wanted = phrase("feedback/annotate", "findings", lang)
    candidates = [sheet_name(n, taken) for n in (wanted, f"{wanted} (idtracker)", f"idtracker {wanted}")]
    return next((n for n in candidates if not _is_read(n, source)), candidates[0])


def _is_read(name: str, source: Source) -> bool:
    """Whether a part of the source would take a sheet of this name for its own."""
    declared = [p.layout.sheet or [] for p in source.parts]
    patterns = [p for d in declared for p in ([d] if isinstance(d, str) else d)]
    return any(fnmatchcase(name.casefold(), p.strip().casefold()) for p in patterns)


def _cut(lines: Sequence[Line], lang: Lang, above: int) -> list[str]:
    """What Excel's limits leave out."""
    notices = []
    space = MOST_ROWS - above - 2
    if len(lines) > space:
        notices.append(
            phrase(
                "feedback/annotate",
                "cut_lines",
                lang,
                kept=f"{space:,}",
                left_out=f"{sum(max(len(line.rows), 1) for line in lines[space:]):,}",
            )
        )
    linked = sum(line.cell is not None for line in lines)
    if linked > MOST_LINKS:
        notices.append(phrase("feedback/annotate", "cut_links", lang, most=f"{MOST_LINKS:,}"))
    return ["  ".join(notices)] if notices else []


def _head(report: Report, remarks: Sequence[str], ink: _Ink, lang: Lang) -> list[str]:
    counts = "".join(
        text_cell(
            _FIRST_REMARK - 1,
            i,
            f"{phrase('feedback/answer', f'severity_{s}', lang)}: {report.counts[s]:,}",
            ink.severity[s],
        )
        for i, s in enumerate(SEVERITIES)
    )
    labelled = [(1, ("idtracker", phrase("feedback/annotate", "findings", lang))), *enumerate(report.facts, 3)]
    pairs = {n: text_cell(n, 0, label, ink.plain) + text_cell(n, 1, text, ink.plain) for n, (label, text) in labelled}
    rows = [_row(n, cells) for n, cells in sorted({**pairs, 2: text_cell(2, 0, report.sentence, ink.title)}.items())]
    remark_rows = (_row(n, text_cell(n, 0, r, ink.plain)) for n, r in enumerate(remarks, _FIRST_REMARK))
    return [*rows, _row(_FIRST_REMARK - 1, counts), *remark_rows]


def _headings(row: int, source: Source, ink: _Ink, lang: Lang) -> str:
    """The headings of the list; one that the source uses itself is put in parentheses, so that no reader takes it."""
    used = {fold(h) for p in source.parts for h in declared_headings(p)}
    named = [phrase("feedback/annotate", f"head_{key}", lang) for key in _COLUMNS]
    safe = [f"({n})" if fold(n) in used else n for n in named]
    return _row(row, "".join(text_cell(row, i, n, ink.heading) for i, n in enumerate(safe)))


def _list(lines: Sequence[Line], first: int, ink: _Ink, lang: Lang) -> Iterable[str]:
    for row, line in enumerate(lines, first):
        texts = (
            phrase("feedback/answer", f"severity_{line.severity}", lang), line.group.rule.id, line.sheet, line.at(lang),
            line.group.column, line.value, line.suggestion, line.message, line.remedy,
        )  # fmt: skip
        at = ink.body if line.cell is None else ink.link
        inks = (ink.severity[line.severity], ink.body, ink.body, at, *(ink.body,) * 3, ink.prose, ink.prose)
        yield _row(row, "".join(text_cell(row, i, t, s) for i, (t, s) in enumerate(zip(texts, inks, strict=True)) if t))


def _row(number: int, cells: str) -> str:
    return f'<row r="{number}">{cells}</row>'


def _sheet(book: Book, rows: Iterable[str], lines: Sequence[Line], first: int, last: str, lang: Lang) -> bytes:
    turned = ' rightToLeft="1"' if direction(lang) == "rtl" else ""
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(_COLUMNS.values(), 1)
    )
    return encoded(
        chain(
            [
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
                f'<worksheet xmlns="{book.namespace}" xmlns:r="{office_namespace(book.is_strict)}">',
                f'<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:{last}"/>',
                f'<sheetViews><sheetView{turned} showGridLines="0" workbookViewId="0"><pane ySplit="{first}" ',
                f'topLeftCell="A{first + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>',
                f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>',
            ],
            rows,
            [
                f'</sheetData><autoFilter ref="A{first}:{last}"/>',
                *_links(lines, first + 1),
                '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>',
                '<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>',
            ],
        )
    )


def _links(lines: Sequence[Line], first: int) -> list[str]:
    linked = [(n, line.cell) for n, line in enumerate(lines, first) if line.cell is not None][:MOST_LINKS]
    if not linked:
        return []
    column = cell_address(_CELL_COLUMN, 1)[:-1]
    links = [
        f'<hyperlink ref="{column}{row}" location={quoteattr(f"{quoted_sheet(sheet)}!{cell_address(c, r)}")}/>'
        for row, (sheet, (r, c)) in linked
    ]
    return ["<hyperlinks>", *links, "</hyperlinks>"]


def _absolute(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"
