"""An XLSForm as codebook: which questions choose from which list, and what the choices are called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from idtracker.ingest.read.formats.sniff import sniff
from idtracker.ingest.read.formats.table import JSON
from idtracker.ingest.read.refusal import RefusalError
from idtracker.model.errors import DefinitionError
from idtracker.model.text import fold

_SELECT = re.compile(
    r"(?:select|rank)[ _]?(?P<how>one|multiple|1|all that apply)?(?:[ _](?:external|from[ _]file))?(?:[ _]from)?[ _]+"
    r"(?P<list>\S+)(?P<other>[ _]or[ _]other)?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"label(?:\W|$)", re.IGNORECASE)
_CHOICE_SHEETS = ("choices", "external_choices", "choices and columns")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """A question with choices: name of a choice -> its labels in any language; `is_open` where another answer may be typed."""

    name: str
    takes_several: bool
    is_open: bool
    choices: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def names_by_text(self) -> dict[str, str]:
        """Folded name or label -> name of the choice. A name counts before a label; one of two choices says neither."""
        labels: dict[str, set[str]] = {}
        for name, texts in self.choices.items():
            for text in texts:
                labels.setdefault(fold(text), set()).add(name)
        clear = {label: next(iter(names)) for label, names in labels.items() if len(names) == 1}
        return clear | {fold(name): name for name in self.choices}


def read_codebook(content: bytes, place: str) -> dict[str, Question]:
    """Questions with choices of an XLSForm (XLSX, XLS, ODS) or of a Kobo form (JSON), by name.

    DefinitionError, naming the `place`, where the file holds no such form.
    """
    try:
        sniffed = sniff(content)
        survey, choices = _from_json(content) if sniffed == JSON else _from_workbook(content, sniffed)
    except (RefusalError, ValueError, AttributeError, TypeError) as problem:
        raise DefinitionError(
            [f"{place}: expected an XLSForm with the sheets survey and choices ({problem})"]
        ) from None
    lists = _lists_of(choices)
    questions: dict[str, Question] = {}
    for row in survey:
        kind = _SELECT.fullmatch(row.get("type", "").strip())
        if kind and row.get("name"):
            several = (kind["how"] or "").lower() in ("multiple", "all that apply")
            questions[row["name"]] = Question(row["name"], several, bool(kind["other"]), lists.get(kind["list"], {}))
    return questions


def _lists_of(rows: Iterable[Row]) -> dict[str, dict[str, list[str]]]:
    lists: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        name = row.get("list_name") or row.get("list name") or ""
        if name and row.get("name"):
            labels = [text for heading, text in row.items() if _LABEL.match(heading) and text]
            lists.setdefault(name, {}).setdefault(row["name"], []).extend(labels)
    return lists


def _from_workbook(content: bytes, kind: str) -> tuple[list[Row], list[Row]]:
    from idtracker.ingest.read.workbook.workbook import Workbook

    book = Workbook(content, kind)
    sheets = {name.strip().casefold(): name for name in book.sheets}
    survey = _rows_of(book.grid(sheets["survey"]).rows) if "survey" in sheets else []
    choices = [row for name in _CHOICE_SHEETS if name in sheets for row in _rows_of(book.grid(sheets[name]).rows)]
    if not survey:
        raise ValueError("there is no sheet `survey`")
    return survey, choices


def _rows_of(rows: list[list[str]]) -> list[Row]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return []
    heading = [cell.strip().casefold() for cell in filled[0]]
    return [{h: cell.strip() for h, cell in zip(heading, row, strict=False) if h} for row in filled[1:]]


def _from_json(content: bytes) -> tuple[list[Row], list[Row]]:
    document = json.loads(content)
    form = document.get("content", document)
    return [_plain(r) for r in form["survey"]], [_plain(r) for r in form.get("choices", [])]


def _plain(row: Mapping[str, object]) -> Row:
    """One row of a Kobo form: labels are lists by language, lists are named apart from the type."""
    cells: dict[str, str] = {}
    for key, value in row.items():
        texts = value if isinstance(value, list) else [value]
        cells |= {f"{key}:{n}" if n else key: str(t) for n, t in enumerate(texts) if isinstance(t, str | int | float)}
    if row.get("select_from_list_name"):
        cells["type"] = f"{cells.get('type', '')} {row['select_from_list_name']}"
    cells["name"] = str(row.get("name") or row.get("$autoname") or row.get("value") or "")
    return cells
