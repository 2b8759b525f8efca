"""What each column of the tables of warnings is computed from."""

from __future__ import annotations

from collections.abc import Mapping

WARNING_RULES, CLOCK = "@warning.rules", "@clock"
"""The rules, and the day of knowledge with the quarters that follow from it: inputs that are no columns."""
_WARNED = (
    "score.score",
    "score.low",
    "score.high",
    "score.carried_share",
    "merged_cell.value",
    "merged_cell.standard_error",
    "merged_cell.obs_status",
    WARNING_RULES,
)
_MARKED = {n: (f"score.{n}", f"merged_cell.{n}") for n in ("classification", "releasable_to")}

OF_WARNINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "warning": {
        "rule_id": (WARNING_RULES,),
        "place_id": ("score.place_id", "merged_cell.place_id"),
        "period": ("score.period", "merged_cell.period"),
        "node_code": (WARNING_RULES,),
        "indicator_id": (WARNING_RULES,),
        **dict.fromkeys(("state", "since_period", "value", "threshold", "probability", "p_value"), _WARNED),
        "as_of_on": (CLOCK,),
        **_MARKED,
    },
    "warning_skill": {
        **dict.fromkeys(("rule_id", "title", "title_ar"), (WARNING_RULES,)),
        **dict.fromkeys(("verdict", "why", "undefined_because", "left_out"), _WARNED),
        **dict.fromkeys(("hits", "misses", "false_alarms", "correct_negatives", "n", "base_rate"), _WARNED),
        **{f"{of}{s}": _WARNED for of in ("", "never_", "always_") for s in ("csi", "peirce", "heidke")},
        "as_of_on": (CLOCK,),
        **_MARKED,
    },
}
