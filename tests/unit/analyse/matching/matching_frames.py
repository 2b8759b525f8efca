"""Small canonical tables for matching and uniting: write only the columns that matter to a test."""

from __future__ import annotations

from typing import Any

import pandas as pd

from idtracker.model.periods import bounds_frame
from idtracker.model.tables import FACTS, TABLES, columns_of, conform_types

_MARKS = {"sheet": "Sheet1", "content_hash": "0", "classification": "OFFICIAL", "originator_org_id": "GB-GOV-1"}


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """A canonical frame; facts get provenance, periods their bounds."""
    frame = pd.DataFrame(list(rows))
    if name in FACTS:
        frame = frame.assign(
            fact_id=[f"{name}-{n}" for n in range(len(frame))], recorded_from=pd.Timestamp("2026-07-20")
        )
        filled = {**_MARKS, "source_id": "source", "submission_id": "sub-1"}
        frame = frame.assign(**{key: value for key, value in filled.items() if key not in frame})
    if "period" in frame:
        frame[["period_start", "period_end"]] = bounds_frame(frame["period"].astype("str")).to_numpy()
    for spec in columns_of(TABLES[name]):
        if spec.name in frame and spec.kind in ("date", "instant"):
            frame[spec.name] = pd.to_datetime(frame[spec.name])
    return conform_types(frame, TABLES[name])


def register(*organisations: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Organisations (departments unless stated), Jordan and two of its governorates, Iraq."""
    plain = {"group_code": "HMG_DEPT", "is_hmg": True, "is_traditional": False}
    return {
        "organisation": table("organisation", *({**plain, **row} for row in organisations)),
        "organisation_alias": table("organisation_alias"),
        "place": table(
            "place",
            {"place_id": "JO", "name": "Jordan", "level": "country"},
            {"place_id": "IQ", "name": "Iraq", "level": "country"},
            {"place_id": "JO-AM", "name": "Amman", "level": "adm1", "parent_id": "JO", "population": 5},
            {"place_id": "JO-MA", "name": "Mafraq", "level": "adm1", "parent_id": "JO", "population": 5},
        ),
    }
