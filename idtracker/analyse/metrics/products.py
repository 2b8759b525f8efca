"""Analysis products and which organisations contributed to them.

A published round is a product that was completed when it was held, by those who attended or whose observations it rests
on. Where its record names a product of the programme's own log it is that product, completed on the day of the log.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.organisations import unknown
from idtracker.analyse.metrics.quarter import Quarter

_PRODUCT = ["product_id", "product_type"]
_CONTRIBUTION = ["product_id", "org_id", "role"]
_ROUND = ["round_id", "product_id", "held_on"]
_TOOK_PART = ["round_id", "org_id", "has_attended", "has_contributed"]
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
        done, contributors = _completed(inputs, quarter), _contributors(inputs)
        pairs = [(unit, org) for unit in done for org, _ in contributors.get(unit, ())]
        units, orgs = [unit for unit, _ in pairs], [org for _, org in pairs]
        known, departments, outsiders = inputs.traits(quarter), dict.fromkeys(done, 0), dict.fromkeys(done, 0)
        for unit, org in set(zip(units, inputs.members(units, orgs, quarter), strict=True)):
            if org is not None:
                traits = known.get(org) or unknown(org)
                departments[unit] += traits.is_department
                outsiders[unit] += traits.is_external
        return [Product(unit, day, departments[unit], outsiders[unit]) for unit, day in sorted(done.items())]

    return inputs.remember_while(("products", quarter, inputs.mode), [*tables, inputs.reading(quarter)], make)


def product_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The product and contribution rows behind the products of the quarter."""
    return [
        Evidence("analysis_product", partial(_product_rows, inputs, quarter), _PRODUCT),
        Evidence("product_contribution", partial(_contribution_rows, inputs, quarter), _CONTRIBUTION),
        Evidence("round", partial(_round_rows, inputs, quarter), _ROUND),
        Evidence("round_organisation", partial(_took_part_rows, inputs, quarter), _TOOK_PART),
    ]


def _completed(inputs: Inputs, quarter: Quarter) -> dict[str, int]:
    """The products completed in the quarter, each with the first day on which it was."""
    rows, done = inputs.values("analysis_product", "product_id", "completed_on"), dict[str, int]()
    for place in inputs.places_in("analysis_product", "completed_on", quarter).tolist():
        unit, day = rows[place]
        done[unit] = min(day, done.get(unit, day))
    logged = {unit for (unit,) in inputs.values("analysis_product", "product_id")}
    held = inputs.values("round", "held_on")
    for place in inputs.places_in("round", "held_on", quarter).tolist():
        unit = _rounds(inputs).get(place)
        if unit is not None and unit not in logged:
            done[unit] = min(held[place][0], done.get(unit, held[place][0]))
    return done


def _rounds(inputs: Inputs) -> dict[int, str]:
    """The published rounds: the place of the row, and the product that it is."""
    rows = inputs.values("round", "round_id", "product_id", "state")
    return {place: product or unit for place, (unit, product, state) in enumerate(rows) if state == "PUBLISHED"}


def _products_of_rounds(inputs: Inputs) -> dict[str, str]:
    """Published round -> the product that it is."""
    rows = inputs.values("round", "round_id")
    return {rows[place][0]: unit for place, unit in _rounds(inputs).items()}


def _contributors(inputs: Inputs) -> dict[str, list[tuple[str | None, int]]]:
    """The contributions to each product: the organisation, and the place of the row among contributions, then rounds' rows."""
    tables = [inputs.table(name) for name in ("product_contribution", "round", "round_organisation")]

    def make() -> dict[str, list[tuple[str | None, int]]]:
        contributors: dict[str, list[tuple[str | None, int]]] = {}
        for place, (unit, org) in enumerate(inputs.values("product_contribution", "product_id", "org_id")):
            contributors.setdefault(unit, []).append((org, place))
        first, of_rounds = len(tables[0]), _products_of_rounds(inputs)
        for place, (round_id, org) in enumerate(inputs.values("round_organisation", "round_id", "org_id")):
            if round_id in of_rounds:
                contributors.setdefault(of_rounds[round_id], []).append((org, first + place))
        return contributors

    return inputs.remember_while(("contributors",), tables, make)


def _product_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("analysis_product").take(inputs.places_in("analysis_product", "completed_on", quarter))
    return rows[[*_PRODUCT, *ROW]].assign(unit=rows["product_id"])


def _contribution_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("product_contribution")
    rows = rows.take([place for place in _places(inputs, quarter) if place < len(rows)])
    return inputs.with_members(rows[[*_CONTRIBUTION, *ROW]].assign(unit=rows["product_id"]), "org_id", quarter)


def _places(inputs: Inputs, quarter: Quarter) -> list[int]:
    """The places of the contributions to the products of the quarter, as in _contributors()."""
    done, contributors = _completed(inputs, quarter), _contributors(inputs)
    return sorted(place for unit in done for _, place in contributors.get(unit, ()))


def _round_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    done, units = _completed(inputs, quarter), _rounds(inputs)
    places = [place for place, unit in units.items() if unit in done]
    return inputs.table("round").take(places)[_ROUND].assign(unit=[units[place] for place in places])


def _took_part_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    first, rows = len(inputs.table("product_contribution")), inputs.table("round_organisation")
    rows = rows.take([place - first for place in _places(inputs, quarter) if place >= first])
    units = _products_of_rounds(inputs)
    named = rows[_TOOK_PART].assign(unit=[units[round_id] for round_id in rows["round_id"].tolist()])
    return inputs.with_members(named, "org_id", quarter)
