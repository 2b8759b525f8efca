"""Rows of the table `judgement` for tests, written short."""

from __future__ import annotations

from typing import Any

import pandas as pd

from idtracker.analyse.judgement.assessments import Assessment, assessments_of
from idtracker.model.tables import FACTS, conform_types

FOREVER = pd.Timestamp("2030-01-01")


def row(reference: str, org: str = "A", **cells: Any) -> dict[str, Any]:
    """One judgement of the quarter 2026-Q1 about a scenario, known since it was made."""
    made_on = pd.Timestamp(cells.pop("made_on", "2026-02-01"))
    known_from = pd.Timestamp(cells.pop("known_from", made_on))
    days = {name: pd.Timestamp(cells[name]) for name in ("horizon_on", "resolved_on", "recorded_to") if name in cells}
    return {
        "fact_id": f"{org}:{reference}:{known_from}",
        "source_id": f"source_{org}",
        "submission_id": "s",
        "sheet": "s",
        "row_number": 2,
        "content_hash": "h",
        "recorded_from": known_from,
        "classification": "OFFICIAL",
        "releasable_to": "HMG;PARTNERS",
        "judgement_id": reference,
        "scenario": "Unrest spreads",
        "org_id": org,
        "place_id": "JO",
        "made_on": made_on,
        "horizon_on": pd.Timestamp("2026-06-30"),
        **cells,
        **days,
    }


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return conform_types(pd.DataFrame(rows), FACTS["judgement"])


def assessments(*rows: dict[str, Any]) -> list[Assessment]:
    return assessments_of(frame(*rows))
