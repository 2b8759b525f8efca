"""Files as they came in from small sources, and the obligations and states that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from idtracker.analyse.timeliness.freshness import freshness_table
from idtracker.analyse.timeliness.obligations import obligation_table
from idtracker.model.config.source import Source
from idtracker.model.tables import OPERATIONS, conform_types

QUARTERLY = {"every": "quarter", "due_after_days": 20, "grace_days": 10, "since": "2025-01-01"}


def source(name: str = "hmrc", **cadence: Any) -> Source:
    return Source.model_validate(
        {
            "title": name,
            "publisher": "GB-GOV-11",
            "owner": "team:hmrc",
            "format": {"kind": "csv"},
            "cadence": cadence or QUARTERLY,
            "feeds": "observation",
            "key": ["period"],
            "columns": [{"field": "period"}],
        }
    ).located(name, Path(name), "")


@dataclass
class Post:
    """Files as they came in, and the tables that follow from them."""

    rows: list[dict[str, object]] = field(default_factory=list)
    facts: list[tuple[str, str, str]] = field(default_factory=list)

    def file(self, at: str, periods: str = "", state: str = "accepted", by: str = "hmrc", **more: object) -> Post:
        number = f"s{len(self.rows):03d}"
        counts = dict.fromkeys(("rows_read", "rows_accepted", "rows_held", "rows_unchanged", "rows_superseded"), 0)
        self.rows.append(
            {"submission_id": number, "source_id": by, "file_name": f"{number}.csv", "size_bytes": 1}
            | {"received_at": pd.Timestamp(at), "state": state, "rule_set_version": "1", "periods": periods or None}
            | counts
            | more
        )
        return self

    @property
    def submissions(self) -> pd.DataFrame:
        return conform_types(pd.DataFrame(self.rows), OPERATIONS["submission"])

    def obligations(self, as_of: str, *sources: Source) -> pd.DataFrame:
        facts = pd.DataFrame(self.facts, columns=["source_id", "submission_id", "period"])
        return obligation_table(sources, self.submissions, facts, pd.Timestamp(as_of))

    def freshness(self, as_of: str, *sources: Source, **more: Any) -> pd.DataFrame:
        return freshness_table(
            sources, self.obligations(as_of, *sources), self.submissions, pd.Timestamp(as_of), **more
        )

    def one(self, as_of: str, of: Source | None = None, **more: Any) -> pd.Series:
        table = self.freshness(as_of, of or source(), **more)
        assert len(table) == 1
        return table.iloc[0]


def states(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["period"], table["state"], strict=True))
