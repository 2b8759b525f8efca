"""Analysis products and which organisations contributed to them."""

from __future__ import annotations

import pandas as pd

from idtracker.analyse.metrics.inputs import ROW, Inputs, with_tally
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter

_PRODUCT = ["product_id", "product_type", "completed_on"]
_CONTRIBUTION = ["product_id", "org_id", "role"]
JOINT = 2  # departments that make a product or activity joint


def products(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """One row per product completed in the quarter: `unit`, `completed_on`, `dept`, `ext`, `other_dept`."""
    completed, contributions = _completed(inputs, quarter), _contributions(inputs, quarter)

    def make() -> pd.DataFrame:
        done = completed.groupby("unit", as_index=False).agg(completed_on=("completed_on", "min"))
        return with_tally(done, contributions)

    return inputs.remember_while(("products", quarter, inputs.mode), [completed, contributions], make)


def product_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The product and contribution rows behind the products of the quarter."""
    return [
        Evidence("analysis_product", _completed(inputs, quarter), ["product_id", "product_type"]),
        Evidence("product_contribution", _contributions(inputs, quarter), ["product_id", "org_id", "role"]),
    ]


def _completed(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    table = inputs.table("analysis_product")

    def make() -> pd.DataFrame:
        rows = table.loc[table["completed_on"].between(quarter.start, quarter.end), [*_PRODUCT, *ROW]]
        return inputs.settled(("all_completed", quarter), rows.assign(unit=rows["product_id"]))

    return inputs.remember_while(("completed", quarter), [table], make)


def _contributions(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    table, completed = inputs.table("product_contribution"), _completed(inputs, quarter)

    def make() -> pd.DataFrame:
        rows = table.loc[table["product_id"].isin(completed["unit"]), [*_CONTRIBUTION, *ROW]]
        return inputs.settled(("all_contributions", quarter), rows.assign(unit=rows["product_id"]))

    stated = inputs.remember_while(("contributions", quarter), [table, completed], make)
    return inputs.remember_while(
        ("contributors", quarter, inputs.mode),
        [stated, inputs.reading(quarter)],
        lambda: inputs.with_members(stated, "org_id", quarter),
    )
