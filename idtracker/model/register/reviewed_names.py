"""names.csv of a source: names as its reporters type them, each reviewed and tied to an identifier by a person in a role."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from idtracker.model.errors import DefinitionError
from idtracker.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idtracker.model.register.register import Register

NAMES_FILE = "names.csv"
COLUMNS = ("kind", "typed", "identifier", "reviewed_by", "reviewed_on")
NameKind = Literal["organisation", "place", "indicator"]
_KINDS: dict[str, NameKind] = {"organisation": "organisation", "place": "place", "indicator": "indicator"}


@dataclass(frozen=True, slots=True)
class ReviewedName:
    """One reviewed entry: `typed` means `identifier`; `reviewed_by` is a role."""

    kind: NameKind
    typed: str
    identifier: str
    reviewed_by: str
    reviewed_on: date
    origin: str


@dataclass(frozen=True, slots=True)
class Names:
    """The reviewed names of one source."""

    entries: tuple[ReviewedName, ...] = ()

    @classmethod
    def load(cls, source_folder: Path) -> Names:
        """The entries of `names.csv` beside source.yml, none where there is no such file; a broken row raises."""
        path = source_folder / NAMES_FILE
        if not path.is_file():
            return cls()
        try:
            rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        except (UnicodeDecodeError, csv.Error) as problem:
            raise DefinitionError([f"{path}:1: not readable ({problem}); expected UTF-8 text"]) from problem
        heading = [cell.strip() for cell in rows[0]] if rows else []
        if heading != list(COLUMNS):
            raise DefinitionError([f"{path}:1: the columns are {', '.join(heading)}; expected {', '.join(COLUMNS)}"])
        entries: list[ReviewedName] = []
        problems: list[str] = []
        for line, cells in enumerate(rows[1:], start=2):
            if any(cell.strip() for cell in cells):
                _read_entry(f"{path}:{line}", [c.strip() for c in cells], entries, problems)
        if problems := problems + list(_conflicts(entries)):
            raise DefinitionError(problems)
        return cls(tuple(entries))

    def of(self, kind: NameKind) -> Mapping[str, str]:
        """Folded name -> identifier for one kind."""
        return MappingProxyType({fold(e.typed): e.identifier for e in self.entries if e.kind == kind})

    def check(self, register: Register) -> list[str]:
        """Entries whose identifier the register does not hold, one line each."""
        known: dict[NameKind, set[str]] = {
            "organisation": set(register.organisations["org_id"]),
            "place": set(register.places["place_id"]),
            "indicator": set(register.indicators["indicator_id"]),
        }
        return [
            f"{e.origin}: `identifier` is `{e.identifier}`; expected a known {e.kind}"
            for e in self.entries
            if e.identifier not in known[e.kind]
        ]


def _read_entry(origin: str, cells: list[str], entries: list[ReviewedName], problems: list[str]) -> None:
    if len(cells) != len(COLUMNS):
        problems.append(f"{origin}: has {len(cells)} cells; expected {len(COLUMNS)}")
        return
    kind, typed, identifier, reviewed_by, reviewed_on = cells
    faults = [f"`{n}` is empty; expected text" for n, v in zip(COLUMNS, cells, strict=True) if not v]
    if kind and kind not in _KINDS:
        faults.append(f"`kind` is `{kind}`; expected one of {', '.join(_KINDS)}")
    if "@" in reviewed_by:
        faults.append(f"`reviewed_by` is `{reviewed_by}`; expected a role such as `data team`, not an address")
    day = _day(reviewed_on)
    if reviewed_on and day is None:
        faults.append(f"`reviewed_on` is `{reviewed_on}`; expected a date such as 2026-03-31")
    problems += [f"{origin}: {fault}" for fault in faults]
    if not faults and day is not None:
        entries.append(ReviewedName(_KINDS[kind], typed, identifier, reviewed_by, day, origin))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _conflicts(entries: list[ReviewedName]) -> Iterator[str]:
    first: dict[tuple[str, str], ReviewedName] = {}
    for entry in entries:
        earlier = first.setdefault((entry.kind, fold(entry.typed)), entry)
        if earlier is not entry:
            line = earlier.origin.rsplit(":", 1)[-1]
            yield f"{entry.origin}: `{entry.typed}` stands on line {line} already; expected one entry for each name"
