"""Accounts of the other steps: each adds up on small tables worked out by hand, and names what does not."""

from __future__ import annotations

import pandas as pd

from idtracker.model.method import load_method
from idtracker.model.methods.chosen import Scoring
from idtracker.model.tables import TABLES, conform_types
from idtracker.quality.reconciliation.facts_and_scores import account_judged, account_scores

METHOD = load_method()
NODE = next(iter(METHOD.dimensions))


def test_a_submission_that_loses_a_row_is_named() -> None:
    fates = {"rows_accepted": 3, "rows_held": 1, "rows_unchanged": 2, "rows_superseded": 0}
    rows = [{"submission_id": s, "source_id": "one", "rows_read": n, **fates} for s, n in (("a", 6), ("b", 7))]
    account = account_judged(conform_types(pd.DataFrame(rows), TABLES["submission"]))
    assert account.failing == {"one": ["b"]}
    assert not account.is_whole
    assert account.rows.set_index("reason")["rows"].to_dict() == {
        "accepted": 6,
        "held": 2,
        "superseded": 0,
        "unchanged": 4,
    }
    assert set(account.rows["rows_in"]) == {13}
    assert set(account.rows["rows_out"]) == {6}


def _scored(told: int) -> tuple[pd.DataFrame, ...]:
    days = {"period": "2026-Q2", "period_start": "2026-04-01", "period_end": "2026-06-30"}
    what = [("voice", "JO-AM", 50.0), ("gone", "JO-AM", 50.0), ("note", "JO-AM", 50.0), ("voice", "LB-BA", 50.0),
            ("nation", "JO-AM", 50.0), ("voice", "JO", None)]  # fmt: skip
    cells = pd.DataFrame([{"indicator_id": i, "place_id": p, "score": s, **days} for i, p, s in what])
    terms = [("voice", NODE, "both", None), ("gone", NODE, "adm1", "2026-01-31"), ("note", None, "adm1", None),
             ("nation", NODE, "country", None)]  # fmt: skip
    indicator = pd.DataFrame(
        [{"indicator_id": i, "dimension_code": d, "level": v, "retired_on": r, "weight": 1} for i, d, v, r in terms]
    )
    place = pd.DataFrame([{"place_id": "JO", "level": "country"}, {"place_id": "JO-AM", "level": "adm1"}])
    nodes = [(NODE, "JO-AM", told), (METHOD.root, "JO-AM", 1), (NODE, "JO", 0), (METHOD.root, "JO", 0)]
    score = pd.DataFrame([{"node_code": n, "place_id": p, "indicator_count": c, **days} for n, p, c in nodes])
    names = ("merged_cell", "score", "indicator", "place")
    return tuple(conform_types(f, TABLES[n]) for n, f in zip(names, (cells, score, indicator, place), strict=True))


def test_every_cell_counts_in_one_node_or_says_why_not() -> None:
    account = account_scores(*_scored(told=1), Scoring("STAB", "headline", METHOD))
    assert account.is_whole, account.failing
    assert account.rows.set_index("reason")["rows"].to_dict() == {
        "indicator_not_scored": 1,
        "indicator_retired": 1,
        "level_not_expected": 1,
        "no_score": 1,
        "place_not_scored": 1,
        "scored": 1,
    }


def test_a_node_that_counts_another_number_of_cells_is_named() -> None:
    account = account_scores(*_scored(told=2), Scoring("STAB", "headline", METHOD))
    assert not account.is_whole
    assert account.failing == {"merged_cell": [f"JO-AM|2026-Q2|{NODE}: 1 cells, indicator_count 2"]}
