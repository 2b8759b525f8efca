"""Analysis products and which organisations contributed to them."""

from __future__ import annotations

import pandas as pd

from idtracker.metrics.counted import Evidence
from idtracker.metrics.inputs import ROW, Inputs, with_tally
from idtracker.metrics.quarter import Quarter

_PRODUCT = ["product_id", "product_type", "completed_on"]
_CONTRIBUTION = ["product_id", "org_id", "role"]
JOINT = 2  # departments that make a product or activity joint


def products(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """One row per product completed in the quarter: `unit`, `completed_on`, `dept`, `ext`, `other_dept`."""

    def make() -> pd.DataFrame:
        done = _completed(inputs, quarter).groupby("unit", as_index=False).agg(completed_on=("completed_on", "min"))
        return with_tally(done, _contributions(inputs, quarter))

    return inputs.remember(("products", _unless_none(inputs, quarter)), make)


def product_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The product and contribution rows behind the products of the quarter."""
    return [
        Evidence("analysis_product", _completed(inputs, quarter), ["product_id", "product_type"]),
        Evidence("product_contribution", _contributions(inputs, quarter), ["product_id", "org_id", "role"]),
    ]


def _completed(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    def make() -> pd.DataFrame:
        rows = inputs.table("analysis_product")
        rows = rows.loc[rows["completed_on"].between(quarter.start, quarter.end), [*_PRODUCT, *ROW]]
        return rows.assign(unit=rows["product_id"])

    return inputs.remember_for_both(("completed", quarter), make)


def _unless_none(inputs: Inputs, quarter: Quarter) -> Quarter | None:
    """The quarter, or None for all those in which nothing was completed: they need the work once."""
    return quarter if len(_completed(inputs, quarter)) else None


def _contributions(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    def make() -> pd.DataFrame:
        rows = inputs.table("product_contribution")
        rows = rows.loc[rows["product_id"].isin(_completed(inputs, quarter)["unit"]), [*_CONTRIBUTION, *ROW]]
        return inputs.with_members(rows.assign(unit=rows["product_id"]), "org_id", quarter)

    return inputs.remember(("contributions", _unless_none(inputs, quarter)), make)
