"""Scores and trends by the methods that stand beside the headline: never in `score` and `trend`, so that nobody mixes them up by chance."""

from __future__ import annotations

from idtracker.model.tables.base import column
from idtracker.model.tables.derived import Score, Trend


class MethodScore(Score):
    """The score of one place, quarter and node by a method beside the headline, whose scores are in the table `score`."""

    key = ("method_id", "place_id", "period", "node_code")  # type: ignore[assignment]

    method_id: str = column("Method, by the name of its file", "text", required=True)
    role: str = column(
        "also: another method of today; earlier: an earlier version of the headline", "code", required=True,
        codelist="method_role",
    )  # fmt: skip


class MethodTrend(Trend):
    """Where a score by a method beside the headline is heading, judged by that method's own rule; the headline's are in `trend`."""

    key = ("method_id", "place_id", "period", "node_code")  # type: ignore[assignment]

    method_id: str = column("Method, by the name of its file", "text", required=True)
    role: str = column(
        "also: another method of today; earlier: an earlier version of the headline", "code", required=True,
        codelist="method_role",
    )  # fmt: skip
