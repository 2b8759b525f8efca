"""How a value came to be on today's basis, in words, from the rows of the declarations."""

from __future__ import annotations

import pandas as pd

from idtracker.explain.crosswalks import crosswalk_words, stopped_words, uncounted_words
from idtracker.explain.tables import KnownTables
from idtracker.model.method import load_method
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place, PlaceShare, SeriesBreak
from idtracker.model.tables.reporting import Observation

BREAKS = [
    {"break_id": "B1", "crosswalk": "linear", "factor": 1.25, "addend": -2.0, "crosswalk_error": 1.5},
    {"break_id": "B2", "crosswalk": "codes", "crosswalk_error": 0.5},
]
COMMON = {"indicator_id": "I", "valid_from": "2024-01-01", "kind": "base", "reason": "census"}
SHARE = {"from_place_id": "JO-O", "to_place_id": "JO-N", "valid_from": "2025-01-01", "share": 0.6}


def known() -> KnownTables:
    tables = {
        "series_break": conform_types(pd.DataFrame([COMMON | row for row in BREAKS]), SeriesBreak),
        "place_share": conform_types(pd.DataFrame([SHARE | {"share_error": 5.0, "source": "s"}]), PlaceShare),
        "place": conform_types(pd.DataFrame([{"place_id": "JO-O", "name": "Old", "level": "adm1"}]), Place),
    }
    return KnownTables(tables, load_method())


def test_each_declaration_is_said_with_its_rule_and_its_error() -> None:
    assert crosswalk_words(known(), {"crosswalk_ids": "B1;B2;JO-O>JO-N"}, "%") == [
        "translated from before 2024-01-01 by B1 (times 1.25 minus 2, error 1.5 %): census",
        "translated from before 2024-01-01 by B2 (value by value, error 0.5 %): census",
        "taken over from Old (JO-O) before 2025-01-01, 60% of which it became",
    ]


def test_what_stops_a_value_from_being_carried_is_said() -> None:
    tables = dict(known().tables)
    none = COMMON | {"break_id": "B3", "crosswalk": "none", "valid_from": "2025-04-01", "reason": "new question"}
    tables["series_break"] = conform_types(pd.DataFrame([none]), SeriesBreak)
    both = KnownTables(tables, load_method())
    assert stopped_words(both, "I", "JO-X", "2025-Q1", "2025-Q2") == [
        "nothing is carried across B3 of 2025-04-01: new question"
    ]
    assert stopped_words(both, "I", "JO-X", "2025-Q2", "2025-Q3") == []
    assert stopped_words(both, "I", "JO-X", "2024-Q4", "2025-Q1") == []
    assert stopped_words(both, "other", "JO-O", "2024-Q4", "2025-Q2") == ["the place ended before 2025-01-01"]


def test_nothing_is_said_of_what_is_as_it_was_reported_or_of_a_publication_without_the_column() -> None:
    assert crosswalk_words(known(), {"crosswalk_ids": None}, "%") == []
    assert crosswalk_words(known(), {}, "%") == []
    assert crosswalk_words(KnownTables({}, load_method()), {"crosswalk_ids": "B1"}, "%") == [
        "translated by the declared break B1"
    ]


def test_reports_that_a_break_leaves_out_are_not_called_no_report() -> None:
    tables, yearly = dict(known().tables), {"period_start": "2024-01-01", "period_end": "2024-12-31", "value": 30.0}
    rows = [{"indicator_id": "I", "place_id": "JO-X"} | yearly, {"indicator_id": "J", "place_id": "JO-X"} | yearly]
    tables["observation"] = conform_types(pd.DataFrame(rows), Observation)
    both = KnownTables(tables, load_method())
    said = uncounted_words(both, "I", "JO-X", "2024-Q2")
    assert said is not None and said.startswith("1 report is about it and does not count: the declared break B1, B2")
    assert uncounted_words(both, "I", "JO-X", "2025-Q1") is None
    assert uncounted_words(both, "J", "JO-X", "2024-Q2") is None  # no break is declared of it
    assert uncounted_words(known(), "I", "JO-X", "2024-Q2") is None
