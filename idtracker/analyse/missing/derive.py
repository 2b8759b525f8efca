"""The table `missing_report`: what each report that is owed and has not come would tell, worked out where anything changed.

It says what is known now, for the last two quarters that have scores. A report that is no longer owed (derogated, or of a source
that is gone) is not in it.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import pandas as pd

from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.missing.estimate import Known, missing_rows
from idtracker.analyse.missing.usual import source_reports
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.periods import current_period, quarter_number
from idtracker.model.tables import TABLES, conform_types, empty_frame
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.tables import quoted_list, read_table, rewrite_table

STEP, TABLE = "missing_report", "missing_report"
FEEDING = frozenset({"observation", "event", "survey_response"})
"""Facts that cells are made of."""


def derive_missing_reports(
    connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, line: Timeline
) -> None:
    """Write the table again where anything behind it changed."""
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        feeding = [source.id for source in catalogue.sources.values() if FEEDING & set(source.feeds)]
        rows = missing_rows(known_now(connection, catalogue, feeding))
        frame = conform_types(rows, TABLES[TABLE]) if len(rows) else empty_frame(TABLES[TABLE])
        rewrite_table(connection, TABLE, frame)
    keep_change_points(connection, STEP, line.change_points)


def known_now(connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, feeding: Collection[str]) -> Known:
    """Everything that the table is made of."""
    owed = _owed(connection, feeding)
    place = scored_places(read_table(connection, "place"), catalogue.programme)
    scores = connection.execute(_SCORES).df()
    reports = connection.execute(_REPORTS).df() if len(owed) else pd.DataFrame(columns=_REPORT)
    cells = connection.execute(_CELLS).df() if len(owed) else pd.DataFrame(columns=_CELL)
    numbered = {
        name: cells[of].map(quarter_number) for name, of in (("quarter", "period"), ("origin", "origin_period"))
    }
    submissions = connection.execute("SELECT submission_id, source_id FROM submission ORDER BY ALL").df()
    return Known(
        owed,
        source_reports(reports.assign(quarter=reports["period"].map(quarter_number)), submissions),
        cells.assign(**numbered),
        scores,
        read_table(connection, "indicator"),
        place,
        catalogue.methods,
    )


def _owed(connection: duckdb.DuckDBPyConnection, feeding: Collection[str]) -> pd.DataFrame:
    """The reports that are owed and have not come; those of a source about the same quarters share a number, and what they would tell."""
    owed = connection.execute(
        "SELECT source_id, org_id, period AS report_period, state, period_start, period_end, classification, releasable_to "
        f"FROM obligation WHERE state IN ('due', 'overdue') AND NOT is_derogated AND source_id IN ({quoted_list(feeding)}) "
        "ORDER BY source_id, org_id, period_start, period"
    ).df()
    ends = {
        name: [quarter_number(current_period(day.date(), "quarter")) for day in owed[of]]
        for name, of in (("first", "period_start"), ("last", "period_end"))
    }
    owed = owed.assign(**ends)
    numbered: pd.DataFrame = owed.assign(
        number=owed.groupby(["source_id", "org_id", "first", "last"], sort=False).ngroup()
    )
    return numbered


_SCORES = """
    SELECT place_id, period, node_code, score, low, high, completeness, method_version, classification, releasable_to
    FROM score WHERE period IN (SELECT DISTINCT period FROM score ORDER BY period DESC LIMIT 2) ORDER BY ALL
"""
_REPORT = ["indicator_id", "place_id", "period", "weight", "submission_ids"]
_REPORTS = f"SELECT {', '.join(_REPORT)} FROM cell_report WHERE use = 'USED' ORDER BY ALL"
_CELL = [
    *("indicator_id", "place_id", "period", "value", "score", "standard_error", "score_error", "error_basis", "method"),
    *("is_carried", "origin_period", "classification", "releasable_to", "waivers", "recorded_from", "crosswalk_ids"),
]
_CELLS = f"SELECT {', '.join(_CELL)} FROM merged_cell ORDER BY ALL"
