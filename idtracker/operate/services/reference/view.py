"""The reference data to read: its tables, and the history of one codelist, organisation or place."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import pandas as pd

from idtracker.ingest.resolve.organisations import find_organisations, index_organisations
from idtracker.ingest.resolve.places import find_places, index_places
from idtracker.model.errors import UsageError
from idtracker.model.json_values import plain
from idtracker.model.register.checks.shared import BEGINNING, END
from idtracker.model.register.codelist_versions import editions_of
from idtracker.model.register.register import Register
from idtracker.model.register.table_specs import SPECS
from idtracker.operate.documents.reference import History, ReferenceList
from idtracker.operate.services.reference.check import reference_tables

Entry = dict[str, Any]


def listed_tables(register: Register) -> ReferenceList:
    """The document of `reference list`: every table with its rows."""
    return ReferenceList(tables=reference_tables(register))


def listed_rows(register: Register, table: str) -> ReferenceList:
    """The document of `reference list TABLE`: its columns and rows; UsageError with the nearest name where there is none."""
    names = {spec.table or spec.name: spec for spec in SPECS}
    if table not in names:
        near = get_close_matches(table, names, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(names)}."
        raise UsageError(f"There is no reference table `{table}`. {hint}")
    spec = names[table]
    frame: pd.DataFrame = getattr(register, spec.name)
    rows = [{str(c): plain(v) for c, v in row.items()} for row in frame.to_dict("records")]
    return ReferenceList(table=table, columns=list(spec.columns), rows=rows)


def shown(register: Register, name: str) -> History:
    """The document of `reference show NAME`: the codelist, organisation or place of that name or identifier.

    UsageError where nothing or several things have the name.
    """
    schemes = {scheme.casefold(): scheme for scheme in editions_of(register)}
    entries: list[Entry] = []
    if name.casefold() in schemes:
        entries.append(_codelist(register, schemes[name.casefold()]))
    entries += [_organisation(register, org) for org in _organisations_called(register, name)]
    entries += [_place(register, place) for place in _places_called(register, name)]
    if not entries:
        known = [*schemes.values(), *register.organisations["org_id"], *register.places["place_id"]]
        near = get_close_matches(name, [*known, *index_organisations(register).known.shown.values()], n=1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        raise UsageError(f"No codelist, organisation or place is called `{name}`.{hint}")
    if len(entries) > 1:
        names = ", ".join(f"{d['kind']} {d['id']}" for d in entries)
        raise UsageError(f"`{name}` is {names}; name one of them by its identifier.")
    return History(**entries[0])


def _organisations_called(register: Register, name: str) -> list[str]:
    index = index_organisations(register)
    schemes = [None, *sorted(set(register.organisation_aliases["scheme"]) - {"name"})]
    return list(dict.fromkeys(org for scheme in schemes for org in find_organisations(name, scheme, index)))


def _places_called(register: Register, name: str) -> list[str]:
    index = index_places(register)
    schemes = [None, *sorted(set(register.place_codes["scheme"]) - {"name"})]
    return list(dict.fromkeys(place for scheme in schemes for place in find_places(name, scheme, index)))


def _codelist(register: Register, scheme: str) -> Entry:
    versions = []
    for edition in editions_of(register)[scheme]:
        rows = register.codelists.iloc[list(edition.rows)]
        end = min(edition.end, rows["valid_to"].fillna(END).max())
        versions.append(
            {
                "version": edition.name,
                "valid_from": None if edition.begin == BEGINNING else str(edition.begin.date()),
                "valid_to": None if end == END else str(end.date()),
                "codes": [{c: plain(row[c]) for c in rows.columns if c != "scheme"} for row in rows.to_dict("records")],
            }
        )
    aliases = register.code_aliases[register.code_aliases["scheme"] == scheme]
    also = [{"value": v, "code": c} for v, c in zip(aliases["value"], aliases["code"], strict=True)]
    return {"kind": "codelist", "id": scheme, "versions": versions, "also_read": also}


def _organisation(register: Register, org: str) -> Entry:
    frame = register.organisations
    rows = frame[frame["org_id"] == org].sort_values("valid_from", na_position="first")
    aliases = register.organisation_aliases[register.organisation_aliases["org_id"] == org]
    names = dict(zip(frame["org_id"], frame["name"], strict=True))
    followed = frame[frame["successor_org_id"] == org].sort_values("org_id")
    return {
        "kind": "organisation",
        "id": org,
        "name": str(rows["name"].iloc[-1]),
        "stretches": [{c: plain(v) for c, v in row.items() if c != "org_id"} for row in rows.to_dict("records")],
        "parents": _chain(org, frame, "org_id", "parent_org_id", names),
        "successors": _chain(org, frame, "org_id", "successor_org_id", names),
        "predecessors": [
            {"id": i, "name": n, "until": plain(day)}
            for i, n, day in zip(followed["org_id"], followed["name"], followed["valid_to"], strict=True)
        ],
        "identifiers": [
            {"scheme": s, "value": v}
            for s, v in sorted(zip(aliases["scheme"], aliases["value"], strict=True))
            if s != "name"
        ],
        "also_called": sorted(aliases.loc[aliases["scheme"] == "name", "value"]),
    }


def _place(register: Register, place: str) -> Entry:
    frame = register.places
    row = frame[frame["place_id"] == place].iloc[0]
    codes = register.place_codes[register.place_codes["place_id"] == place]
    names = dict(zip(frame["place_id"], frame["name"], strict=True))
    below = frame[frame["parent_id"] == place].sort_values("place_id")
    return {
        "kind": "place",
        "id": place,
        **{c: plain(row[c]) for c in frame.columns if c not in ("place_id", "parent_id")},
        "lies_in": _chain(place, frame, "place_id", "parent_id", names),
        "holds": [{"id": i, "name": n} for i, n in zip(below["place_id"], below["name"], strict=True)],
        "codes": [
            {"scheme": s, "code": c} for s, c in sorted(zip(codes["scheme"], codes["code"], strict=True)) if s != "name"
        ],
        "also_called": sorted(codes.loc[codes["scheme"] == "name", "code"]),
    }


def _chain(start: str, frame: pd.DataFrame, own: str, above: str, names: dict[str, str]) -> list[Entry]:
    """What stands above, from near to far, as of the last row of each; a circle ends where it closes."""
    steps = dict(zip(frame[own], frame[above], strict=True))
    entries: list[Entry] = []
    at = start
    while isinstance(nxt := steps.get(at), str) and nxt not in {start, *(d["id"] for d in entries)}:
        entries.append({"id": nxt, "name": names.get(nxt)})
        at = nxt
    return entries
