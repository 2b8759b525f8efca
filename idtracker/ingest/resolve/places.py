"""Places as typed -> identifiers. A code counts only within its scheme; of bare codes only those of ISO 3166 are read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from idtracker.ingest.resolve.lookup import ALWAYS, DistinctTexts, Task, interval, outside, span_text
from idtracker.ingest.resolve.names import KnownNames, holders_of, identifiers_of, settle_unknown
from idtracker.ingest.resolve.suggest import Suggester
from idtracker.model.frames import records
from idtracker.model.register.codelist_versions import Interval
from idtracker.model.register.register import Register
from idtracker.model.register.table_specs import BARE_SCHEMES
from idtracker.model.text import different_texts, fold


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """The register's places by identifier, by scheme and code or folded name, and by bare code."""

    ids: dict[str, tuple[str, ...]]
    known: KnownNames
    bare: dict[str, tuple[str, ...]]
    intervals: dict[str, Interval]
    """Only places that have a first or a last day."""


@lru_cache(maxsize=4)
def index_places(register: Register) -> PlaceIndex:
    """The lookups of a register, made once."""
    bare: dict[str, dict[str, None]] = defaultdict(dict)
    intervals: dict[str, Interval] = {}
    named = []
    for place, begin, end, *texts in records(register.places, "place_id", "valid_from", "valid_to", "name", "name_ar"):
        if (span := interval(begin, end)) != ALWAYS:
            intervals[place] = span
        named.append((place, texts))
    coded = list(records(register.place_codes, "scheme", "code", "place_id"))
    for scheme, code, place in coded:
        if scheme in BARE_SCHEMES:
            bare[code][place] = None
    return PlaceIndex(
        {place: (place,) for place in register.places["place_id"]},
        KnownNames.of(named, coded),
        {key: tuple(holders) for key, holders in bare.items()},
        intervals,
    )


@lru_cache(maxsize=4)
def place_names(register: Register) -> Suggester:
    """The names of a register's places, to suggest from."""
    return index_places(register).known.suggester()


def resolve_places(task: Task) -> pd.Series:
    """The identifier of each row's place; missing where the cell is empty or the row is held."""
    index, different, scheme = index_places(task.register), DistinctTexts.of(task.texts), task.column.scheme
    holders = holders_of(different, task.names.of("place"), lambda text: find_places(text, scheme, index))
    places = identifiers_of(different, holders, task.dates, lambda candidates, day: _choose(candidates, day, index))
    _report_inactive(task, places, index)
    if task.column.unknown != "keep":
        return settle_unknown(task, different, holders, places, place_names, "name.place", None)
    return settle_unknown(
        task, different, holders, places, place_names, "name.place_kept", lambda text: f"{scheme or 'name'}:{text}"
    )


def find_places(text: str, scheme: str | None, index: PlaceIndex) -> tuple[str, ...]:
    """What a text may mean: identifier, code in the named scheme, bare ISO code in capitals, or name.

    Several places only where they followed one another under one name or code.
    """
    if text in index.ids:
        return index.ids[text]
    folded = fold(text)
    if scheme and (holders := index.known.codes.get((scheme, folded))):
        return holders
    return index.bare.get(text) or index.known.names.get(folded, ())


def _choose(holders: tuple[str, ...], day: pd.Timestamp, index: PlaceIndex) -> str:
    """The place that existed on the day; without one, or without a day, the latest."""
    in_time = sorted(holders, key=lambda place: index.intervals.get(place, ALWAYS))
    spans = [(index.intervals.get(place, ALWAYS), place) for place in in_time]
    return next((place for (begin, end), place in spans if begin <= day <= end), in_time[-1])


def _report_inactive(task: Task, places: pd.Series, index: PlaceIndex) -> None:
    for place in sorted(index.intervals.keys() & set(different_texts(places))):
        span = index.intervals[place]
        mask = (places == place).to_numpy() & outside(task.dates, [span])
        task.report("name.place_inactive", mask, validity=span_text(span))
