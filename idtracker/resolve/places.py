"""Places as typed -> identifiers. A code counts only within its scheme; of bare codes only those of ISO 3166 are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from idtracker.resolve.bilingual import agreed
from idtracker.resolve.lookup import Different, Task, records, suggest_unknown
from idtracker.resolve.register import Register
from idtracker.resolve.suggest import Suggester
from idtracker.shape.text import fold

BARE_SCHEMES = ("iso3166-1-a2", "iso3166-2", "iso3166-1-a3")


@dataclass(frozen=True, slots=True)
class Index:
    """The register's places by identifier, by scheme and code, and by folded name."""

    ids: frozenset[str]
    codes: dict[tuple[str, str], str]
    bare: dict[str, str]
    names: dict[str, str]
    shown: dict[str, str]


@lru_cache(maxsize=4)
def index_places(register: Register) -> Index:
    """The lookups of a register, made once."""
    names: dict[str, str] = {}
    shown: dict[str, str] = {}
    codes: dict[tuple[str, str], str] = {}
    bare: dict[str, str] = {}
    for place, *texts in records(register.places, "place_id", "name", "name_ar"):
        for text in filter(None, texts):
            names[fold(text)] = place
            shown.setdefault(fold(text), text)
    for scheme, code, place in records(register.place_codes, "scheme", "code", "place_id"):
        if scheme == "name":
            names[fold(code)] = place
            shown.setdefault(fold(code), code)
        else:
            codes[scheme, fold(code)] = place
        if scheme in BARE_SCHEMES:
            bare[code] = place
    return Index(frozenset(register.places["place_id"]), codes, bare, names, shown)


@lru_cache(maxsize=4)
def place_names(register: Register) -> Suggester:
    """The names of a register's places, to suggest from."""
    index = index_places(register)
    return Suggester((shown, index.names[folded]) for folded, shown in index.shown.items())


def resolve_places(task: Task) -> pd.Series:
    """The identifier of each row's place; missing where the cell is empty or the row is held."""
    index, different = index_places(task.register), Different.of(task.texts)
    reviewed, scheme = task.names.of("place"), task.column.scheme

    def find(text: str) -> str | None:
        return reviewed.get(fold(text)) or find_place(text, scheme, index)

    found = [find(text) or agreed(text, find) for text in different.texts]
    unknown = different.rows(place is None for place in found)
    if not unknown.any():
        return different.spread(found)
    shown = suggest_unknown(different, found, place_names(task.register))
    if task.column.unknown != "keep":
        task.report("name.place", unknown, shown)
        return different.spread(found)
    task.report("name.place_kept", unknown, shown)
    return different.spread(
        [place or f"{scheme or 'name'}:{text}" for text, place in zip(different.texts, found, strict=True)]
    )


def find_place(text: str, scheme: str | None, index: Index) -> str | None:
    """The place that a text means: identifier, code in the named scheme, bare ISO code in capitals, or name."""
    if text in index.ids:
        return text
    folded = fold(text)
    if scheme and (place := index.codes.get((scheme, folded))):
        return place
    return index.bare.get(text) or index.names.get(folded)
