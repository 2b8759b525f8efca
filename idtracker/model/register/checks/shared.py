"""What every check of the register needs: rows with their places, intervals of time, circles, names with several owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.register.problems import RegisterProblem

if TYPE_CHECKING:
    from idtracker.model.register.register import Register

BEGINNING, END = pd.Timestamp.min, pd.Timestamp.max
Span = tuple[pd.Timestamp, pd.Timestamp, str]
Entry = tuple[Hashable, str, str]


def cells(register: Register, table: str, *columns: str) -> Iterator[tuple[str, ...]]:
    """`file:line` and the named cells of each row; a missing cell is an empty text."""
    frame: pd.DataFrame = getattr(register, table)
    lists = [["" if pd.isna(v) else str(v) for v in frame[c].tolist()] for c in columns]
    yield from zip(register.origins[table], *lists, strict=True)


def is_known(register: Register, table: str, known: set[str], value: str) -> bool:
    """Whether an identifier stands in a table; one whose row is broken, or may stand in a broken file, is not told twice."""
    broken = register.broken[table]
    return value in known or broken is None or value in broken


def spans_of(register: Register, table: str, key: str) -> dict[str, list[Span]]:
    """Identifier -> its intervals in time as (first day, last day, origin), earliest first."""
    frame: pd.DataFrame = getattr(register, table)
    by_key: dict[str, list[Span]] = defaultdict(list)
    begins, ends = frame["valid_from"].fillna(BEGINNING), frame["valid_to"].fillna(END)
    for name, begin, end, origin in zip(frame[key], begins, ends, register.origins[table], strict=True):
        by_key[name].append((begin, end, origin))
    return {name: sorted(spans) for name, spans in by_key.items()}


def overlap(one: Sequence[Span], other: Sequence[Span]) -> bool:
    """Whether there is a day that lies in an interval of both."""
    return any(a <= d and c <= b for a, b, _ in one for c, d, _ in other)


def check_order(register: Register, table: str) -> Iterator[RegisterProblem]:
    """Rows that end before they start."""
    frame: pd.DataFrame = getattr(register, table)
    wrong = (frame["valid_to"] < frame["valid_from"]).to_numpy()
    for origin, is_wrong in zip(register.origins[table], wrong, strict=True):
        if is_wrong:
            yield RegisterProblem(
                origin, "order", "`valid_to` lies before `valid_from`; expected the same day or a later one"
            )


def check_chain(register: Register, table: str, own: str, above: str) -> Iterator[RegisterProblem]:
    """Rows whose column `above`, followed from row to row, comes back to where it began."""
    rows = [(origin, child, parent) for origin, child, parent in cells(register, table, own, above) if parent]
    origins = {child: origin for origin, child, _ in rows}
    for circle in circles({child: parent for _, child, parent in rows}):
        text = f"`{above}` runs in a circle: {' > '.join([*circle, circle[0]])}"
        yield RegisterProblem(origins[circle[0]], "circle", f"{text}; expected a chain that ends")


def circles(parents: Mapping[str, str]) -> Iterator[list[str]]:
    """Every circle of a child -> parent mapping once, beginning with its smallest member."""
    done: set[str] = set()
    for start in sorted(parents):
        path: dict[str, int] = {}
        node: str | None = start
        while node is not None and node not in path and node not in done:
            path[node] = len(path)
            node = parents.get(node)
        if node is not None and node in path:
            circle = list(path)[path[node] :]
            first = circle.index(min(circle))
            yield circle[first:] + circle[:first]
        done |= set(path)


def shared(entries: Iterable[Entry]) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Keys (tuples of texts) with several owners, as owner -> origin."""
    owners: dict[Hashable, dict[str, str]] = defaultdict(dict)
    for key, owner, origin in entries:
        owners[key].setdefault(owner, origin)
    for key, entries_found in owners.items():
        if len(entries_found) > 1 and isinstance(key, tuple):
            yield tuple(map(str, key)), entries_found


def clashes(
    entries: Iterable[Entry], spans: Mapping[str, Sequence[Span]]
) -> Iterator[tuple[str, tuple[str, str], tuple[str, str]]]:
    """(text, two owners, their origins) of names that two owners bear at one time; the text is a key's last part."""
    for key, owners in shared(entries):
        names = list(owners)
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                if overlap(spans.get(one, []), spans.get(other, [])):
                    yield key[-1], (one, other), (owners[one], owners[other])
