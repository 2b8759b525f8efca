"""Observations computed at every change of the facts are, at each instant, those of the facts known then."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from idtracker.analyse.history.computed import computed_vintages
from idtracker.analyse.history.timeline import PendingChangePoints, Timeline
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.model.tables import TABLES, conform_types
from idtracker.store.history.change_points import ChangePoints
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import fill_table, read_table

QUARTERS = ("2025-Q3", "2025-Q4")
DAYS = tuple(pd.date_range("2025-08-01", "2026-02-01", freq="17D"))
PLACES = [
    {"place_id": "JO", "name": "Jordan", "level": "country"},
    *({"place_id": f"JO-{n}", "name": n, "level": "adm1", "parent_id": "JO"} for n in ("AM", "IR")),
]


def table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    return conform_types(pd.DataFrame(rows), TABLES[name])


def facts(dice: random.Random) -> dict[str, pd.DataFrame]:
    """Events of two feeds and answers of two surveys, the sources changing by turns; some facts are replaced later."""
    rows: dict[str, list[dict[str, object]]] = {"event": [], "survey_response": []}
    for n in range(160):
        name, source = dice.choice(["event", "survey_response"]), dice.choice(["b", "a"])
        at = dice.randrange(0, len(DAYS) - 1, 2) + (source == "a")
        until = dice.choice([None, None, *DAYS[at + 1 :][1::2]])
        common = {
            "fact_id": f"f{n}", "source_id": source, "submission_id": f"{source}{at}", "sheet": "-", "content_hash": "h",
            "recorded_from": DAYS[at], "recorded_to": until, "classification": "OFFICIAL", "originator_org_id": "O",
            "place_id": dice.choice(["JO-AM", "JO-IR"]),
        }  # fmt: skip
        event = {"event_id": str(n), "event_on": pd.Timestamp("2025-07-05") + pd.Timedelta(days=dice.randrange(150))}
        answer = {
            "response_id": str(n), "question": "q", "period": "2025-Q3", "period_start": "2025-07-01",
            "period_end": "2025-09-30", "answer_score": dice.choice([1.0, 2.0, 4.0]), "weight": dice.uniform(0.5, 2),
        }  # fmt: skip
        rows[name].append({**common, **(event if name == "event" else answer)})
    return {name: table(name, found) for name, found in rows.items()}


INDICATOR = table(
    "indicator",
    [
        {"indicator_id": form, "name": "-", "unit": "-", "level": "both", "derived_from": form}
        for form in ("event:count", "survey_response:q")
    ],
)


@pytest.mark.parametrize("block_rows", [500_000, 60])
@pytest.mark.parametrize("done", [0, 4])
def test_at_each_instant_stand_the_figures_of_the_facts_known_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_rows: int, done: int
) -> None:
    monkeypatch.setattr("idtracker.analyse.history.computed.BLOCK_ROWS", block_rows)
    given, place = facts(random.Random(5)), table("place", PLACES)
    left = PendingChangePoints(Timeline(ChangePoints(DAYS, ("",) * len(DAYS)), (QUARTERS,) * len(DAYS)), done, False)
    with duckdb.connect() as connection:
        ensure_tables(connection)
        for name, frame in (*given.items(), ("place", place)):
            fill_table(connection, name, frame.assign(classification="OFFICIAL") if name == "place" else frame)
        found = computed_vintages(connection, INDICATOR, read_table(connection, "entity"), left)
    assert found["begins"].nunique() > 4
    for at in DAYS[max(done - 1, 0) :]:
        known = {n: f[(f["recorded_from"] <= at) & ~(f["recorded_to"] <= at)] for n, f in given.items()}
        expected = derive_observations(known, INDICATOR, place, list(QUARTERS))
        there = found[(found["begins"] <= at) & ~(found["ends"] <= at)].sort_values(
            ["indicator_id", "place_id", "period_start", "source_id"], ignore_index=True
        )
        pd.testing.assert_frame_equal(there[expected.columns], expected, check_exact=True)
