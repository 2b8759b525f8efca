"""What a template offers: the values that are valid on a day."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.form import FormColumn
from idtracker.model.config.source import Source
from idtracker.model.messages import Lang, phrase
from idtracker.model.periods import current_period, next_period, previous_period
from idtracker.model.register.codelist_versions import rows_on
from idtracker.model.register.units import are_comparable
from idtracker.model.text import fold

MOST_VALUES = 5_000
_PAST_PERIODS = 8


@dataclass(frozen=True, slots=True)
class Choices:
    """Values to choose from with what each means. A closed list admits nothing else."""

    values: tuple[str, ...]
    meanings: tuple[str, ...]
    is_closed: bool = True


def choices_of(
    column: FormColumn,
    source: Source,
    catalogue: ProgrammeCatalogue,
    on: date,
    lang: Lang,
    reported: Collection[str] = (),
) -> Choices | None:
    """What may be chosen for a field on that day; None where anything of its type may be typed.

    `reported` are identifiers of indicators that the source is known to have reported.
    """
    if column.column.split:
        return None
    match column.kind:
        case "flag":
            words = tuple(phrase("feedback/template", key, lang) for key in ("yes", "no"))
            return Choices(words, ("", ""))
        case "period":
            return _periods(source, on)
        case "code":
            return _codes(column, catalogue, on, lang)
        case "place":
            return _places(column, source, catalogue, on, lang, reported)
        case "organisation":
            return _organisations(column, catalogue, on, lang)
        case "indicator":
            return _indicators(source, catalogue, on, lang, reported)
    return None


def _periods(source: Source, on: date) -> Choices | None:
    every = source.cadence.every
    if every == "as_needed":
        return None
    last = next_period(current_period(on, every))
    periods = [last]
    for _ in range(_PAST_PERIODS):
        periods.append(previous_period(periods[-1]))
    return Choices(tuple(reversed(periods)), ("",) * len(periods), is_closed=False)


def _valid(frame: pd.DataFrame, on: date) -> pd.DataFrame:
    day = pd.Timestamp(on)
    return frame[~(frame["valid_from"] > day) & ~(frame["valid_to"] < day)]


def _codes(column: FormColumn, catalogue: ProgrammeCatalogue, on: date, lang: Lang) -> Choices | None:
    """Labels where they name their code, codes where they do not; a map of the source's own words comes first."""
    rows = rows_on(catalogue.register, column.codelist, pd.Timestamp(on))
    if rows.empty:
        return None
    rows = rows.drop_duplicates("code", keep="last")
    return _offered(zip(rows["code"], rows[f"label_{lang}"], strict=True), is_closed=True, taken=column.column.map)


def _places(
    column: FormColumn,
    source: Source,
    catalogue: ProgrammeCatalogue,
    on: date,
    lang: Lang,
    reported: Collection[str],
) -> Choices | None:
    """Places of the programme's country: those that an observation can be about, and of every level for anything else."""
    rows = _valid(_within(catalogue.register.places, catalogue.programme.country), on)
    if any(column.column is c for part in source.parts if part.feeds == "observation" for c in part.columns):
        levels = set(_reported_indicators(source, catalogue, on, reported)["level"])
        wanted = {"country", *(("adm1",) if levels & {"adm1", "both"} else ())}
        rows = rows[rows["level"].isin(list(wanted))] if levels else rows
    names = rows["name"] if lang == "en" else rows["name_ar"]
    closed = column.column.unknown != "keep"
    return _offered(zip(rows["place_id"], names, strict=True), is_closed=closed, taken=column.column.map)


def _within(places: pd.DataFrame, country: str) -> pd.DataFrame:
    """The country and everything in it; every place where no country is named."""
    if not country or country not in set(places["place_id"]):
        return places
    inside = {country}
    while True:
        below = set(places.loc[places["parent_id"].isin(inside), "place_id"]) - inside
        if not below:
            return places[places["place_id"].isin(inside)]
        inside |= below


def _organisations(column: FormColumn, catalogue: ProgrammeCatalogue, on: date, lang: Lang) -> Choices | None:
    rows = _valid(catalogue.register.organisations, on)
    names = rows["name"] if lang == "en" else rows["name_ar"]
    closed = column.column.unknown == "hold"
    return _offered(zip(rows["org_id"], names, strict=True), is_closed=closed, taken=column.column.map)


def _indicators(
    source: Source,
    catalogue: ProgrammeCatalogue,
    on: date,
    lang: Lang,
    reported: Collection[str],
) -> Choices | None:
    rows = _reported_indicators(source, catalogue, on, reported)
    names = rows["name"] if lang == "en" else rows["name_ar"]
    return _offered(zip(rows["indicator_id"], names, strict=True), is_closed=False, taken={})


def _reported_indicators(
    source: Source, catalogue: ProgrammeCatalogue, on: date, reported: Collection[str]
) -> pd.DataFrame:
    """Indicators in use, in units that the source can report: those that it reports, else those that the reporter owns."""
    rows = catalogue.register.indicators
    rows = rows[~(rows["retired_on"] <= pd.Timestamp(on))]
    rows = rows[[_can_report(source, catalogue, unit) for unit in rows["unit"]]]
    columns = [c for part in source.parts for c in part.columns if c.field == "indicator"]
    stated = {code for c in columns for code in (*c.map.values(), c.constant or "")}
    known = {*reported, *stated, *_named(source, catalogue), *_expected(source)}
    for own in (rows["indicator_id"].isin(known), rows["owner_org_id"] == source.publisher):
        if own.any():
            return rows[own]
    return rows


def _named(source: Source, catalogue: ProgrammeCatalogue) -> set[str]:
    """Identifiers that the reviewed names of the source lead to."""
    return {entry.identifier for entry in catalogue.names_of(source.id).entries}


def _expected(source: Source) -> set[str]:
    """Indicators of the example that stands beside the definition."""
    path = source.folder / "expected.csv"
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        return {row.get("indicator_id") or "" for row in csv.DictReader(file)}


def _can_report(source: Source, catalogue: ProgrammeCatalogue, unit: str) -> bool:
    """Whether values in a unit fit the one unit that the definition itself gives to every observation, if it does."""
    observations = [part for part in source.parts if part.feeds == "observation"]
    fixed = [c.constant for part in observations for c in part.columns if c.field == "unit" and c.constant]
    if not fixed or len(fixed) < len(observations):
        return True
    return any(are_comparable(catalogue.register, stated, unit) for stated in fixed)


def _offered(pairs: Iterable[tuple[str, str]], *, is_closed: bool, taken: dict[str, str]) -> Choices | None:
    """Names where they are there and belong to one identifier alone; identifiers where not."""
    known = [(str(code), "" if pd.isna(name) else str(name).strip()) for code, name in pairs]
    count = Counter(fold(name) for _, name in known)
    count.update(fold(code) for code, name in known if fold(code) != fold(name))
    count.update(map(fold, taken))
    shown = [(name, code) if name and count[fold(name)] == 1 else (code, name) for code, name in known]
    if not shown or len(shown) > MOST_VALUES:
        return None
    return Choices(tuple(s for s, _ in shown), tuple(m for _, m in shown), is_closed)
