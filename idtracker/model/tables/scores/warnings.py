"""Tables of warning rules: what they warn of, and what they were worth on their own past."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Integer, MadeOf, Moment, Table, column
from idtracker.model.tables.outside_inputs import CLOCK, WARNING_RULES

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


_READING = (
    "Day of the first reading (month end or day of knowledge) since which the row has been what it is: as known at"
)


class Warning(Table):
    """What a warning rule says of one place and quarter in which a warning stands, ends, or is left out as too small a change."""

    key = ("rule_id", "place_id", "period")

    rule_id: str = column("Rule: the name of its file", "text", required=True)
    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    node_code: str = column("Node whose score the rule looks at; empty where it looks at an indicator", "code")
    indicator_id: str = column("Indicator that the rule looks at; empty where it looks at a node", "indicator")
    state: str = column("What the rule says of the quarter", "code", required=True, codelist="warning_state")
    since_period: str = column("Quarter in which the warning was raised", "period")
    value: float = column("Value of the quarter: a score, or in the indicator's unit", "number")
    threshold: float = column(
        "Limit that the value was held against, in its unit; for a change point the p that was to be undercut", "number"
    )
    probability: float = column("Probability that the value lies beyond the limit", "number", ge=0, le=1)
    p_value: float = column("Two-sided p of Pettitt's test, for a change point", "number", ge=0, le=1)
    as_of_on: Moment = column(_READING, "date", required=True)
    made_of: ClassVar[MadeOf] = {
        "rule_id": (WARNING_RULES,),
        "place_id": ("score.place_id", "merged_cell.place_id"),
        "period": ("score.period", "merged_cell.period"),
        "node_code": (WARNING_RULES,),
        "indicator_id": (WARNING_RULES,),
        **dict.fromkeys(("state", "since_period", "value", "threshold", "probability", "p_value"), _WARNED),
        "as_of_on": (CLOCK,),
        **_MARKED,
    }


class WarningSkill(Table):
    """What a warning rule would have been worth on its own past, beside never and always warning, and whether it may warn."""

    key = ("rule_id",)
    has_series = False

    rule_id: str = column("Rule: the name of its file", "text", required=True)
    title: str = column("What it warns of", "text", required=True)
    title_ar: str = column("The same in Arabic", "text")
    verdict: str = column("Whether it may warn", "code", required=True, codelist="warning_verdict")
    why: str = column("Why, and who answers for it", "text", required=True)
    hits: Integer = column("Warned, and the outcome came within the horizon", "integer", ge=0)
    misses: Integer = column("Not warned, and it came", "integer", ge=0)
    false_alarms: Integer = column("Warned, and it did not come", "integer", ge=0)
    correct_negatives: Integer = column("Not warned, and it did not come", "integer", ge=0)
    n: Integer = column("Quarters of places that are counted", "integer", ge=0)
    left_out: Integer = column(
        "Quarters whose horizon has ended that are not counted: no value then, outcome unknown, or there already",
        "integer",
        ge=0,
    )
    base_rate: float = column("Share in which the outcome came", "number", ge=0, le=1)
    csi: float = column("Critical success index; empty where undefined", "number", ge=0, le=1)
    peirce: float = column("Peirce skill score; empty where undefined", "number", ge=-1, le=1)
    heidke: float = column("Heidke skill score; empty where undefined", "number", ge=-1, le=1)
    undefined_because: str = column("Why a score is empty", "text")
    never_csi: float = column("Critical success index of never warning", "number", ge=0, le=1)
    never_peirce: float = column("Peirce skill score of never warning", "number", ge=-1, le=1)
    never_heidke: float = column("Heidke skill score of never warning", "number", ge=-1, le=1)
    always_csi: float = column("Critical success index of always warning", "number", ge=0, le=1)
    always_peirce: float = column("Peirce skill score of always warning", "number", ge=-1, le=1)
    always_heidke: float = column("Heidke skill score of always warning", "number", ge=-1, le=1)
    as_of_on: Moment = column(_READING, "date", required=True)
    made_of: ClassVar[MadeOf] = {
        **dict.fromkeys(("rule_id", "title", "title_ar"), (WARNING_RULES,)),
        **dict.fromkeys(("verdict", "why", "undefined_because", "left_out"), _WARNED),
        **dict.fromkeys(("hits", "misses", "false_alarms", "correct_negatives", "n", "base_rate"), _WARNED),
        **{f"{of}{s}": _WARNED for of in ("", "never_", "always_") for s in ("csi", "peirce", "heidke")},
        "as_of_on": (CLOCK,),
        **_MARKED,
    }
