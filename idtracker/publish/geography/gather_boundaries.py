"""The boundaries of a programme: those of the files that it names, then those that ship, each by the place that its code means."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from idtracker.model.config.programme import Programme
from idtracker.model.frames import records
from idtracker.model.geography.boundary_files import PLACE_ID, BoundaryFile
from idtracker.model.messages import Message, counted, message
from idtracker.model.register.places_above import with_areas
from idtracker.model.register.register import Register
from idtracker.publish.geography.geometry import (
    DRAWN,
    Box,
    Geometry,
    bounds_of,
    do_meet,
    is_in_degrees,
    oriented,
    what_is_broken,
)
from idtracker.publish.geography.read_features import Feature, UnreadableError, read_features
from idtracker.publish.geography.shipped import ShippedSet, shipped_boundaries

_TEXTS = "publish/geography/boundaries"
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class BoundaryProblem:
    """What is wrong with a boundary, or is not there: `at` is the file, `rule` the name of the text, `text` says it."""

    at: str
    rule: str
    text: Message


@dataclass(frozen=True, slots=True)
class Boundary:
    """One boundary: its geometry, and the file that it is from."""

    geometry: Geometry
    source: str


@dataclass(slots=True)
class Boundaries:
    """Place -> boundary, file -> what has to stand beside a map of it, and everything that was left out or is not there."""

    by_place: dict[str, Boundary] = field(default_factory=dict)
    attributions: dict[str, Message] = field(default_factory=dict)
    problems: list[BoundaryProblem] = field(default_factory=list)

    def report(self, at: str, rule: str, **details: object) -> None:
        self.problems.append(BoundaryProblem(at, rule, message(_TEXTS, rule, **details)))


def gather_boundaries(programme: Programme, sources_dir: Path, register: Register) -> Boundaries:
    """Every boundary that can be drawn; what is wrong is in `problems`, and nothing is raised. No boundary is ever made up.

    A place that two files have is drawn as the first of them has it; one that stands twice in a file is drawn as neither.
    """
    found = Boundaries()
    shipped = shipped_boundaries(programme.country)
    country = _box_of(shipped)
    for entry in programme.boundaries:
        _take_file(found, entry, sources_dir / entry.file, register, country)
    if shipped is not None:
        _take_shipped(found, shipped, register)
    found.problems += list(_places_without(found, register, programme.country))
    return found


def boundaries_fingerprint(programme: Programme, sources_dir: Path) -> str:
    """SHA-256 of all that the boundaries of a programme follow from beside the register; no geometry is looked at."""
    shipped = shipped_boundaries(programme.country)
    digest = hashlib.sha256(repr((shipped, programme.boundaries)).encode())
    for entry in programme.boundaries:
        path = sources_dir / entry.file
        digest.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"-")
    return digest.hexdigest()


def _box_of(shipped: ShippedSet | None) -> Box | None:
    boxes = [b for g in shipped.geometries.values() if (b := bounds_of(g))] if shipped else []
    if not boxes:
        return None
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _places_of(register: Register, scheme: str) -> dict[str, str]:
    """Code -> place under a scheme."""
    if scheme == PLACE_ID:
        return {str(p): str(p) for p in register.places[PLACE_ID]}
    codes = register.place_codes
    return {str(c): str(p) for c, p in records(codes[codes["scheme"] == scheme], "code", PLACE_ID)}


def _take_shipped(found: Boundaries, shipped: ShippedSet, register: Register) -> None:
    places = _places_of(register, shipped.scheme)
    for code, geometry in shipped.geometries.items():
        place = places.get(code)
        if place is not None and place not in found.by_place:
            found.by_place[place] = Boundary(geometry, shipped.name)
            found.attributions[shipped.name] = shipped.attribution


def _take_file(found: Boundaries, entry: BoundaryFile, path: Path, register: Register, country: Box | None) -> None:
    places = _places_of(register, entry.scheme)
    if not places:
        known = ", ".join([PLACE_ID, *sorted(set(register.place_codes["scheme"]) - {"name"})])
        return found.report(entry.file, "no_scheme", scheme=entry.scheme, known=known)
    try:
        features = read_features(path, entry)
    except UnreadableError as problem:
        found.problems.append(BoundaryProblem(entry.file, "unreadable", problem.reason))
        return None
    by_place: defaultdict[str, list[Feature]] = defaultdict(list)
    for feature in features:
        if feature.code is None:
            found.report(entry.file, "no_code", number=feature.number)
        elif (place := places.get(feature.code)) is None:
            code, number = feature.code, feature.number
            found.report(entry.file, "of_no_place", number=number, code=code, scheme=entry.scheme)
        else:
            by_place[place].append(feature)
    for place, same in by_place.items():
        if geometry := _geometry_of(found, entry, place, same, country):
            found.by_place[place] = Boundary(geometry, entry.file)
            found.attributions[entry.file] = Message(entry.attribution, entry.attribution_ar or entry.attribution)
    return None


def _geometry_of(
    found: Boundaries, entry: BoundaryFile, place: str, same: Sequence[Feature], country: Box | None
) -> Geometry | None:
    """The geometry of a place in a file; None, with the reason reported, where there is none to draw."""
    if len(same) > 1:
        found.report(entry.file, "repeated", numbers=", ".join(str(f.number) for f in same), place=place)
        return None
    (feature,) = same
    if (before := found.by_place.get(place)) is not None:
        found.report(entry.file, "taken_before", number=feature.number, place=place, file=before.source)
        return None
    fault = _fault_of(feature.geometry, country)
    if fault is not None or feature.geometry is None:
        rule, details = fault or ("no_geometry", {})
        found.report(entry.file, rule, number=feature.number, place=place, **details)
        return None
    return oriented(feature.geometry)


def _fault_of(geometry: Geometry | None, country: Box | None) -> tuple[str, Mapping[str, object]] | None:
    """The name of the text that says why a geometry is not drawn, and its words; None where it is."""
    if geometry is None:
        return "no_geometry", {}
    if geometry.get("type") not in DRAWN:
        return "wrong_kind", {"kind": geometry.get("type")}
    box = bounds_of(geometry)
    if box is not None and not is_in_degrees(box):
        return "not_in_degrees", {}
    if reason := what_is_broken(geometry):
        return "broken", {"reason": reason}
    if box is None or (country is not None and not do_meet(box, country)):
        return "elsewhere", {"box": ", ".join(f"{edge:.2f}" for edge in box or ())}
    return None


def _places_without(found: Boundaries, register: Register, country: str) -> Iterator[BoundaryProblem]:
    """One line for each level below the country that has places without a boundary."""
    places = with_areas(register.places)
    own = places[(places["country_id"] == country) & (places["level"] != "country")]
    for level, rows in own[~own[PLACE_ID].isin(found.by_place)].groupby("level", sort=True):
        text = Message.of(
            lambda lang, rows=rows, level=level: counted(  # type: ignore[misc]
                _TEXTS, "without", lang, len(rows), level=level, names=_some(list(rows[PLACE_ID])).text(lang)
            )
        )
        yield BoundaryProblem("places", "without", text)


def _some(names: Sequence[str]) -> Message:
    listed = ", ".join(names[:_NAMED_AT_MOST])
    more = len(names) - _NAMED_AT_MOST
    return message(_TEXTS, "and_more", names=listed, more=more) if more > 0 else Message(listed, listed)
