"""Whether the product that the record of a round names stands in the programme's own log of analysis products."""

from __future__ import annotations

import duckdb

from idtracker.ingest.decisions.rounds import TrackerRound
from idtracker.store.tables import known_now


def unlogged_product(connection: duckdb.DuckDBPyConnection, known: TrackerRound) -> str | None:
    """The product that a record names and the log, as known now, has not; None where it has, or none is named."""
    product: str | None = (known.record or {}).get("product_id")
    if product is None or product in set(known_now(connection, "analysis_product")["product_id"]):
        return None
    return product
