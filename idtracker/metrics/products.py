"""Analysis products and which organisations contributed to them."""

from __future__ import annotations

import pandas as pd

from idtracker.metrics.counted import Evidence
from idtracker.metrics.inputs import Inputs, with_tally
from idtracker.metrics.quarter import Quarter

JOINT = 2  # departments that make a product or activity joint


def products(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """One row per product completed in the quarter: `unit`, `completed_on`, `dept`, `ext`, `other_dept`."""

    def make() -> pd.DataFrame:
        done = (
            _completed(inputs, quarter).groupby("product_id", as_index=False).agg(completed_on=("completed_on", "min"))
        )
        return with_tally(done.rename(columns={"product_id": "unit"}), _contributions(inputs, quarter), "product_id")

    return inputs.remember(("products", quarter), make)


def product_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The product and contribution rows behind the products of the quarter."""
    done = _completed(inputs, quarter).assign(unit=lambda d: d["product_id"])
    given = _contributions(inputs, quarter).assign(unit=lambda d: d["product_id"])
    return [
        Evidence("analysis_product", done, ["product_id", "product_type"]),
        Evidence("product_contribution", given, ["product_id", "org_id", "role"]),
    ]


def _completed(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("analysis_product")
    return rows[rows["completed_on"].between(quarter.start, quarter.end)]


def _contributions(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("product_contribution")
    rows = rows[rows["product_id"].isin(_completed(inputs, quarter)["product_id"])]
    return inputs.with_organisation(rows, "org_id", quarter)
