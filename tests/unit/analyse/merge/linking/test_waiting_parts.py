"""A newer report of one of the places that a place was made from is not used alone, and the explanation says that it waits."""

from __future__ import annotations

import pandas as pd
import pytest

from idtracker.explain.cell import cell_node
from idtracker.explain.tables import KnownTables
from idtracker.model.method import load_method
from idtracker.model.tables import conform_types, empty_frame
from idtracker.model.tables.derived import CellReport
from idtracker.model.tables.reference import Codelist, PlaceShare
from tests.unit.analyse.merge.linking.declarations import at
from tests.unit.analyse.merge.linking.test_merge_places import share_rows, split

BOTH = [("JO-O1", "2024-Q2", 30.0), ("JO-O2", "2024-Q2", 80.0)]


def explained(link, indicators, rows, period, place_id="JO-N2", **terms):
    links, place = split()
    change = {"max_age_days": 400, **terms}
    cells = link([{"place_id": p, "period": q, "value": v} for p, q, v in rows], links, change, place=place).cells
    tables = {
        "merged_cell": cells, "place": place, "indicator": indicators({"goalpost_high": 200.0, **change}),
        "place_share": conform_types(pd.DataFrame(share_rows()), PlaceShare), "codelist": empty_frame(Codelist),
        "cell_report": empty_frame(CellReport),
    }  # fmt: skip
    return at(cells, period, place_id), cell_node(KnownTables(tables, load_method()), "trust", place_id, period, None)


@pytest.mark.parametrize(
    "period", ["2024-Q3", "2024-Q4", "2025-Q1"], ids=["that quarter", "later", "the new place is there"]
)
def test_a_value_of_one_part_waits_for_the_other_and_is_named(link, indicators, period) -> None:
    rows = [*BOTH, ("JO-O1", "2024-Q3", 50.0)]
    cell, said = explained(link, indicators, rows, period)
    alone, _ = explained(link, indicators, BOTH, period)
    assert cell["is_carried"] and (cell["origin_period"], cell["value"]) == ("2024-Q2", alone["value"])
    assert (
        "the newer value of B (JO-O1) of 2024-Q3 waits for one of C (JO-O2): a part alone is no value of the whole"
        in said["says"]
    )
    _, silent = explained(link, indicators, BOTH, period)
    assert "waits" not in silent["says"]
    whole, both = explained(link, indicators, [*rows, ("JO-O2", "2024-Q3", 60.0)], period)
    assert whole["origin_period"] == "2024-Q3" and "waits" not in both["says"]


def test_where_the_other_part_never_had_a_value_there_is_none_and_why_is_said(link, indicators) -> None:
    cell, said = explained(link, indicators, [("JO-O2", "2024-Q3", 50.0)], "2024-Q3")
    assert cell is None and said["value"] is None
    assert "the newer value of C (JO-O2) of 2024-Q3 waits for one of B (JO-O1)" in said["says"]


def test_ranks_of_several_places_are_said_not_to_be_averaged(link, indicators) -> None:
    rows = [("JO-O1", "2024-Q3", 2.0), ("JO-O2", "2024-Q3", 4.0)]
    cell, said = explained(link, indicators, rows, "2024-Q3", scale="ordinal", merge_policy="median")
    assert (
        cell is None
        and "B (JO-O1), C (JO-O2) of 2024-Q3 is not taken over: ranks of several places are not averaged"
        in said["says"]
    )


def test_a_place_that_one_place_became_waits_for_nobody(link, indicators) -> None:
    cell, said = explained(
        link, indicators, [("JO-O1", "2024-Q2", 30.0), ("JO-O1", "2024-Q3", 50.0)], "2024-Q3", "JO-N1"
    )
    assert cell["value"] == 50.0 and "waits" not in said["says"]
