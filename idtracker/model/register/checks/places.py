"""What must hold between the rows about places: each lies in a place above it, at a time when that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from idtracker.model.register.checks.shared import Entry, cells, check_chain, check_order, circles, clashes, spans_of
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.table_specs import PLACE_LEVELS
from idtracker.model.text import fold

if TYPE_CHECKING:
    from idtracker.model.register.register import Register


def check_places(register: Register) -> Iterator[RegisterProblem]:
    """Every problem of places and their codes, references apart."""
    yield from check_order(register, "places")
    yield from check_chain(register, "places", "place_id", "parent_id")
    yield from _hierarchy(register)
    yield from _names(register)


def _hierarchy(register: Register) -> Iterator[RegisterProblem]:
    levels = dict(zip(register.places["place_id"], register.places["level"], strict=True))
    spans = spans_of(register, "places", "place_id")
    parents = zip(register.places["place_id"], register.places["parent_id"], strict=True)
    in_a_circle = {
        place for circle in circles({p: above for p, above in parents if isinstance(above, str)}) for place in circle
    }
    for origin, place, level, parent in cells(register, "places", "place_id", "level", "parent_id"):
        if level == "country":
            if parent:
                text = f"{place} is a country and has a `parent_id`; expected none"
                yield RegisterProblem(origin, "hierarchy", text)
            continue
        if not parent:
            above = "the country it lies in" if level == "adm1" else "the place it lies in"
            yield RegisterProblem(origin, "hierarchy", f"{place} has no `parent_id`; expected {above}")
        elif parent in levels and place not in in_a_circle:
            if PLACE_LEVELS.index(levels[parent]) >= PLACE_LEVELS.index(level):
                text = f"{place} ({level}) lies in {parent} ({levels[parent]}); expected a place of a level above"
                yield RegisterProblem(origin, "hierarchy", text)
            (begin, end, _), (first, last, _) = spans[place][0], spans[parent][0]
            if begin < first or end > last:
                text = f"{place} exists when {parent}, which it lies in, does not; expected days on which both do"
                yield RegisterProblem(origin, "gap", text)


def _names(register: Register) -> Iterator[RegisterProblem]:
    """A name or a code of a scheme means one place at any time."""
    entries: list[Entry] = []
    for origin, place, *names in cells(register, "places", "place_id", "name", "name_ar"):
        entries += [(("name", fold(n)), place, origin) for n in names if n]
    for origin, scheme, code, place in cells(register, "place_codes", "scheme", "code", "place_id"):
        entries.append(((scheme, fold(code)), place, origin))
    for text, (place, other), (first, origin) in clashes(entries, spans_of(register, "places", "place_id")):
        message = f"`{text}` means {place} and {other}; expected one place at any time"
        yield RegisterProblem(origin, "clash", message, others=(first,))
