"""What `framework plan` prints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Share, Some

KindOfDesign = Literal["four_cells", "at_once", "staggered"]
Amount = Annotated[float, Field(gt=0)]


class ArmNumbers(Document):
    """a number for each arm"""

    neither: float = Field(description="places in which neither is at work")
    a: float = Field(description="places of the first alone")
    b: float = Field(description="places of the second alone")
    both: float = Field(description="places of both")


class ArmPlaces(Document):
    """places in each arm"""

    neither: Count = Field(description="neither is at work")
    a: Count = Field(description="the first alone")
    b: Count = Field(description="the second alone")
    both: Count = Field(description="both; where arms change, those that join")


class NoiseUsed(Document):
    """the noise of one place in one quarter"""

    sd: ArmNumbers = Field(description="standard deviation by arm, in the unit of the outcome")
    icc: Share | None = Field(description="share of the variance that a place keeps; null where not stated")
    autocorrelation: Share | None = Field(description="of the rest, from quarter to quarter; null where not stated")
    from_indicator: str | None = Field(description="indicator whose past shows it; null where it is stated")
    n: Count | None = Field(description="values behind it; null where it is stated")
    places: Count | None = Field(description="places behind it")
    quarters: Count | None = Field(description="quarters behind it")
    left_out: Count | None = Field(description="places without a value in each of the quarters")
    lower: float | None = Field(description="lower end of a 90 % interval of the standard deviation")
    upper: float | None = Field(description="upper end of it")


class PlannedDesign(Document):
    """one design"""

    kind: KindOfDesign = Field(description="four cells, places that join at once, or in waves")
    places: Some = Field(description="places in all")
    arms: ArmPlaces = Field(description="places in each arm")
    quarters: Some = Field(description="quarters in which each place is measured")
    starts: list[Some] = Field(description="quarter in which each wave joins, counted from 1; empty where none does")
    price: Amount = Field(description="cost in all, in the unit of the costs")
    power: Share | None = Field(
        description="share of programmes that would show the effect; null where it is not promised"
    )
    monte_carlo_error: Share = Field(description="standard error of the power from simulation; 0 where it is computed")
    power_if_noisier: Share | None = Field(
        description="power at the upper end of the noise; null where it is not known"
    )
    detectable: float | None = Field(description="smallest effect shown four times in five; null where none is")
    false_alarms: Share = Field(
        description="share of programmes without an effect that would show one; 0.05 is promised"
    )
    limits: list[str] = Field(description="what it cannot tell, by name")


class RefusedDesign(Document):
    """one kind of design that is not promised"""

    kind: KindOfDesign = Field(description="kind")
    reason: Literal["low_power", "false_alarms", "few_places", "few_periods", "low_budget"] = Field(description="why")
    sentence: str = Field(description="the same in words, with what it would take")
    largest: PlannedDesign | None = Field(description="the largest that places and budget allow; null where none")
    needed: PlannedDesign | None = Field(description="the smallest that would be promised; null where none is")


class ComparisonPlan(Document):
    """Designs that would show an effect, with power and price, and those that are refused."""

    outcome: str | None = Field(description="what is measured")
    effect: float = Field(description="effect to show, in the unit of the outcome")
    places: Some = Field(description="places that can take part")
    budget: float | None = Field(description="what it may cost; null: no limit")
    costs: ArmNumbers = Field(description="cost of one place for one quarter")
    noise: NoiseUsed = Field(description="noise")
    designs: list[PlannedDesign] = Field(description="promised designs by kind and price")
    refused: list[RefusedDesign] = Field(description="kinds that are not promised")
    limits: dict[str, str] = Field(description="what the limits of the designs mean")
