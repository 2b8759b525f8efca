"""Analysis products and which organisations contributed to them."""

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
JOINT = 2  # departments that make a product or activity joint


class Product(NamedTuple):
    """A product completed in a quarter (its first day, since 1970), with how many departments and outsiders contributed."""

    unit: str
    completed_on: int
    departments: int
    outsiders: int


def products(inputs: Inputs, quarter: Quarter) -> list[Product]:
    """The products completed in the quarter, in order."""
    tables = [inputs.table("analysis_product"), inputs.table("product_contribution")]

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
    ]


def _completed(inputs: Inputs, quarter: Quarter) -> dict[str, int]:
    """The products completed in the quarter, each with the first day on which it was."""
    rows, done = inputs.values("analysis_product", "product_id", "completed_on"), dict[str, int]()
    for place in inputs.places_in("analysis_product", "completed_on", quarter).tolist():
        unit, day = rows[place]
        done[unit] = min(day, done.get(unit, day))
    return done


def _contributors(inputs: Inputs) -> dict[str, list[tuple[str | None, int]]]:
    """The contributions to each product: the organisation, and the place of the row."""
    table = inputs.table("product_contribution")

    def make() -> dict[str, list[tuple[str | None, int]]]:
        contributors: dict[str, list[tuple[str | None, int]]] = {}
        for place, (unit, org) in enumerate(inputs.values("product_contribution", "product_id", "org_id")):
            contributors.setdefault(unit, []).append((org, place))
        return contributors

    return inputs.remember_while(("contributors",), [table], make)


def _product_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("analysis_product").take(inputs.places_in("analysis_product", "completed_on", quarter))
    return rows[[*_PRODUCT, *ROW]].assign(unit=rows["product_id"])


def _contribution_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    done, contributors = _completed(inputs, quarter), _contributors(inputs)
    places = sorted(place for unit in done for _, place in contributors.get(unit, ()))
    rows = inputs.table("product_contribution").take(places)
    return inputs.with_members(rows[[*_CONTRIBUTION, *ROW]].assign(unit=rows["product_id"]), "org_id", quarter)
