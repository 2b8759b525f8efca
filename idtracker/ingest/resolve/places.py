"""Places as typed -> identifiers. A code counts only within its scheme; of bare codes only those of ISO 3166 are read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from idtracker.ingest.resolve.bilingual import agreed
from idtracker.ingest.resolve.lookup import ALWAYS, Different, Task, outside, span_text, stretch, suggest_unknown
from idtracker.ingest.resolve.schemes import BARE_SCHEMES
from idtracker.ingest.resolve.suggest import Suggester
from idtracker.model.frames import records
from idtracker.model.register.codelist_versions import Stretch
from idtracker.model.register.register import Register
from idtracker.model.text import fold


@dataclass(frozen=True, slots=True)
class Index:
    """The register's places by identifier, by scheme and code, and by folded name; several only one after the other."""

    ids: dict[str, tuple[str, ...]]
    codes: dict[tuple[str, str], tuple[str, ...]]
    bare: dict[str, tuple[str, ...]]
    names: dict[str, tuple[str, ...]]
    shown: dict[str, str]
    stretches: dict[str, Stretch]
    """Only places that have a first or a last day."""


@lru_cache(maxsize=4)
def index_places(register: Register) -> Index:
    """The lookups of a register, made once."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    shown: dict[str, str] = {}
    codes: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    bare: dict[str, dict[str, None]] = defaultdict(dict)
    stretches: dict[str, Stretch] = {}
    for place, begin, end, *texts in records(register.places, "place_id", "valid_from", "valid_to", "name", "name_ar"):
        if (span := stretch(begin, end)) != ALWAYS:
            stretches[place] = span
        for text in filter(None, texts):
            names[fold(text)][place] = None
            shown.setdefault(fold(text), text)
    for scheme, code, place in records(register.place_codes, "scheme", "code", "place_id"):
        if scheme == "name":
            names[fold(code)][place] = None
            shown.setdefault(fold(code), code)
        else:
            codes[scheme, fold(code)][place] = None
        if scheme in BARE_SCHEMES:
            bare[code][place] = None
    return Index(
        {place: (place,) for place in register.places["place_id"]},
        {key: tuple(found) for key, found in codes.items()},
        {key: tuple(found) for key, found in bare.items()},
        {key: tuple(found) for key, found in names.items()},
        shown,
        stretches,
    )


@lru_cache(maxsize=4)
def place_names(register: Register) -> Suggester:
    """The names of a register's places, to suggest from."""
    index = index_places(register)
    return Suggester((shown, place) for folded, shown in index.shown.items() for place in index.names[folded])


def resolve_places(task: Task) -> pd.Series:
    """The identifier of each row's place; missing where the cell is empty or the row is held."""
    index, different = index_places(task.register), Different.of(task.texts)
    reviewed, scheme = task.names.of("place"), task.column.scheme

    def find(text: str) -> tuple[str, ...]:
        known = reviewed.get(fold(text))
        return (known,) if known else find_places(text, scheme, index)

    holders = [find(text) or agreed(text, find) or () for text in different.texts]
    places = different.spread([found[-1] if found else None for found in holders])
    for at, found in enumerate(holders):
        if len(found) > 1:
            here = different.at == at
            places[here] = [_choose(found, day, index) for day in task.dates[here]]
    _report_inactive(task, places, index)
    unknown = different.rows(not found for found in holders)
    if not unknown.any():
        return places
    shown = suggest_unknown(different, holders, place_names(task.register))
    if task.column.unknown != "keep":
        task.report("name.place", unknown, shown)
        return places
    task.report("name.place_kept", unknown, shown)
    kept = different.spread(
        [None if found else f"{scheme or 'name'}:{text}" for text, found in zip(different.texts, holders, strict=True)]
    )
    return places.where(~unknown, kept)


def find_places(text: str, scheme: str | None, index: Index) -> tuple[str, ...]:
    """What a text may mean: identifier, code in the named scheme, bare ISO code in capitals, or name.

    Several places only where they followed one another under one name or code.
    """
    if text in index.ids:
        return index.ids[text]
    folded = fold(text)
    if scheme and (found := index.codes.get((scheme, folded))):
        return found
    return index.bare.get(text) or index.names.get(folded, ())


def _choose(found: tuple[str, ...], day: pd.Timestamp, index: Index) -> str:
    """The place that existed on the day; without one, or without a day, the latest."""
    in_time = sorted(found, key=lambda place: index.stretches.get(place, ALWAYS))
    spans = [(index.stretches.get(place, ALWAYS), place) for place in in_time]
    return next((place for (begin, end), place in spans if begin <= day <= end), in_time[-1])


def _report_inactive(task: Task, places: pd.Series, index: Index) -> None:
    for place in sorted(index.stretches.keys() & set(places.dropna())):
        span = index.stretches[place]
        mask = (places == place).to_numpy() & outside(task.dates, [span])
        task.report("name.place_inactive", mask, validity=span_text(span))
