"""What must hold between the rows of a register: everything referred to exists, and every table agrees with itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.register.checks.breaks import check_breaks
from idtracker.model.register.checks.codelists import check_codelists
from idtracker.model.register.checks.measures import check_measures
from idtracker.model.register.checks.organisations import check_organisations
from idtracker.model.register.checks.place_shares import check_place_shares
from idtracker.model.register.checks.places import check_places
from idtracker.model.register.checks.shared import Entry, cells, is_known, shared
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.text import fold

if TYPE_CHECKING:
    from idtracker.model.register.register import Register


def check_register(register: Register) -> list[RegisterProblem]:
    """Every problem between the rows that could be read, with file, line and what was expected; none where it is sound."""
    return [
        *_references(register),
        *check_organisations(register),
        *check_places(register),
        *check_codelists(register),
        *_indicators(register),
        *check_measures(register),
        *check_breaks(register),
        *check_place_shares(register),
    ]


def _references(register: Register) -> Iterator[RegisterProblem]:
    organisations = set(register.organisations["org_id"])
    places = set(register.places["place_id"])
    wanted: list[tuple[str, str, set[str], str, str]] = [
        ("organisations", "parent_org_id", organisations, "organisations", "organisation"),
        ("organisations", "successor_org_id", organisations, "organisations", "organisation"),
        ("organisation_aliases", "org_id", organisations, "organisations", "organisation"),
        ("places", "parent_id", places, "places", "place"),
        ("place_codes", "place_id", places, "places", "place"),
        ("indicators", "priority_org_id", organisations, "organisations", "organisation"),
        ("indicators", "owner_org_id", organisations, "organisations", "organisation"),
        *(
            (table, column, set(register.codes(scheme)), "codelists", f"code of {scheme}")
            for table, column, scheme in (
                ("organisations", "org_type", "organisation_type"),
                ("organisations", "group_code", "organisation_group"),
                ("indicators", "dimension_code", "dimension"),
            )
        ),
    ]
    for table, column, known, where, what in wanted:
        for origin, value in cells(register, table, column):
            if value and not is_known(register, where, known, value):
                yield RegisterProblem(origin, "reference", f"`{column}` is `{value}`; expected a known {what}")


def _indicators(register: Register) -> Iterator[RegisterProblem]:
    frame = register.indicators
    entries: list[Entry] = []
    for origin, indicator, *names in cells(register, "indicators", "indicator_id", "name", "name_ar"):
        entries += [((fold(n),), indicator, origin) for n in dict.fromkeys(names) if n]
    for (text,), owners in shared(entries):
        *others, origin = owners.values()
        message = f"`{text}` names {' and '.join(owners)}; expected one indicator"
        yield RegisterProblem(origin, "clash", message, others=tuple(others))
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
                yield RegisterProblem(origin, "bounds", text)
