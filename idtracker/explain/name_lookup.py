"""Names of published figures as people type them: a place, indicator, node of the index or quarter -> its identifier."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from idtracker.explain.tables import KnownTables
from idtracker.model.errors import UsageError
from idtracker.model.frames import records
from idtracker.model.register.table_specs import BARE_SCHEMES
from idtracker.model.text import fold

Pair = tuple[str, str]


def place_of(known: KnownTables, typed: str, *, with_value: bool = False) -> str:
    """The place with a score (`with_value`: or a value, such as a district) of an identifier, ISO code or name.

    Names of both languages are known. UsageError with the nearest names.
    """
    there = set(known.values("score", "place_id"))
    if with_value:
        there |= set(known.values("merged_cell", "place_id"))
    pairs = place_names(known.tables["place"], known.tables["place_code"])
    what = "place with a value" if with_value else "place with a score"
    return named(typed, [pair for pair in pairs if pair[1] in there], what)


def place_names(place: pd.DataFrame, place_code: pd.DataFrame) -> list[Pair]:
    """Every name, bare code and identifier of the places, with the identifier."""
    rows = records(place, "place_id", "name", "name_ar")
    pairs = [(text, one) for one, *names in rows for text in (*names, one) if text]
    for scheme, code, one in records(place_code, "scheme", "code", "place_id"):
        if scheme == "name" or scheme in BARE_SCHEMES:
            pairs.append((code, one))
    return pairs


def indicator_of(known: KnownTables, typed: str) -> str:
    """The indicator of an identifier or name; UsageError with the nearest ones."""
    return named(typed, indicator_names(known.tables["indicator"]), "indicator")


def indicator_names(indicator: pd.DataFrame) -> list[Pair]:
    """Every name and identifier of the indicators, with the identifier."""
    rows = records(indicator, "indicator_id", "name", "name_ar")
    return [(text, one) for one, *names in rows for text in (one, *names) if text]


def node_of(known: KnownTables, typed: str | None) -> str:
    """The node of a code or label; the whole index where nothing is typed."""
    method = known.method
    if known.index is not None:
        nodes = known.index.hierarchy.nodes.values()
        if typed is None:
            return known.index.tree.code
        pairs = [*((n.code, n.code) for n in nodes), *((n.label, n.code) for n in nodes)]
        return named(typed, pairs, "node of the index")
    if typed is None:
        return method.root
    pairs = [(method.root, method.root), *((code, code) for code in method.dimensions)]
    return named(typed, [*pairs, *((d.label, code) for code, d in method.dimensions.items())], "node of the index")


def quarter_of(known: KnownTables, typed: str) -> str:
    """The published quarter as typed in any of the ways that reports write it; UsageError with those that there are."""
    periods = known.values("score", "period")
    if not periods:
        raise UsageError("There is no score yet; run `idtracker run` first.")
    if typed in periods:
        return typed
    from idtracker.ingest.shape.calendar.periods import parse_period

    code = parse_period(typed)
    if code in periods:
        return str(code)
    inside = [p for p in periods if code and p[:4] == code[:4]]
    offered = inside or [periods[0] if code and code < periods[0] else periods[-1]]
    what = f"`{typed}` is not a quarter" if code is None else f"{code} has no score"
    near = ", ".join(offered)
    raise UsageError(f"{what}; write one of {periods[0]} to {periods[-1]}. Nearest: {near}.")


def named(typed: str, pairs: Iterable[Pair], what: str) -> str:
    """The identifier that one of the names stands for; UsageError with the nearest ones."""
    pairs = list(pairs)
    identifiers = {identifier for name, identifier in pairs if fold(name) == fold(typed)}
    if len(identifiers) == 1:
        return identifiers.pop()
    from idtracker.ingest.resolve.suggest import Suggester

    near = Suggester(pairs).best([typed])[0]
    suggestions = [f"{c.name} ({c.identifier})" if c.name != c.identifier else c.name for c in near]
    known = list(dict.fromkeys(identifier for _, identifier in pairs))
    hint = f"Did you mean {' or '.join(suggestions)}?" if suggestions else f"There are: {', '.join(known)}."
    raise UsageError(f"There is no {what} `{typed}`. {hint}")
