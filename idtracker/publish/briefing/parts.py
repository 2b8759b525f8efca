"""What a page of the briefing is made of: plain data that the pages fill in and `render` alone turns into HTML.

A page never writes markup. Every number on it that stands for a published value is a `Figure` with its address, so that the briefing can be
held against the published rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from idtracker.model.messages import Lang
from idtracker.model.published.figure_address import FigureAddress


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a published row as it is printed: its value, the digits after the point that are shown, and the cell that it stands for."""

    value: float | int | None
    address: FigureAddress
    digits: int = 1
    unit: str = ""
    is_signed: bool = False
    """Whether a value above nothing has a plus before it, as changes have."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a table have the named values (None: empty); what is printed where no single row stands behind a number."""

    value: int
    table: str
    where: Mapping[str, str | None] = field(default_factory=dict)


class Name(str):
    """A name or other text of data within a sentence of ours: a text like any other, but set apart, whichever way it is written."""

    __slots__ = ()


Inline = str | Figure | Count
"""A piece of a sentence. Text is escaped, a `Name` as well."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page of the briefing (`tracker/JO-AM.html`) or a file beside it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Pieces of text and figures in a row; `level` 1 for what a hurried reader must see, 2 for the rest, 3 for a note."""

    pieces: Sequence[Inline | Link]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences, one below the other."""

    items: Sequence[Sentence]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below headings. `csv` names the file with the same rows and all columns, which `render` writes from `rows_sql`."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Inline | Link | Sentence | None]]
    csv: str | None = None
    rows_sql: str | None = None
    empty_text: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification without data URLs, drawn when the site is written; `alt` says in words what it shows.

    `table` holds the same values for those who do not see the picture; it stands folded below it.
    """

    title: str
    spec: Mapping[str, object]
    alt: str
    table: Table


@dataclass(frozen=True, slots=True)
class Lead:
    """One figure that is read across a room, what it is, and what belongs to it: interval, band, how it is marked."""

    figure: Figure
    label: str
    notes: Sequence[Sentence] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that are folded away below a line until somebody opens it; in print they are open. `id` is what a link leads to."""

    title: Sentence
    blocks: Sequence[Block]
    id: str | None = None


Block = Sentence | Listing | Table | Chart | Lead | Fold


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it. `why` says where the figures come from and what they cannot tell."""

    id: str
    title: str
    blocks: Sequence[Block]
    why: Sequence[Sentence] = ()


class SectionsWhenRead(Sequence[Section]):
    """Sections that are made whenever they are read and not kept: of pages of which there are many."""

    def __init__(self, make: Callable[[], list[Section]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[Section]:
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())

    @overload
    def __getitem__(self, number: int) -> Section: ...

    @overload
    def __getitem__(self, number: slice) -> list[Section]: ...

    def __getitem__(self, number: int | slice) -> Section | list[Section]:
        return self._make()[number]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `path` below the folder of the language, such as `integration.html`; in the navigation where `menu` has a text."""

    path: str
    title: str
    sections: Sequence[Section]
    menu: str | None = None
    is_sheet: bool = False
    """Printed on one sheet of A4, in large letters, without the navigation."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What every page of one briefing shares: whose it is, as known at when, under which marking and notice, in which language."""

    audience_title: str
    programme: str
    notice: str
    publication: str
    as_known_at: str
    marking: str
    lang: Lang
    period: str | None
    """The latest quarter with scores; None where nothing is scored."""
