"""What each column of the tables of rounds is made of."""

from __future__ import annotations

from collections.abc import Mapping

ROUND_ACTS = "@round.acts"
"""What people did about rounds and their actions: opened, frozen, published, with their record; done, dropped, reopened."""
_FACTS = ("observation", "event", "survey_response")
_LATE = tuple(f"{table}.{name}" for table in _FACTS for name in ("recorded_from", "recorded_to", "submission_id"))
_OF_ROUND = {
    n: (ROUND_ACTS, f"score.{n}", f"merged_cell.{n}", f"cell_report.{n}", f"trend.{n}", *(f"{t}.{n}" for t in _FACTS))
    for n in ("classification", "releasable_to")
}
_ROUND_HEAD = ("round_id", "held_on")
OF_ROUNDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "round": {
        **dict.fromkeys((*_ROUND_HEAD, "period", "period_start", "period_end", "state", "cutoff_at"), (ROUND_ACTS,)),
        **dict.fromkeys(("opened_at", "frozen_at", "published_at", "product_id"), (ROUND_ACTS,)),
        **dict.fromkeys(("narrative", "narrative_ar"), (ROUND_ACTS,)),
        "place_id": (ROUND_ACTS, "score.place_id"),
        "node_code": (ROUND_ACTS, "score.node_code"),
        **{n: (ROUND_ACTS, f"score.{n}") for n in ("score", "low", "high", "method_version")},
        "cell_count": (ROUND_ACTS, "merged_cell.value"),
        "submission_count": (ROUND_ACTS, "cell_report.submission_ids"),
        "late_count": (ROUND_ACTS, *_LATE),
        "late_submission_count": (ROUND_ACTS, *_LATE),
        "digest": (ROUND_ACTS, "score.score", "trend.trend_class", "merged_cell.value"),
        **_OF_ROUND,
    },
    "round_organisation": {
        **dict.fromkeys((*_ROUND_HEAD, "has_attended"), (ROUND_ACTS,)),
        "org_id": (ROUND_ACTS, "cell_report.org_id"),
        "has_contributed": (ROUND_ACTS, "cell_report.fact_ids"),
        "obs_count": (ROUND_ACTS, "cell_report.fact_ids"),
        **_OF_ROUND,
    },
    "round_action": {
        **dict.fromkeys((*_ROUND_HEAD, "action_number", "action", "action_ar"), (ROUND_ACTS,)),
        **dict.fromkeys(("owner_org_id", "due_on", "state", "state_on", "state_by", "note", "done_on"), (ROUND_ACTS,)),
        **_OF_ROUND,
    },
}
