"""Pages as HTML. Everything that a page says is text until here, and is escaped here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import resources
from json import dumps
from math import isfinite
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from idtracker.model.messages import LANGS, Lang, direction, phrase
from idtracker.model.printable import printable
from idtracker.publish.briefing.charts.draw import Drawer
from idtracker.publish.briefing.parts import Chart, Count, Edition, Figure, Link, Name, Page, Sentence, Table

TEXTS = "publish/briefing/frame"
MISSING = "–"
_TURNED = re.compile(r"(?<![A-Za-z0-9_-])(\d{4}-(?:[QH]\d|\d\d(?:-\d\d)?)(?![\w-]))")
Data = Mapping[tuple[str, Lang], str]
"""What the file of a table is called: (its `csv`, language) -> name below `data/`."""


class Renderer:
    """Turns the pages of one edition into HTML; the same page gives the same text."""

    def __init__(
        self, edition: Edition, pages: Sequence[Page], drawer: Drawer, data: Data, langs: Sequence[Lang] = LANGS
    ) -> None:
        self._edition, self._pages, self._drawer, self._data = edition, pages, drawer, data
        self._langs = langs

    def page(self, page: Page) -> str:
        """One page, whole."""
        lang = self._edition.lang
        view = _PageView(page, self._drawer, self._data, lang)
        text: str = self._template.render(
            page=page,
            edition=self._edition,
            lang=lang,
            dir=direction(lang),
            css=f"{view.up}../assets/briefing.css",
            marks=f"{view.up}../assets/marking.css",
            menu=[(p.menu, view.href(p.path), p.path == page.path) for p in self._pages if p.menu],
            others=[(other, f"{view.up}../{other}/{page.path}") for other in self._langs if other != lang],
            view=view,
            t=lambda name, language=lang, **details: phrase(TEXTS, name, language, **details),
        )
        return text

    @cached_property
    def _template(self) -> Any:
        return _environment().from_string(template_text("page.html"))


class _PageView:
    """What the template asks about one page: its pieces as HTML, links from where it stands, pictures and files."""

    def __init__(self, page: Page, drawer: Drawer, data: Data, lang: Lang) -> None:
        self._drawer, self._data, self._lang = drawer, data, lang
        self.up = "../" * (len(PurePosixPath(page.path).parts) - 1)
        self._charts = 0

    def href(self, target: str) -> str:
        """A link from this page: `#part` of it, `data/` beside the languages, anything else below the language."""
        if target.startswith("#"):
            return target
        return f"{self.up}../{target}" if target.startswith("data/") else self.up + target

    def inline(self, piece: object) -> Markup:
        """A piece of a sentence or a cell of a table."""
        if piece is None:
            return Markup(MISSING)
        if isinstance(piece, Sentence):
            return Markup("").join(self.inline(part) for part in piece.pieces)
        if isinstance(piece, Figure):
            return figure_html(piece)
        if isinstance(piece, Count):
            return count_html(piece)
        if isinstance(piece, Link):
            return Markup('<a href="{}">{}</a>').format(self.href(piece.href), self.text(piece.text))
        shown = self.text(str(piece))
        return Markup(f"<bdi>{shown}</bdi>") if isinstance(piece, Name) else shown

    @staticmethod
    def text(text: str) -> Markup:
        """A text; quarters and days stay in one piece and keep their own direction, or 2026-Q3 would read Q3-2026 in Arabic."""
        return Markup(_TURNED.sub(r'<bdi dir="ltr">\1</bdi>', str(escape(printable(text)))))

    def picture(self, chart: Chart) -> Markup:
        self._charts += 1
        return self._drawer.svg(chart.spec, chart.alt, f"chart{self._charts}")

    def csv(self, table: Table) -> str | None:
        """Where the rows behind a table are; None where no file has them."""
        name = self._data.get((table.csv, self._lang)) if table.csv else None
        return None if name is None else self.href(f"data/{name}")

    @staticmethod
    def is_number(piece: object) -> bool:
        """Whether a cell is a number, which stands at the end of its column."""
        return isinstance(piece, Figure | Count)

    @staticmethod
    def kind(block: object) -> str:
        return type(block).__name__.lower()


def figure_html(figure: Figure) -> Markup:
    """A published value as `<data>`: its address, the digits that are shown, and the value with all it has."""
    value = None if figure.value is None or figure.value != figure.value or not isfinite(figure.value) else figure.value
    shown = MISSING if value is None else shown_number(value, figure.digits)
    exact = "" if value is None else repr(value if isinstance(value, int) else float(value))
    number = Markup(
        f'<data class="figure" data-address="{escape(str(figure.address))}" data-digits="{figure.digits}" value="{exact}">{shown}</data>'
    )
    if figure.is_signed:
        sign = "+" if value is not None and value > 0 and shown.strip("0.") else ""
        number = Markup(f'<span class="signed">{sign}{number}</span>')
    if not figure.unit or value is None:
        return number
    return number + Markup('<span class="unit">\u00a0{}</span>').format(printable(figure.unit))


def count_html(count: Count) -> Markup:
    """A number of rows as `<data>`, with the table and what the rows have in common."""
    where = dumps(dict(sorted(count.where.items())), ensure_ascii=False)
    return Markup('<data class="count" data-table="{}" data-where="{}" value="{}">{}</data>').format(
        count.table, where, count.value, count.value
    )


def shown_number(value: float, digits: int) -> str:
    """A number with so many digits after the point; nothing is shown as less than nothing."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if text.startswith("-") and not text.strip("-0.") else text


def marking_css(edition: Edition) -> str:
    """The marking for each printed sheet, and which briefing the sheet is from."""
    mark, stamp = css_text(edition.marking), css_text(edition.publication)
    return (
        f"@page {{\n  @top-center {{ content: {mark}; }}\n  @bottom-center {{ content: {mark}; }}\n"
        f'  @bottom-left {{ content: {stamp}; }}\n  @bottom-right {{ content: counter(page) " / " counter(pages); }}\n}}\n'
    )


def css_text(text: str) -> str:
    """A text as CSS writes it; whatever is not a letter or digit as its number."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in printable(text)) + '"'


def first_page(langs: Sequence[Lang], edition: Edition, start: str) -> str:
    """The page that leads to the first language, and to the others for who does not read it."""
    links = [(lang, f"{lang}/{start}", phrase(TEXTS, "language", lang)) for lang in langs]
    return str(
        _environment()
        .from_string(template_text("index.html"))
        .render(edition=edition, links=links, lang=langs[0], dir=direction(langs[0]))
    )


def template_text(name: str) -> str:
    """A file of `templates`."""
    return (resources.files("idtracker.publish.briefing") / "templates" / name).read_text("utf-8")


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["printable"] = printable
    return environment
