"""Texts with figures in them, and the cells of tables: what pages of the briefing have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from idtracker.model.json_values import is_missing, plain, plain_record
from idtracker.model.messages import LIST_MARK, Lang, phrase
from idtracker.model.published.figure_address import address_of
from idtracker.model.tables import FACTS, TABLES, columns_of
from idtracker.publish.briefing.parts import Count, Figure, Sentence
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import Piece, sentence, signed

MOST = 250
"""Rows that a list on a page has at most, so that pages stay small."""
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _LATIN = "\u200e", "\u200f", "\u05ff"
Row = dict[str, Any]
"""A row of a table, its missing values None, its days and instants in ISO 8601."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one page, `publish/briefing/messages/<subject>.yml`, in one language."""

    subject: str
    lang: Lang

    def text(self, name: str, /, **details: object) -> str:
        """A text, its words in braces filled in."""
        said = {key: self.in_order(detail) for key, detail in details.items()}
        return phrase(f"publish/briefing/{self.subject}", name, self.lang, **said)

    def sentence(self, name: str, level: int = 2, /, **pieces: Piece | Sentence | None) -> Sentence:
        """A text whose words in braces are figures, links or texts; what is missing is said not to be known."""
        filled = {key: not_known(self.lang) if piece is None else self.in_order(piece) for key, piece in pieces.items()}
        return sentence(f"publish/briefing/{self.subject}", name, self.lang, level, **filled)

    def in_order(self, piece: Any) -> Any:
        """A quarter or a day keeps the order of its signs in a text that runs from right to left."""
        is_turned = self.lang == "ar" and isinstance(piece, str) and piece[:1].isdigit()
        return f"{_LEFT_TO_RIGHT}{piece}" if is_turned else piece

    def row_of(self, parts: Iterable[Sentence], mark: str | None = None) -> Sentence:
        """Short texts with figures in a row, as the language writes a list unless another mark is wanted between them."""
        pieces: list[Piece] = []
        for part in parts:
            pieces += [mark or LIST_MARK.text(self.lang), *part.pieces] if pieces else [*part.pieces]
        return Sentence(pieces)

    def list_of(self, names: Iterable[str]) -> str:
        """Texts in a row, as the language writes a list."""
        return LIST_MARK.text(self.lang).join(names)


def records(source: PublishedRows, table: str, where: str = "TRUE", *parameters: object) -> list[Row]:
    """The rows of a table in their order; none where the publication does not have it. Of facts, those that hold now."""
    if table not in source.tables:
        return []
    now = "AND recorded_to IS NULL" if table in FACTS else ""
    found = source.rows(f'SELECT * FROM "{table}" WHERE ({where}) {now} ORDER BY ALL', *parameters)
    return [plain_record(row) for row in found.to_dict("records")]


def counted(source: PublishedRows, table: str, **where: str | None) -> Count:
    """How many rows of a table that the publication has have the named values."""
    tests = [f'"{n}" IS NULL' if value is None else f'CAST("{n}" AS VARCHAR) = ?' for n, value in where.items()]
    given = [value for value in where.values() if value is not None]
    found = source.rows(f'SELECT count(*) AS n FROM "{table}" WHERE {" AND ".join(tests) or "TRUE"}', *given)
    return Count(int(found["n"].iloc[0]), table, where)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of a table have each value of some columns, read at once where many counts are wanted."""

    table: str
    columns: tuple[str, ...]
    groups: list[tuple[tuple[str | None, ...], int]]

    def count(self, **where: str | None) -> Count:
        """How many rows have the named values. `where` names columns of the tally."""
        wanted = [(self.columns.index(name), value) for name, value in where.items()]
        return Count(sum(n for key, n in self.groups if all(key[at] == v for at, v in wanted)), self.table, where)


def tally(source: PublishedRows, table: str, *columns: str) -> Tally:
    """The tally of a table that the publication has."""
    listed = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in columns)
    found = source.connection.execute(f'SELECT {listed}, count(*) FROM "{table}" GROUP BY ALL ORDER BY ALL').fetchall()
    return Tally(table, columns, [(tuple(row[:-1]), row[-1]) for row in found])


def figure(table: str, row: Mapping[str, Any], column: str, digits: int = 1, unit: str = "") -> Figure | None:
    """A number of a row with its address; None where the row does not have it."""
    value = row.get(column)
    if is_missing(value):
        return None
    number = plain(value)
    if not isinstance(number, int | float):
        raise TypeError(f"{table}.{column} holds {number!r}, which is no number")
    is_whole = column in _whole_columns(table)
    value = int(number) if is_whole else number
    return Figure(value, address_of(table, row, column), 0 if is_whole else digits, unit)


@cache
def _whole_columns(table: str) -> frozenset[str]:
    """The columns of a table that hold whole numbers: where a row of it is without one, the others are read as fractions."""
    return frozenset(spec.name for spec in columns_of(TABLES[table]) if spec.kind == "integer")


def change_of(number: Figure | None) -> Figure | None:
    """A change, which is printed with its sign."""
    return None if number is None else signed(number)


def day(value: object) -> str | None:
    """The day of a date or instant, such as 2026-09-30."""
    return None if is_missing(value) else str(plain(value))[:10]


def cut(lang: Lang, rows: Iterable[Any], most: int = MOST) -> list[Sentence]:
    """That a list which is longer than a page bears is cut; nothing where it is whole."""
    is_long = len([*rows]) > most
    return [sentence("publish/briefing/wording", "list_cut", lang)] if is_long else []


def not_known(lang: Lang) -> str:
    """What stands where a row has no value."""
    return phrase("publish/briefing/wording", "not_known", lang)


def between(lang: Lang, lower: Figure | None, upper: Figure | None) -> Sentence | None:
    """An interval as a cell of a table; an end that is missing is not known, and where both are there is none."""
    if lower is None and upper is None:
        return None
    ends = {name: not_known(lang) if end is None else end for name, end in (("lower", lower), ("upper", upper))}
    return sentence("publish/briefing/wording", "between", lang, 2, **ends)


def short_name(name: str, longest: int) -> str:
    """A name that fits into a picture: cut between words; the last sign keeps the dots at the end of an Arabic name."""
    if len(name) <= longest:
        return name
    cut = name[:longest]
    kept = (cut.rpartition(" ")[0] or cut).rstrip(" ([{–-،,")
    return f"{kept}…{_RIGHT_TO_LEFT if any(sign > _LATIN for sign in kept) else ''}"
