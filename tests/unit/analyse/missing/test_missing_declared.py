"""Missing reports where a series was translated, or a place came or went: no error is told where none is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.analyse.missing.declared import of_present_places, without_translated_errors
from idtracker.analyse.missing.usual import usual_cells

Q = 2025 * 4
PLACE = pd.DataFrame(
    {
        "place_id": ["JO", "OLD", "NEW", "SAME"],
        "parent_id": [None, "JO", "JO", "JO"],
        "valid_from": pd.to_datetime([None, None, "2025-07-01", None]),
        "valid_to": pd.to_datetime([None, "2025-06-30", None, None]),
    }
)


def _again(*cells: tuple[str, int]) -> pd.DataFrame:
    rows = pd.DataFrame(cells, columns=["place_id", "quarter"])
    return rows.assign(indicator_id="A", standard_error=5.0, score_error=5.0)


def test_a_place_that_is_no_more_has_no_missing_cell() -> None:
    again = _again(("OLD", Q + 1), ("OLD", Q + 2), ("NEW", Q + 1), ("NEW", Q + 2), ("SAME", Q + 2))
    there = of_present_places(again, PLACE)
    assert list(zip(there["place_id"], there["quarter"] - Q, strict=True)) == [("OLD", 1), ("NEW", 2), ("SAME", 2)]


def test_no_error_is_known_of_what_is_translated_and_of_a_country_whose_parts_change() -> None:
    again = _again(("SAME", Q + 2), ("SAME", Q + 3), ("JO", Q + 2), ("OLD", Q))
    cells = pd.DataFrame(
        {"indicator_id": "A", "place_id": ["SAME", "SAME"], "quarter": [Q + 2, Q + 3], "crosswalk_ids": ["B1", None]}
    )
    found = without_translated_errors(again, cells, PLACE)
    assert found["standard_error"].isna().tolist() == [True, False, True, False]
    assert found["score_error"].isna().tolist() == [True, False, True, False]


def test_the_error_of_a_report_is_not_told_apart_in_a_translated_cell() -> None:
    reports = pd.DataFrame({"source_id": "s", "indicator_id": ["A", "B"], "place_id": "P", "quarter": Q, "wider": 1.0})
    figures = {"value": 1.0, "score": 1.0, "standard_error": 2.0, "score_error": 2.0, "error_basis": "STATED"}
    cells = reports[["indicator_id", "place_id", "quarter"]].assign(**figures, crosswalk_ids=["B1", None])
    owed = pd.DataFrame({"number": [0], "source_id": ["s"], "first": [Q + 1]})
    found, _ = usual_cells(owed, reports, cells)
    assert np.isnan(found["standard_error"].tolist()).tolist() == [True, False]
