"""The workbook that reporters fill: sheets, headings, drop-downs and notes from the form of a source."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from idtracker.feedback.workbooks.choices import Choices, choices_of
from idtracker.feedback.workbooks.examples import Example, example_row
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.form import DATA_ROW, EXAMPLE_ROW, HEADING_ROW, FormColumn, form_of, form_version
from idtracker.model.config.source import Source
from idtracker.model.messages import Lang, phrase

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MESSAGES = "feedback/template"
LAST_ROW = 1_048_576
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LONGEST_PROMPT, _LONGEST_TITLE, _LONGEST_CELL = 255, 32, 60
_HEAD_FILL, _REQUIRED_FILL, _EXAMPLE_COLOUR = "FFDCE6F1", "FFB8CCE4", "FF595959"


@dataclass(slots=True)
class _Lists:
    """The sheet of lists; each list stands in a column of its own and drop-downs point at it."""

    sheet: Worksheet
    places: dict[tuple[str, ...], str]

    def place(self, heading: str, choices: Choices) -> str:
        """The range that holds the choices."""
        from openpyxl.utils import get_column_letter, quote_sheetname

        if choices.values not in self.places:
            number = 2 * len(self.places) + 1
            letter = get_column_letter(number)
            _write(self.sheet, 1, number, heading)
            for row, (value, meaning) in enumerate(zip(choices.values, choices.meanings, strict=True), 2):
                _write(self.sheet, row, number, value)
                _write(self.sheet, row, number + 1, meaning)
            span = f"${letter}$2:${letter}${len(choices.values) + 1}"
            self.places[choices.values] = f"{quote_sheetname(self.sheet.title)}!{span}"
        return self.places[choices.values]


def template_workbook(
    source: Source, catalogue: ProgrammeCatalogue, on: date, lang: Lang, reported: Collection[str] = ()
) -> bytes:
    """An XLSX workbook to fill, stamped with source and form; lists hold what is valid on the day `on`.

    `reported` are indicators that the source is known to have reported: only these are offered where there are any.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    tables = form_of(source)
    sheets = [book.create_sheet(table.sheets[lang]) for table in tables]
    notes = book.create_sheet(_free_name(book, phrase(MESSAGES, "notes", lang)))
    lists = _Lists(book.create_sheet(_free_name(book, phrase(MESSAGES, "lists", lang))), {})
    explained: list[Sequence[str]] = []
    for sheet, table in zip(sheets, tables, strict=True):
        title = _title(source, catalogue, lang)
        _fill_head(sheet, f"{title}: {sheet.title}" if len(tables) > 1 else title, notes.title, source, lang)
        offered = [choices_of(column, source, catalogue, on, lang, reported) for column in table.columns]
        examples = example_row(table.columns, offered, catalogue, on, lang)
        for number, (column, choices, example) in enumerate(zip(table.columns, offered, examples, strict=True), 1):
            explained.append((sheet.title, column.headings[lang], *_explain(column, choices, str(example), lang)))
            _fill_column(sheet, number, column, choices, example, lists, lang)
        _protect(sheet, len(table.columns), lang)
    _fill_notes(notes, source, _title(source, catalogue, lang), explained, on, lang)
    _finish_lists(lists.sheet, lang)
    _stamp(book, source, on, lang)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _free_name(book: Workbook, name: str) -> str:
    taken = {s.casefold() for s in book.sheetnames}
    return name if name.casefold() not in taken else f"{name} (2)"


def _write(sheet: Worksheet, row: int, column: int, text: object) -> Any:
    """A cell; text is text, also where it begins like a formula."""
    cell = sheet.cell(row, column)
    cell.value = text
    if isinstance(text, str):
        cell.data_type = "s"
    return cell


def _title(source: Source, catalogue: ProgrammeCatalogue, lang: Lang) -> str:
    """The title of the source, which is in English; in Arabic whose report it is."""
    if lang == "en" or _ARABIC.search(source.title):
        return source.title
    known = catalogue.register.organisations
    names = known.loc[known["org_id"] == source.publisher, "name_ar"].dropna()
    return phrase(MESSAGES, "title", lang, publisher=next(iter(names), source.publisher))


def _fill_head(sheet: Worksheet, title: str, notes: str, source: Source, lang: Lang) -> None:
    from openpyxl.styles import Font

    _write(sheet, 1, 1, title).font = Font(bold=True, size=14)
    _write(sheet, 2, 1, phrase(MESSAGES, "instruction", lang, row=DATA_ROW, notes=notes))
    _write(sheet, 3, 1, phrase(MESSAGES, "send", lang, source=source.id))
    sheet.freeze_panes = sheet.cell(DATA_ROW, 1)
    sheet.sheet_view.rightToLeft = lang == "ar"


def _fill_column(
    sheet: Worksheet,
    number: int,
    column: FormColumn,
    choices: Choices | None,
    example: Example,
    lists: _Lists,
    lang: Lang,
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(number)
    head = _write(sheet, HEADING_ROW, number, column.headings[lang])
    head.font = Font(bold=True)
    head.alignment = Alignment(wrap_text=True, vertical="top")
    head.fill = PatternFill("solid", fgColor=_REQUIRED_FILL if column.is_required else _HEAD_FILL)
    if column.is_required:
        head.number_format = '@" *"'
    shown = _write(sheet, EXAMPLE_ROW, number, example)
    shown.font = Font(italic=True, color=_EXAMPLE_COLOUR)
    width = max(len(column.headings[lang]) + 3, 14, *(len(v) + 2 for v in (choices.values[:50] if choices else ())))
    dimension = sheet.column_dimensions[letter]
    dimension.width = min(width, _LONGEST_CELL)
    dimension.protection = Protection(locked=False)
    dimension.number_format = _number_format(column)
    validation = _validation(column, choices, str(example), lists, lang)
    validation.add(f"{letter}{DATA_ROW}:{letter}{LAST_ROW}")
    sheet.add_data_validation(validation)


def _number_format(column: FormColumn) -> str:
    """Dates as dates, figures as figures; all else is text, so that codes keep their zeros and periods stay as typed."""
    return {"date": "yyyy-mm-dd", "integer": "0", "number": "General", "money": "#,##0.00"}.get(column.kind, "@")


def _validation(column: FormColumn, choices: Choices | None, example: str, lists: _Lists, lang: Lang) -> Any:
    """What the cell admits, with what to write as its message; a list that may be left only warns."""
    from openpyxl.worksheet.datavalidation import DataValidation

    written = _what(column, example, lang)[:_LONGEST_PROMPT]
    options: dict[str, Any] = {"allow_blank": True}
    if choices is not None:
        options |= {"type": "list", "formula1": lists.place(column.headings[lang], choices)}
        options["errorStyle"] = "stop" if choices.is_closed else "warning"
    elif column.kind in ("integer", "number", "money"):
        options |= _bounds(column)
    elif column.kind == "date":
        options |= {"type": "date", "operator": "greaterThan", "formula1": "1", "errorStyle": "warning"}
    validation = DataValidation(**options)
    validation.promptTitle = column.headings[lang][:_LONGEST_TITLE]
    validation.prompt = written
    validation.errorTitle = phrase(MESSAGES, "refused_title", lang) if choices is not None else validation.promptTitle
    validation.error = written
    validation.showInputMessage = validation.showErrorMessage = True
    return validation


def _bounds(column: FormColumn) -> dict[str, Any]:
    kind = "whole" if column.kind == "integer" else "decimal"
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return {"type": kind, "operator": "between", "formula1": f"{low:g}", "formula2": f"{high:g}"}
    if high is not None:
        return {"type": kind, "operator": "lessThanOrEqual", "formula1": f"{high:g}"}
    return {"type": kind, "operator": "greaterThanOrEqual", "formula1": f"{-1e300 if low is None else low:g}"}


def _what(column: FormColumn, example: str, lang: Lang) -> str:
    """What to write into a cell, in a sentence."""
    if column.column.split:
        return phrase(MESSAGES, "write_split", lang, split=column.column.split)
    low, high = column.minimum, column.maximum
    bounds = ""
    if low is not None and high is not None:
        bounds = phrase(MESSAGES, "between", lang, low=f"{low:g}", high=f"{high:g}")
    elif low is not None:
        bounds = phrase(MESSAGES, "at_least", lang, low=f"{low:g}")
    elif high is not None:
        bounds = phrase(MESSAGES, "at_most", lang, high=f"{high:g}")
    currency = column.column.currency
    return phrase(
        MESSAGES,
        f"write_{column.kind}",
        lang,
        bounds=bounds,
        currency=phrase(MESSAGES, "in_currency", lang, currency=currency) if currency else "",
        example=example,
    )


def _explain(column: FormColumn, choices: Choices | None, example: str, lang: Lang) -> tuple[str, str, str]:
    must = phrase(MESSAGES, "yes" if column.is_required else "no", lang)
    listed = f" ({len(choices.values):,})" if choices is not None else ""
    return must, _what(column, example, lang) + listed, column.meanings[lang]


def _protect(sheet: Worksheet, width: int, lang: Lang) -> None:
    """Structure stays, cells are free: rows may be added, sorted and made wider; no password."""
    sheet.protection.sheet = True
    for name in ("formatColumns", "formatRows", "formatCells", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, name, False)
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _fill_notes(sheet: Worksheet, source: Source, title: str, rows: list[Sequence[str]], on: date, lang: Lang) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.sheet_view.rightToLeft = lang == "ar"
    _write(sheet, 1, 1, title).font = Font(bold=True, size=14)
    _write(sheet, 2, 1, source.description if lang == "en" or _ARABIC.search(source.description) else None)
    _write(sheet, 3, 1, phrase(MESSAGES, "form", lang, version=form_version(source), on=on.isoformat()))
    for number, key in enumerate(("sheet", "heading", "must", "what", "meaning"), 1):
        _write(sheet, 5, number, phrase(MESSAGES, key, lang)).font = Font(bold=True)
    for place, row in enumerate(rows, 6):
        for number, text in enumerate(row, 1):
            _write(sheet, place, number, text).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDE", (22, 34, 14, 48, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.protection.sheet = True


def _finish_lists(sheet: Worksheet, lang: Lang) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.sheet_view.rightToLeft = lang == "ar"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(cell.column)].width = 32
    sheet.protection.sheet = True


def _stamp(book: Workbook, source: Source, on: date, lang: Lang) -> None:
    """Who the workbook is for, in its properties, and a structure that stays."""
    from datetime import UTC, datetime

    from openpyxl.packaging.custom import StringProperty
    from openpyxl.workbook.protection import WorkbookProtection

    stamp = {
        "kind": "template",
        "source": source.id,
        "form": form_version(source),
        "lang": lang,
        "made_on": on.isoformat(),
    }
    for name, value in stamp.items():
        book.custom_doc_props.append(StringProperty(name=f"idtracker.{name}", value=value))
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title, book.properties.creator = source.title, "idtracker"
    book.properties.created = book.properties.modified = datetime(on.year, on.month, on.day, tzinfo=UTC)
