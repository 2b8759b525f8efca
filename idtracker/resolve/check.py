"""What must hold between the rows of a register: parents exist, validity is in order, nothing runs in a circle or clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.shape.text import fold

if TYPE_CHECKING:
    from idtracker.resolve.register import Register

_BEGINNING, _END = pd.Timestamp.min, pd.Timestamp.max


def check_register(register: Register) -> list[str]:
    """Every problem, one line each with file, line and what was expected; empty where the register is sound."""
    return [
        *_check_references(register),
        *_check_validity(register, "organisations"),
        *_check_validity(register, "codelists"),
        *_check_stretches(register),
        *_check_successors(register),
        *_check_circles(register),
        *_check_organisation_names(register),
        *_check_place_names(register),
        *_check_places(register),
        *_check_indicators(register),
        *_check_labels(register),
    ]


def _cells(register: Register, table: str, *columns: str) -> Iterator[tuple[str, ...]]:
    """`file:line` and the named cells of each row; a missing cell is an empty text."""
    frame: pd.DataFrame = getattr(register, table)
    lists = [["" if v != v or v is None else str(v) for v in frame[c].tolist()] for c in columns]
    yield from zip(register.origins[table], *lists, strict=True)


def _check_references(register: Register) -> Iterator[str]:
    organisations = set(register.organisations["org_id"])
    places = set(register.places["place_id"])
    wanted: list[tuple[str, str, set[str], str]] = [
        ("organisations", "parent_org_id", organisations, "organisation"),
        ("organisations", "successor_org_id", organisations, "organisation"),
        ("organisation_aliases", "org_id", organisations, "organisation"),
        ("organisations", "org_type", set(register.codes("organisation_type")), "code of organisation_type"),
        ("organisations", "group_code", set(register.codes("organisation_group")), "code of organisation_group"),
        ("places", "parent_id", places, "place"),
        ("place_codes", "place_id", places, "place"),
        ("indicators", "priority_org_id", organisations, "organisation"),
        ("indicators", "owner_org_id", organisations, "organisation"),
        ("indicators", "dimension_code", set(register.codes("dimension")), "code of dimension"),
    ]
    for table, column, known, what in wanted:
        for origin, value in _cells(register, table, column):
            if value and value not in known:
                yield f"{origin}: `{column}` is `{value}`; expected a known {what}"
    codes = set(zip(register.codelists["scheme"], register.codelists["code"], strict=True))
    for origin, scheme, code in _cells(register, "code_aliases", "scheme", "code"):
        if (scheme, code) not in codes:
            yield f"{origin}: `code` is `{code}`; expected a code of the codelist {scheme}"
    for origin, scheme, parent in _cells(register, "codelists", "scheme", "parent_code"):
        if parent and (scheme, parent) not in codes and tuple(parent.split(":", 1)) not in codes:
            yield f"{origin}: `parent_code` is `{parent}`; expected a code of {scheme}, or another list as `list:code`"


def _check_validity(register: Register, table: str) -> Iterator[str]:
    frame: pd.DataFrame = getattr(register, table)
    wrong = (frame["valid_to"] < frame["valid_from"]).to_numpy()
    for origin, is_wrong in zip(register.origins[table], wrong, strict=True):
        if is_wrong:
            yield f"{origin}: `valid_to` lies before `valid_from`; expected the same day or a later one"


def _stretches(register: Register) -> dict[str, list[tuple[pd.Timestamp, pd.Timestamp, str]]]:
    """Organisation -> its stretches in time as (first day, last day, origin), earliest first."""
    frame = register.organisations
    found: dict[str, list[tuple[pd.Timestamp, pd.Timestamp, str]]] = defaultdict(list)
    for org, begin, end, origin in zip(
        frame["org_id"],
        frame["valid_from"].fillna(_BEGINNING),
        frame["valid_to"].fillna(_END),
        register.origins["organisations"],
        strict=True,
    ):
        found[org].append((begin, end, origin))
    return {org: sorted(times) for org, times in found.items()}


def _check_stretches(register: Register) -> Iterator[str]:
    for org, times in _stretches(register).items():
        for (_, end, _), (begin, _, origin) in pairwise(times):
            if begin <= end:
                yield f"{origin}: {org} is valid twice on {begin.date()}; expected stretches that do not overlap"
            elif begin - end > timedelta(days=1):
                yield f"{origin}: {org} has a gap before {begin.date()}; expected the day after {end.date()}"


def _check_successors(register: Register) -> Iterator[str]:
    stretches = _stretches(register)
    ends = register.organisations["valid_to"]
    for (origin, org, successor), end in zip(
        _cells(register, "organisations", "org_id", "successor_org_id"), ends, strict=True
    ):
        if not successor or successor not in stretches:
            continue
        if pd.isna(end):
            yield f"{origin}: {org} has a successor but no `valid_to`; expected its last day"
        elif not any(begin <= end + timedelta(days=1) <= last for begin, last, _ in stretches[successor]):
            yield f"{origin}: nobody follows {org} after {end.date()}; expected {successor} to be valid on the next day"


def _check_circles(register: Register) -> Iterator[str]:
    chains: list[tuple[str, str, str]] = [
        ("organisations", "org_id", "parent_org_id"),
        ("organisations", "org_id", "successor_org_id"),
        ("places", "place_id", "parent_id"),
    ]
    for table, own, above in chains:
        origins = {child: origin for origin, child, parent in _cells(register, table, own, above) if parent}
        parents = {child: parent for _, child, parent in _cells(register, table, own, above) if parent}
        for circle in _circles(parents):
            yield f"{origins[circle[0]]}: `{above}` runs in a circle: {' > '.join([*circle, circle[0]])}"
    frame = register.codelists
    for scheme, rows in frame[frame["parent_code"].notna()].groupby("scheme", sort=True):
        for circle in _circles(dict(zip(rows["code"], rows["parent_code"], strict=True))):
            yield f"codelist {scheme}: `parent_code` runs in a circle: {' > '.join([*circle, circle[0]])}"


def _circles(parents: Mapping[str, str]) -> Iterator[list[str]]:
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


def _check_organisation_names(register: Register) -> Iterator[str]:
    """One name or code may belong to several organisations only one after the other."""
    entries: list[tuple[Hashable, str, str]] = []
    for origin, org, *names in _cells(register, "organisations", "org_id", "name", "name_ar", "short_name"):
        entries += [(("name", fold(n)), org, origin) for n in names if n]
    for origin, scheme, value, org in _cells(register, "organisation_aliases", "scheme", "value", "org_id"):
        entries.append(((scheme, fold(value)), org, origin))
    stretches = _stretches(register)
    for (_, text), owners in _shared(entries):
        orgs = list(owners)
        for i, org in enumerate(orgs):
            for other in orgs[i + 1 :]:
                if _overlap(stretches.get(org, []), stretches.get(other, [])):
                    yield f"{owners[other]}: `{text}` names both {org} and {other}; expected one of them at any time"


def _overlap(
    one: Sequence[tuple[pd.Timestamp, pd.Timestamp, str]], other: Sequence[tuple[pd.Timestamp, pd.Timestamp, str]]
) -> bool:
    return any(a <= d and c <= b for a, b, _ in one for c, d, _ in other)


def _check_place_names(register: Register) -> Iterator[str]:
    entries: list[tuple[Hashable, str, str]] = []
    for origin, place, *names in _cells(register, "places", "place_id", "name", "name_ar"):
        entries += [(("name", fold(n)), place, origin) for n in names if n]
    for origin, scheme, code, place in _cells(register, "place_codes", "scheme", "code", "place_id"):
        entries.append(((scheme, fold(code)), place, origin))
    for (scheme, text), owners in _shared(entries):
        yield f"{list(owners.values())[-1]}: {scheme} `{text}` means {' and '.join(owners)}; expected one place"


def _shared(entries: Iterable[tuple[Hashable, str, str]]) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """Keys with several owners, as owner -> origin."""
    owners: dict[Hashable, dict[str, str]] = defaultdict(dict)
    for key, owner, origin in entries:
        owners[key].setdefault(owner, origin)
    for key, found in owners.items():
        if len(found) > 1 and isinstance(key, tuple):
            yield (str(key[0]), str(key[1])), found


def _check_places(register: Register) -> Iterator[str]:
    for origin, place, level, parent in _cells(register, "places", "place_id", "level", "parent_id"):
        if level == "adm1" and not parent:
            yield f"{origin}: {place} has no `parent_id`; expected the country it lies in"


def _check_indicators(register: Register) -> Iterator[str]:
    frame = register.indicators
    entries: list[tuple[Hashable, str, str]] = []
    for origin, indicator, *names in _cells(register, "indicators", "indicator_id", "name", "name_ar"):
        entries += [(("name", fold(n)), indicator, origin) for n in dict.fromkeys(names) if n]
    for (_, text), owners in _shared(entries):
        yield f"{list(owners.values())[-1]}: `{text}` names {' and '.join(owners)}; expected one indicator"
    tests = {
        "the goalposts are equal; expected two different values": frame["goalpost_low"] == frame["goalpost_high"],
        "`weight` is negative; expected 0 or more": frame["weight"] < 0,
        "`max_age_days` is negative; expected 0 or more": frame["max_age_days"] < 0,
        "a dimension needs both goalposts; expected `goalpost_low` and `goalpost_high`": frame["dimension_code"].notna()
        & (frame["goalpost_low"].isna() | frame["goalpost_high"].isna()),
        "`merge_policy` is priority; expected a `priority_org_id`": (frame["merge_policy"] == "priority")
        & frame["priority_org_id"].isna(),
    }
    for text, wrong in tests.items():
        for origin, is_wrong in zip(register.origins["indicators"], wrong, strict=True):
            if not pd.isna(is_wrong) and bool(is_wrong):
                yield f"{origin}: {text}"


def _check_labels(register: Register) -> Iterator[str]:
    """Within a codelist a label or other spelling means one code."""
    entries: list[tuple[Hashable, str, str]] = []
    for origin, scheme, code, *labels in _cells(register, "codelists", "scheme", "code", "label_en", "label_ar"):
        entries += [((scheme, fold(text)), code, origin) for text in (code, *labels) if text]
    for origin, scheme, value, code in _cells(register, "code_aliases", "scheme", "value", "code"):
        entries.append(((scheme, fold(value)), code, origin))
    for (scheme, text), owners in _shared(entries):
        yield f"{list(owners.values())[-1]}: {scheme} `{text}` means {' and '.join(owners)}; expected one code"
