"""The tracker's latest round out of the store: problem, draws, sensitivity and reliability as rows of the published tables."""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.sensitivity.adapters.tracker import RoundTables
from idtracker.model.composite.definition import Index
from idtracker.model.composite.reach import whole_reach
from idtracker.model.errors import UsageError
from idtracker.model.method import Method
from idtracker.model.periods import previous_period, quarter_code, quarter_number, quarters_between
from idtracker.store.published_methods import published_methods
from idtracker.store.tables import quoted_list, read_table


def latest_round(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The latest quarter that has scores; None where there is none."""
    row = connection.execute("SELECT max(period) FROM score WHERE expected_count > 0").fetchone()
    return str(row[0]) if row and row[0] is not None else None


def read_round(connection: duckdb.DuckDBPyConnection, period: str) -> RoundTables:
    """What the store says about a quarter and the one before; UsageError where the quarter has no scores."""
    both = [period, previous_period(period)]
    listed = quoted_list(both)
    scores = read_table(connection, "score", f"period IN ({listed})")
    if period not in set(scores["period"]):
        latest = latest_round(connection)
        hint = f"The latest is {latest}." if latest else "Run `idtracker run` first."
        raise UsageError(f"There are no scores of {period}. {hint}")
    wide = quoted_list(_looked_at(both, published_methods(connection).headline.definition))
    cells = read_table(
        connection,
        "merged_cell",
        f"period IN ({wide}) OR (indicator_id, place_id, period) IN "
        f"(SELECT (indicator_id, place_id, origin_period) FROM merged_cell WHERE is_carried AND period IN ({listed}))",
    )
    cells = cells.merge(_behind(connection, sorted(cells["period"].unique())), how="left",
                        on=["indicator_id", "place_id", "origin_period"])  # fmt: skip
    return RoundTables(cells, scores, read_table(connection, "indicator"), read_table(connection, "place"))


def _looked_at(periods: list[str], method: Index | Method) -> list[str]:
    """The quarters whose cells a round is made of: also those that the method carries values from, and its stated ones."""
    if not isinstance(method, Index):
        return periods
    reach = whole_reach(method)
    back = [quarter_code(quarter_number(code) - n) for code in periods for n in range(1, reach.back + 1)]
    stated = quarters_between(*reach.reference) if reach.reference else []
    return sorted({*periods, *back, *stated})


def _behind(connection: duckdb.DuckDBPyConnection, periods: list[str]) -> pd.DataFrame:
    """For cells of their own quarter: the first place and quarter that rest on the same reports, and the reports' quality."""
    listed = quoted_list(periods)
    behind: pd.DataFrame = connection.execute(
        f"""WITH said AS (
          SELECT indicator_id, place_id, period, org_id, origin, fact_ids, weight, quality FROM cell_report WHERE weight > 0
        ), asked AS (
          SELECT DISTINCT indicator_id, fact_ids FROM said WHERE period IN ({listed})
        ), near AS (
          SELECT DISTINCT indicator_id, place_id, period FROM said SEMI JOIN asked USING (indicator_id, fact_ids)
        ), behind AS (
          SELECT indicator_id, place_id, period, string_agg(fact_ids, ';' ORDER BY fact_ids) AS facts,
            CASE WHEN count(quality) > 0 THEN sum(weight * coalesce(quality, 0.5) ORDER BY org_id, origin)
              / sum(weight ORDER BY org_id, origin) END AS quality
          FROM said SEMI JOIN near USING (indicator_id, place_id, period) GROUP BY ALL
        ), named AS (
          SELECT *, min(place_id) OVER same || '|' || min(period) OVER same AS report FROM behind
          WINDOW same AS (PARTITION BY indicator_id, facts)
        )
        SELECT indicator_id, place_id, period AS origin_period, report, quality FROM named WHERE period IN ({listed})"""
    ).df()
    return behind.astype({"report": "object"})
