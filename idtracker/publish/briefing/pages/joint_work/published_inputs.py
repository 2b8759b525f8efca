"""What metrics read, taken from the tables of one publication: pictures are drawn by the same functions that measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.tables import FACTS
from idtracker.publish.briefing.parts import Edition
from idtracker.publish.briefing.source import PublishedRows

if TYPE_CHECKING:
    from idtracker.analyse.metrics.inputs import Inputs

_READ = (
    *("activity", "activity_cell", "participation", "organisation", "place"),
    *("obligation", "governance_role", "collaboration_tie", "share_event"),
    *("analysis_product", "product_contribution", "round", "round_organisation"),
    *("effect_claim", "capability"),
)


def published_inputs(source: PublishedRows, edition: Edition) -> Inputs:
    """The tables as the publication has them; one that it does not have is empty."""
    from idtracker.analyse.metrics.inputs import Inputs

    tables = {name: source.rows(_all_of(name)) for name in _READ if name in source.tables}
    return Inputs(tables, {}, pd.Timestamp(edition.as_known_at))


def latest_measured(source: PublishedRows) -> str | None:
    """The latest quarter of the published metrics; None where there are none."""
    if not source.has_rows("metric_value"):
        return None
    return str(source.rows("SELECT max(period) AS period FROM metric_value")["period"].iloc[0])


def _all_of(table: str) -> str:
    now = " WHERE recorded_to IS NULL" if table in FACTS else ""
    return f'SELECT * FROM "{table}"{now} ORDER BY ALL'
