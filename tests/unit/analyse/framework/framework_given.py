"""A small framework, and what is known for it: metric values, answers, obligations and organisations as frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from idtracker.analyse.framework.gaps import Source, Supply
from idtracker.analyse.framework.rows import KnownThen, framework_frames
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.model.framework.definition import Framework
from idtracker.model.marking import Marking
from idtracker.model.periods import period as period_of
from idtracker.model.tables import TABLES, conform_types

OWN = Marking("OFFICIAL", frozenset({"HMG"}))
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")
LABEL = {"en": "Label", "ar": "عنوان"}


def small_framework(**other: Any) -> Framework:
    """Two questions at two stages, a level and a change; IM-01 by counts, IM-27 for barriers, IM-31 of no interval."""
    content: dict[str, Any] = {
        "id": "SMALL",
        "version": "1",
        "title": LABEL,
        "source": "test",
        "stages": [{"code": code, "label": LABEL} for code in ("SEED", "GROW")],
        "evidence": [
            {"metric": "IM-01", "interval": "counts"},
            {"code": "profile", "metric": "IM-27", "measure": "at_least_3", "scope": "barrier=*"},
            {"code": "moved", "metric": "IM-27", "measure": "median_change", "scope": "barrier=B1", "is_change": True},
            {"metric": "IM-31", "measure": "median_days"},
        ],
        "groups": [{"code": "AIM", "label": LABEL}],
        "elements": [
            {"code": "A1", "group": "AIM", "label": LABEL, "evidence": ["IM-01", "IM-31"]},
            {"code": "A2", "group": "AIM", "label": LABEL, "states": "change", "evidence": ["moved"]},
        ],
        "questions": [
            {"code": "K1", "stage": "SEED", "label": LABEL, "evidence": ["IM-01", "profile"]},
            {"code": "K2", "stage": "GROW", "label": LABEL, "evidence": ["IM-31"]},
        ],
    }
    return Framework.model_validate(content | other)


@dataclass
class Given:
    """Rows of what is known; each is a few columns, the others are filled in."""

    values: list[dict[str, Any]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)
    owed: list[dict[str, Any]] = field(default_factory=list)
    organisations: list[dict[str, Any]] = field(default_factory=list)
    sources: Mapping[str, Iterable[str]] = field(default_factory=dict)
    periods: tuple[str, ...] = QUARTERS
    baseline: str | None = None

    def value(self, metric: str, quarter: str, value: float | None, **other: Any) -> None:
        marked = {"classification": "OFFICIAL", "releasable_to": "HMG"}
        plain = {"measure": "value", "scope": "programme", "n": 10}
        self.values.append({"metric_id": metric, "period": quarter, "value": value} | marked | plain | other)

    def share(self, metric: str, quarter: str, count: int, total: int, **other: Any) -> None:
        counts = {"numerator": count, "denominator": total, "n": total}
        self.value(metric, quarter, 100 * count / total, **(counts | other))

    def answer(
        self, question: str, quarter: str, org: str, answer: str | None, ancr: str | None = "HIGH", **other: Any
    ) -> None:
        row = {"kpq_code": question, "period": quarter, "org_id": org, "answer": answer, "ancr": ancr}
        marked = {"classification": "OFFICIAL", "releasable_to": "HMG"}
        self.responses.append(row | {"scope_id": "P1", "stage": "SEED", "evidence": None} | marked | other)

    def owes(self, source: str, org: str, quarter: str, state: str = "overdue", **other: Any) -> None:
        marked = {"classification": "OFFICIAL", "releasable_to": "HMG"}
        self.owed.append({"source_id": source, "org_id": org, "period": quarter, "state": state} | marked | other)

    def frames(self, framework: Framework | None = None) -> dict[str, pd.DataFrame]:
        """The tables of the framework."""
        tables = {"kpq_response": _dated(self.responses), "organisation": pd.DataFrame(self.organisations)}
        known = {name: conform_types(rows, TABLES[name]) for name, rows in tables.items()}
        inputs = Inputs(
            {"kpq_response": known["kpq_response"]},
            {"organisation": known["organisation"]},
            pd.Timestamp("2026-04-20"),
            baseline=self.baseline,
        )
        owed = conform_types(_dated(self.owed), TABLES["obligation"])
        values = conform_types(pd.DataFrame(self.values), TABLES["metric_value"])
        supply = Supply([Source(name, frozenset(feeds)) for name, feeds in sorted(self.sources.items())], owed)
        return framework_frames(framework or small_framework(), KnownThen(values, self.periods, inputs, supply, OWN))


def _dated(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows with the first and last day of their period."""
    return pd.DataFrame(
        [
            row
            | {"period_start": pd.Timestamp(period_of(row["period"]).start)}
            | {"period_end": pd.Timestamp(period_of(row["period"]).end)}
            for row in rows
        ]
    )


def records(frame: pd.DataFrame, **where: str) -> list[dict[str, Any]]:
    """The rows of a table in which some columns say so, missing cells None."""
    rows = frame.astype("object").where(frame.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows if all(row[k] == v for k, v in where.items())]


def record(frame: pd.DataFrame, **where: str) -> dict[str, Any]:
    """The one row in which some columns say so."""
    (row,) = records(frame, **where)
    return row
