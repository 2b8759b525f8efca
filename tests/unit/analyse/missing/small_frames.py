"""A programme of two sources in frames: what is merged and scored without a report, and with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from idtracker.analyse.index.scoring import scored_states
from idtracker.analyse.merge.cells import merge_observations
from idtracker.analyse.missing.estimate import Known
from idtracker.analyse.missing.usual import source_reports
from idtracker.model.method import Method, load_method
from idtracker.model.methods.chosen import Methods, Scoring
from idtracker.model.periods import bounds_frame, quarter_number, quarters_between
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Indicator, Place
from idtracker.model.tables.reporting import Observation

METHOD = load_method()
QUARTERS = quarters_between("2024-Q1", "2026-Q2")
PLACES = ("JO-AM", "JO-IR", "JO-MA")
_PLACE = [
    {"place_id": "JO", "name": "Jordan", "level": "country"},
    {"place_id": "JO-AM", "name": "Amman", "level": "adm1", "parent_id": "JO", "population": 400},
    {"place_id": "JO-IR", "name": "Irbid", "level": "adm1", "parent_id": "JO", "population": 350},
    {"place_id": "JO-MA", "name": "Mafraq", "level": "adm1", "parent_id": "JO", "population": 250},
]
_INDICATOR = {
    "unit": "percent", "direction": 1, "goalpost_low": 0.0, "goalpost_high": 100.0, "weight": 1.0, "level": "adm1",
    "frequency": "quarter", "roll_up": "mean", "max_age_days": 400, "merge_policy": "quality_weighted",
}  # fmt: skip
_FACT = {
    "sheet": "s", "content_hash": "0", "recorded_from": pd.Timestamp("2026-07-20"), "classification": "OFFICIAL",
    "releasable_to": "HMG", "originator_org_id": "GB-GOV-1", "reliability": "B", "credibility": "2",
}  # fmt: skip
Row = tuple[str, str, str, str, str, float, float | None]
"""source, organisation, indicator, place, quarter, value, standard error"""
_MERGED: dict[object, tuple[pd.DataFrame, pd.DataFrame]] = {}


@dataclass
class Small:
    """Indicators (with what differs from _INDICATOR), reports, and the headline."""

    indicators: dict[str, dict[str, Any]]
    rows: list[Row]
    headline: Scoring = field(default_factory=lambda: Scoring("STAB-1.2", "headline", METHOD))
    merging: Method = METHOD

    @property
    def indicator(self) -> pd.DataFrame:
        rows = [{**_INDICATOR, "indicator_id": i, "name": i, **own} for i, own in self.indicators.items()]
        return conform_types(pd.DataFrame(rows), Indicator)

    @property
    def place(self) -> pd.DataFrame:
        return conform_types(pd.DataFrame(_PLACE), Place)

    def merged(self, rows: Sequence[Row]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Cells and reports; the same merge is made once."""
        key = (repr(self.indicators), self.merging.method_version, tuple(rows))
        if key not in _MERGED:
            _MERGED[key] = self._merged(rows)
        return _MERGED[key]

    def _merged(self, rows: Sequence[Row]) -> tuple[pd.DataFrame, pd.DataFrame]:
        names = ["source_id", "org_id", "indicator_id", "place_id", "period", "value", "standard_error"]
        frame = pd.DataFrame(rows, columns=names).assign(**_FACT)
        days = bounds_frame(frame["period"].astype("str"))
        frame = frame.assign(
            fact_id=[f"f{n:05d}" for n in range(len(frame))],
            submission_id=frame["source_id"] + "|" + frame["period"],
            period_start=days["start"],
            period_end=days["end"],
        )
        found = merge_observations(
            conform_types(frame, Observation), self.indicator, self.place, self.merging, QUARTERS
        )
        return found.cells, found.reports

    def scores(self, cells: pd.DataFrame) -> pd.DataFrame:
        wanted = pd.DataFrame([(p["place_id"], q) for p in _PLACE for q in QUARTERS], columns=["place_id", "period"])
        return scored_states(cells, self.indicator, self.place, self.headline, self.merging, wanted)

    def known(self, owed: Sequence[tuple[str, str, str]]) -> Known:
        """What is known where these reports (source, first and last quarter) are owed."""
        cells, reports = self.merged(self.rows)
        sources = sorted({source for source, *_ in self.rows})
        sent = pd.DataFrame(
            [(f"{s}|{q}", s) for s in sources for q in QUARTERS], columns=["submission_id", "source_id"]
        )
        used = reports[reports["use"] == "USED"]
        scores = self.scores(cells)
        return Known(
            pd.DataFrame(
                [
                    (n, source, "GB-GOV-1", last, "overdue", quarter_number(first), quarter_number(last), "OFFICIAL", "HMG")
                    for n, (source, first, last) in enumerate(owed)
                ],
                columns=["number", "source_id", "org_id", "report_period", "state", "first", "last", "classification", "releasable_to"],
            ),
            source_reports(used.assign(quarter=used["period"].map(quarter_number)), sent),
            cells.assign(quarter=cells["period"].map(quarter_number), origin=cells["origin_period"].map(quarter_number)),
            scores[scores["period"].isin(QUARTERS[-2:])],
            self.indicator,
            self.place,
            Methods(self.merging, self.headline),
        )  # fmt: skip
