"""Organisations and activities as the published tables know them, each gathered into one record with all that is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from idtracker.model.frames import records
from idtracker.model.register.places_above import places_above
from idtracker.model.text import fold

Frames = Mapping[str, pd.DataFrame]
NamedColumns = Mapping[str, Sequence[tuple[str, str | None]]]
_IDENTIFIER = re.compile(r"^[A-Z]{2}-[A-Z0-9]{2,6}-\S+$")
_NUMBER = re.compile(r"\d{4,}")
_TITLE_LENGTH = 160
_EPOCH = pd.Timestamp(1970, 1, 1)


@dataclass(slots=True)
class Organisation:
    """One organisation: every name it goes by, its codes as `scheme:value`, where it works and who speaks of it."""

    org_id: str
    is_registered: bool = False
    names: dict[str, None] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    org_type: str | None = None
    countries: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Activity:
    """One activity: what it is called, who takes part, where, in what, when, for how much, and who speaks of it.

    A place stands with those that it lies in, so that a camp agrees with its governorate.
    """

    activity_id: str
    titles: dict[str, None] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)
    organisations: set[str] = field(default_factory=set)
    reporters: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    sectors: set[str] = field(default_factory=set)
    start: float = float("nan")
    end: float = float("nan")
    budget: float = float("nan")
    currency: str | None = None
    sources: set[str] = field(default_factory=set)

    @property
    def title(self) -> str | None:
        """The title, else the beginning of the description."""
        first = next(iter(self.titles), None) or next(iter(self.texts), None)
        return first[:_TITLE_LENGTH] if first else None


def gather_organisations(frames: Frames, columns: NamedColumns) -> list[Organisation]:
    """Every organisation of the register or named by a fact, by identifier.

    `columns` gives the organisation columns of each fact table, each with the column of the name as typed, if there is one.
    """
    organisations: dict[str, Organisation] = {}
    _add_registered(organisations, frames)
    lines = places_above(frames["place"])
    for table, pairs in columns.items():
        frame = frames.get(table)
        if frame is None or frame.empty:
            continue
        for id_column, name_column in pairs:
            wanted = [c for c in (id_column, name_column, "place_id", "source_id") if c and c in frame]
            for row in _different(frame, wanted):
                cells = dict(zip(wanted, row, strict=True))
                org = cells[id_column]
                if org:
                    _add_mention(organisations, org, cells.get(name_column or ""), cells, lines)
    return [organisations[org] for org in sorted(organisations)]


def _add_registered(organisations: dict[str, Organisation], frames: Frames) -> None:
    for org, org_type, *names in records(frames["organisation"], "org_id", "org_type", "name", "name_ar", "short_name"):
        entry = organisations.setdefault(org, Organisation(org, is_registered=True))
        entry.names |= dict.fromkeys(filter(None, names))
        entry.org_type = org_type or entry.org_type
        _add_code(entry, org)
    for scheme, value, org in records(frames["organisation_alias"], "scheme", "value", "org_id"):
        entry = organisations.setdefault(org, Organisation(org))
        if scheme == "name":
            entry.names[value] = None
        else:
            entry.codes.add(f"{scheme}:{fold(value)}")


def _add_mention(
    organisations: dict[str, Organisation],
    org: str,
    typed: str | None,
    cells: Mapping[str, str | None],
    lines: Mapping[str, tuple[str, ...]],
) -> None:
    entry = organisations.get(org)
    if entry is None:
        entry = organisations[org] = Organisation(org)
        _add_code(entry, org)
    if typed and not typed.strip().isdigit() and not _IDENTIFIER.match(typed.strip()):
        entry.names[typed.strip()] = None
    elif typed:
        _add_code(entry, typed.strip())
    if cells.get("source_id"):
        entry.sources.add(str(cells["source_id"]))
    place = cells.get("place_id")
    if place:
        entry.countries.add(lines.get(place, (place,))[-1])


def _add_code(entry: Organisation, text: str) -> None:
    if _IDENTIFIER.match(text) and not text.startswith("XX-LOCAL-"):
        entry.codes.add(f"org-id:{fold(text)}")
    if text.isdigit() or (_IDENTIFIER.match(text) and not text.startswith("XX-LOCAL-")):
        entry.numbers |= set(_NUMBER.findall(text))


def gather_activities(frames: Frames) -> list[Activity]:
    """Every activity that a fact names, by identifier."""
    activities: dict[str, Activity] = {}
    lines = places_above(frames["place"])
    for table in ("activity", "participation", "activity_cell", "result_value", "transaction"):
        frame = frames.get(table)
        if frame is None or frame.empty:
            continue
        wanted = [c for c in _ACTIVITY_COLUMNS if c in frame]
        named = frame[frame["activity_id"].notna()]
        for row in _different(named, wanted):
            cells = dict(zip(wanted, row, strict=True))
            entry = activities.setdefault(str(cells["activity_id"]), Activity(str(cells["activity_id"])))
            _add_to_activity(entry, table, cells, lines)
    return [activities[activity] for activity in sorted(activities)]


_ACTIVITY_COLUMNS = (
    "activity_id", "title", "description", "org_id", "partner_org_id", "receiver_org_id", "place_id", "sector", "start_on",
    "end_on", "budget", "budget_currency", "source_id",
)  # fmt: skip


def _add_to_activity(
    entry: Activity, table: str, cells: Mapping[str, object], lines: Mapping[str, tuple[str, ...]]
) -> None:
    if table == "activity":
        for name, texts in (("title", entry.titles), ("description", entry.texts)):
            if cells.get(name):
                texts[str(cells[name])] = None
        if cells.get("org_id"):
            entry.reporters.add(str(cells["org_id"]))
        entry.start, entry.end = _day(cells.get("start_on"), entry.start), _day(cells.get("end_on"), entry.end)
        if cells.get("budget") is not None:
            entry.budget, entry.currency = float(str(cells["budget"])), _text(cells.get("budget_currency"))
    for name in ("org_id", "partner_org_id", "receiver_org_id"):
        if cells.get(name):
            entry.organisations.add(str(cells[name]))
    place = _text(cells.get("place_id"))
    if place:
        *inside, top = lines.get(place, (place,))
        entry.countries.add(top)
        entry.places.update(inside)
    entry.sectors |= {code for code in (_text(cells.get("sector")) or "").split(";") if code}
    entry.sources.add(str(cells["source_id"]))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _day(value: object, otherwise: float) -> float:
    return otherwise if value is None or value is pd.NaT else float((pd.Timestamp(str(value)) - _EPOCH).days)


def _different(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    """The different rows of some columns, sorted, a missing cell as None."""
    rows = frame[list(columns)].drop_duplicates().sort_values(list(columns), kind="stable")
    yield from records(rows, *columns)
