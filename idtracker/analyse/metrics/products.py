"""Analysis products and which organisations contributed to them.

A published round is a product that was completed when it was held, by those who attended or whose observations it rests
on. Where its record names a product of the programme's own log it is that product, completed on the first of both days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.organisations import unknown
from idtracker.analyse.metrics.quarter import Quarter, day_number

_PRODUCT = ["product_id", "product_type"]
_CONTRIBUTION = ["product_id", "org_id", "role"]
_ROUND = ["round_id", "product_id", "held_on"]
_TOOK_PART = ["round_id", "org_id", "has_attended", "has_contributed"]
PRODUCT_INPUTS: Mapping[str, Sequence[str]] = {
    "analysis_product": ["product_id", "completed_on"],
    "product_contribution": ["product_id", "org_id"],
    "round": ["round_id", "state", "product_id", "held_on"],
    "round_organisation": ["round_id", "org_id"],
    "organisation": ["org_id", "group_code", "is_hmg", "successor_org_id", "valid_from", "valid_to"],
}
"""What a metric of products reads."""
JOINT = 2  # departments that make a product or activity joint


class Product(NamedTuple):
    """A product completed in a quarter (its first day, since 1970), with how many departments and outsiders contributed."""

    unit: str
    completed_on: int
    departments: int
    outsiders: int


def products(inputs: Inputs, quarter: Quarter) -> list[Product]:
    """The products completed in the quarter, in order."""
    tables = [
        inputs.table(name) for name in ("analysis_product", "product_contribution", "round", "round_organisation")
    ]

    def make() -> list[Product]:
        done = _completed(inputs, quarter)
        pairs = [(unit, c.org) for unit, c in _contributions(inputs, quarter, done)]
        units, orgs = [unit for unit, _ in pairs], [org for _, org in pairs]
        known, departments, outsiders = inputs.traits(quarter), dict.fromkeys(done, 0), dict.fromkeys(done, 0)
        for unit, org in set(zip(units, inputs.members(units, orgs, quarter), strict=True)):
            if org is not None:
                traits = known.get(org) or unknown(org)
                departments[unit] += traits.is_department
                outsiders[unit] += traits.is_external
        return [Product(unit, day, departments[unit], outsiders[unit]) for unit, day in sorted(done.items())]

    return inputs.remember_while(("products", quarter, inputs.mode), [*tables, inputs.reading(quarter)], make)


def contributors_by_product(inputs: Inputs, quarter: Quarter) -> dict[str, set[str]]:
    """The organisations that contributed to each product completed in the quarter, as they were in it."""
    pairs = [(unit, c.org) for unit, c in _contributions(inputs, quarter, _completed(inputs, quarter))]
    present = inputs.members([unit for unit, _ in pairs], [org for _, org in pairs], quarter)
    groups: dict[str, set[str]] = {}
    for (unit, _), org in zip(pairs, present, strict=True):
        if org is not None:
            groups.setdefault(unit, set()).add(org)
    return groups


def product_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The product and contribution rows behind the products of the quarter."""
    return [
        Evidence("analysis_product", partial(_product_rows, inputs, quarter), _PRODUCT),
        Evidence("product_contribution", partial(_contribution_rows, inputs, quarter), _CONTRIBUTION),
        Evidence("round", partial(_round_rows, inputs, quarter), _ROUND),
        Evidence("round_organisation", partial(_took_part_rows, inputs, quarter), _TOOK_PART),
    ]


def _completed(inputs: Inputs, quarter: Quarter) -> dict[str, int]:
    """The products completed in the quarter, each with the first day on which it was.

    One that both the log and a round name is completed where it was first, and no quarter looks beyond its end.
    """
    rows, done = inputs.values("analysis_product", "product_id", "completed_on"), dict[str, int]()
    begins, rounds = day_number(quarter.start), _rounds(inputs)
    held_before = {known.unit for known in rounds.values() if known.held_on < begins}
    logged_before = {unit for unit, day in rows if day is not None and day < begins}
    for place in inputs.places_in("analysis_product", "completed_on", quarter).tolist():
        unit, day = rows[place]
        if unit not in held_before:
            done[unit] = min(day, done.get(unit, day))
    for place in inputs.places_in("round", "held_on", quarter).tolist():
        known = rounds.get(place)
        if known is not None and known.unit not in logged_before:
            done[known.unit] = min(known.held_on, done.get(known.unit, known.held_on))
    return done


class _Round(NamedTuple):
    """A published round: its name, the product that it is, the day it was held (since 1970)."""

    round_id: str
    unit: str
    held_on: int


def _rounds(inputs: Inputs) -> dict[int, _Round]:
    """The published rounds by the place of the row."""
    rows = inputs.values("round", "round_id", "product_id", "held_on", "state")
    return {
        place: _Round(round_id, product or f"round:{round_id}", held_on)
        for place, (round_id, product, held_on, state) in enumerate(rows)
        if state == "PUBLISHED"
    }


class _Contribution(NamedTuple):
    """A contribution to a product: the organisation, the day from which it counts (None: ever), where the row is.

    The place is that among the contributions of the log, then those of rounds.
    """

    org: str | None
    since: int | None
    place: int


def _contributors(inputs: Inputs) -> dict[str, list[_Contribution]]:
    """The contributions to each product; those of a round count from the day it was held."""
    tables = [inputs.table(name) for name in ("product_contribution", "round", "round_organisation")]

    def make() -> dict[str, list[_Contribution]]:
        contributors: dict[str, list[_Contribution]] = {}
        for place, (unit, org) in enumerate(inputs.values("product_contribution", "product_id", "org_id")):
            contributors.setdefault(unit, []).append(_Contribution(org, None, place))
        first, by_name = len(tables[0]), {known.round_id: known for known in _rounds(inputs).values()}
        for place, (round_id, org) in enumerate(inputs.values("round_organisation", "round_id", "org_id")):
            known = by_name.get(round_id)
            if known is not None:
                contribution = _Contribution(org, known.held_on, first + place)
                contributors.setdefault(known.unit, []).append(contribution)
        return contributors

    return inputs.remember_while(("contributors",), tables, make)


def _contributions(inputs: Inputs, quarter: Quarter, done: Iterable[str]) -> list[tuple[str, _Contribution]]:
    """The contributions to some products that the quarter knows of, each with its product."""
    contributors, ends = _contributors(inputs), day_number(quarter.end)
    pairs = ((unit, contribution) for unit in done for contribution in contributors.get(unit, ()))
    return [(unit, c) for unit, c in pairs if c.since is None or c.since <= ends]


def _product_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("analysis_product").take(inputs.places_in("analysis_product", "completed_on", quarter))
    return rows[[*_PRODUCT, *ROW]].assign(unit=rows["product_id"])


def _contribution_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("product_contribution")
    rows = rows.take([place for place in _places(inputs, quarter) if place < len(rows)])
    return inputs.with_members(rows[[*_CONTRIBUTION, *ROW]].assign(unit=rows["product_id"]), "org_id", quarter)


def _places(inputs: Inputs, quarter: Quarter) -> list[int]:
    """The places of the contributions to the products of the quarter, as in _Contribution."""
    return sorted(c.place for _, c in _contributions(inputs, quarter, _completed(inputs, quarter)))


def _round_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    done, ends = _completed(inputs, quarter), day_number(quarter.end)
    known = {place: r.unit for place, r in _rounds(inputs).items() if r.unit in done and r.held_on <= ends}
    return inputs.table("round").take([*known])[_ROUND].assign(unit=[*known.values()])


def _took_part_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    first, rows = len(inputs.table("product_contribution")), inputs.table("round_organisation")
    rows = rows.take([place - first for place in _places(inputs, quarter) if place >= first])
    units = {known.round_id: known.unit for known in _rounds(inputs).values()}
    named = rows[_TOOK_PART].assign(unit=[units[round_id] for round_id in rows["round_id"].tolist()])
    return inputs.with_members(named, "org_id", quarter)
