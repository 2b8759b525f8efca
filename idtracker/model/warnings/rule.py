"""One warning rule: when it warns, of what, and how its past is counted. Every key is known; nothing is computed here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from idtracker.model.config.values import Day, Strict, Text, fault

Side = Literal["below", "above"]
PlaceLevel = Literal["country", "adm1"]
Quarters = Annotated[int, Field(ge=1, le=20)]


class Title(Strict):
    """What the rule warns of, as a heading."""

    en: Text = Field(description="In English.")
    ar: Text = Field(description="In Arabic.")


class Subject(Strict):
    """A series: the scores of one node, or the values of one indicator."""

    node: Text | None = Field(None, description="Node of the tracker's method: its root or a dimension.")
    indicator: Text | None = Field(None, description="Indicator of the register, in its own unit.")

    @model_validator(mode="after")
    def _one_series(self) -> Subject:
        if (self.node is None) == (self.indicator is None):
            raise fault("name either `node` or `indicator`", "node")
        return self

    @property
    def code(self) -> str:
        return self.node or self.indicator or ""


class Threshold(Strict):
    """The value is beyond a level."""

    kind: Literal["threshold"]
    level: float = Field(
        description="Level that the value lies below (or above), in its unit; the level itself is not."
    )


class Deterioration(Strict):
    """The value changed for the worse by more than so much over some quarters."""

    kind: Literal["deterioration"]
    over: Quarters = Field(description="Over how many quarters.")
    by: float | None = Field(None, gt=0, description="More than this, in the value's unit.")
    by_share: float | None = Field(None, gt=0, description="More than this share of the earlier value, such as 0.5.")

    @model_validator(mode="after")
    def _one_measure(self) -> Deterioration:
        if (self.by is None) == (self.by_share is None):
            raise fault("name either `by` or `by_share`", "by")
        return self


class ChangePoint(Strict):
    """The level of the series changed for the worse: Pettitt's test over a window."""

    kind: Literal["change_point"]
    p: float = Field(0.1, gt=0, lt=1, description="Two-sided p of Pettitt's test that is to be undercut.")
    window: int = Field(12, ge=6, le=60, description="Quarters that are looked at, the last one included.")
    minimum_points: int = Field(8, ge=6, le=60, description="With fewer values in the window nothing is judged.")

    @model_validator(mode="after")
    def _fits(self) -> ChangePoint:
        if self.minimum_points > self.window:
            raise fault(f"{self.minimum_points} points do not fit into {self.window} quarters", "minimum_points")
        return self


class Probability(Strict):
    """It is probable, by the value's own error, that it lies beyond a level or changed for the worse by more than so much."""

    kind: Literal["probability"]
    at_least: float = Field(gt=0, lt=1, description="Probability from which the rule warns.")
    level: float | None = Field(None, description="Level that the value lies below (or above).")
    over: Quarters | None = Field(None, description="Instead of a level: over how many quarters it changed.")
    by: float | None = Field(None, ge=0, description="With `over`: by more than this, in the value's unit.")
    error: Literal["normal"] = Field("normal", description="How the error is taken: normally distributed, independent.")

    @model_validator(mode="after")
    def _one_question(self) -> Probability:
        if (self.level is None) == (self.over is None) or (self.over is None) != (self.by is None):
            raise fault("name either `level`, or `over` and `by`", "level")
        return self


When = Annotated[Threshold | Deterioration | ChangePoint | Probability, Field(discriminator="kind")]


class Outcome(Strict):
    """What the rule is meant to warn of: a value beyond a level, or a change, within some quarters."""

    node: Text | None = Field(
        None, description="Node whose score is looked at; neither: what the rule itself looks at."
    )
    indicator: Text | None = Field(None, description="Indicator whose value is looked at.")
    below: float | None = Field(None, description="It lies below this in one of the quarters.")
    above: float | None = Field(None, description="It lies above this in one of the quarters.")
    falls_by: float | None = Field(None, gt=0, description="It lies more than this below the quarter of the warning.")
    rises_by: float | None = Field(None, gt=0, description="It lies more than this above the quarter of the warning.")
    within: Quarters = Field(description="Horizon: the quarters after that of the warning that are looked at.")
    only_new: bool = Field(
        True, description="With `below` or `above`: quarters in which it was so already are not counted."
    )

    @model_validator(mode="after")
    def _one_outcome(self) -> Outcome:
        if self.node is not None and self.indicator is not None:
            raise fault("name either `node` or `indicator`", "node")
        if sum(v is not None for v in (self.below, self.above, self.falls_by, self.rises_by)) != 1:
            raise fault("name one of `below`, `above`, `falls_by`, `rises_by`", "below")
        return self


class Rule(Strict):
    """A whole file of `_warnings`; the rule's name is that of the file."""

    title: Title = Field(description="What the rule warns of.")
    on: Subject = Field(description="The series that it looks at.")
    places: list[Text] = Field(default_factory=list, description="Places; left out: all of `level`.")
    level: PlaceLevel | None = Field(None, description="Level of place, instead of `places`: country or adm1.")
    direction: Side | None = Field(
        None, description="Bad side: below or above. Left out: below for a node, by its register for an indicator."
    )
    when: When = Field(description="The condition.")
    persistence: Quarters = Field(
        1, description="In how many quarters in a row it has to hold before there is a warning."
    )
    outcome: Outcome = Field(description="What the rule is meant to warn of; its past is counted against this.")
    judged_after_days: int = Field(
        45,
        ge=0,
        le=400,
        description="In the replay: days after the end of a quarter on which the rule is first judged.",
    )
    accepted_by: Text | None = Field(None, description="Who answers for the rule although its past speaks against it.")
    because: Text | None = Field(None, description="Why.")
    until: Day | None = Field(None, description="Last day on which this stands.")

    @model_validator(mode="after")
    def _is_whole(self) -> Rule:
        if bool(self.places) == (self.level is not None):
            raise fault("name either `places` or `level`", "places")
        signed = (self.accepted_by, self.because, self.until)
        if any(part is None for part in signed) != all(part is None for part in signed):
            raise fault("`accepted_by`, `because` and `until` go together", "accepted_by")
        return self

    def signed_on(self, day: date) -> bool:
        """Whether somebody answers for the rule on a day."""
        return self.until is not None and day <= self.until

    @property
    def outcome_subject(self) -> Subject:
        """The series of the outcome."""
        named = self.outcome.node or self.outcome.indicator
        return Subject(node=self.outcome.node, indicator=self.outcome.indicator) if named else self.on
