"""What `warnings list` and `warnings check` print."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, Share, code_of

Skill = Annotated[float, Field(ge=-1, le=1)]
Verdict = Annotated[str, code_of("warning_verdict")]


class ActiveWarning(Document):
    """one warning that stands"""

    rule: str = Field(description="rule: the name of its file")
    place_id: str = Field(description="place")
    place: str = Field(description="name of the place")
    period: str = Field(description="quarter")
    state: Annotated[str, code_of("warning_state")] = Field(
        description="RAISED, or UNJUDGED where the quarter has no value"
    )
    since: str = Field(description="quarter in which it was raised")
    value: float | None = Field(description="value of the quarter")
    threshold: float | None = Field(description="limit that it was held against; p for a change point")
    probability: Share | None = Field(description="probability that the value lies beyond the limit")
    p_value: Share | None = Field(description="p of Pettitt's test")
    verdict: Verdict = Field(description="what the past of the rule says of it")
    as_known_at: Moment = Field(description="first reading since which this has been so")
    sentence: str = Field(description="the same in one sentence")


class Scores(Document):
    """three scores; null where undefined"""

    csi: Share | None = Field(description="critical success index")
    peirce: Skill | None = Field(description="Peirce skill score")
    heidke: Skill | None = Field(description="Heidke skill score")


class RuleSkill(Document):
    """one rule and its past"""

    rule: str = Field(description="rule")
    title: str = Field(description="what it warns of")
    verdict: Verdict = Field(description="whether it may warn")
    why: str = Field(description="why")
    hits: Count | None = Field(description="warned, and it came; null where the definition is wrong")
    misses: Count | None = Field(description="not warned, and it came")
    false_alarms: Count | None = Field(description="warned, and it did not come")
    correct_negatives: Count | None = Field(description="not warned, and it did not come")
    n: Count | None = Field(description="quarters of places that are counted")
    left_out: Count | None = Field(description="quarters that are not counted")
    base_rate: Share | None = Field(description="share in which it came")
    scores: Scores = Field(description="of the rule")
    never: Scores = Field(description="of never warning")
    always: Scores = Field(description="of always warning")
    undefined_because: str | None = Field(description="why a score is null")


class WarningList(Document):
    """Warnings that stand, and what each rule is worth."""

    period: str | None = Field(description="latest quarter; null where nothing is published of any")
    warnings: list[ActiveWarning] = Field(description="those that stand, by rule and place")
    rules: list[RuleSkill] = Field(description="every rule")


class CheckedRule(Document):
    """one rule"""

    rule: str = Field(description="rule: the name of its file")
    where: Literal["shipped", "programme"] = Field(description="shipped with the package, or kept in sources/_warnings")
    file: str = Field(description="its file")
    words: list[str] = Field(description="what it says; empty where its definition is wrong")
    problems: list[str] = Field(description="what is wrong with it")
    skill: RuleSkill | None = Field(description="its past, as published; null before it is")


class WarningCheck(Document):
    """Every rule in words, and its past."""

    rules: list[CheckedRule] = Field(description="every rule by name")
