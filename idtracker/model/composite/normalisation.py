"""How values of different units are brought onto one scale: one model for each method, told apart by `method`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from idtracker.model.composite.values import UNIT_RANGE, Number, Positive, Range, Strict

Clip = Literal["both", "low", "high", "none"]


class FromUnits(Strict):
    """Which units a minimum, mean or rank is taken over: all of the data unless the definition says otherwise."""

    within: str | None = None
    """Column of the data, such as a year or region: statistics are taken inside each of its values."""
    reference_units: tuple[str, ...] | None = None
    """Statistics are taken over these units alone."""
    reference_periods: tuple[str, str] | None = None
    """First and last period whose values make the statistics, such as [2023-Q1, 2024-Q4], so that scores of all periods can be compared."""

    @field_validator("reference_periods")
    @classmethod
    def _in_order(cls, value: tuple[str, str] | None) -> tuple[str, str] | None:
        if value is not None and value[0] > value[1]:
            raise ValueError(f"the first period must not be after the last, here {value[0]} and {value[1]}")
        return value


class Goalposts(Strict):
    """(x - low) / (high - low) between stated goalposts, in the unit of the data before `transform`."""

    method: Literal["goalposts"]
    """Which method this is."""
    low: Number
    """The value that stands for the lower end."""
    high: Number
    """The value that stands for the upper end; use `direction: -1` where less is better, never reversed goalposts."""
    clip: Clip = "both"
    """Which ends values cannot pass."""
    scale: Range = UNIT_RANGE
    """What the goalposts become, such as [0, 100]."""

    @model_validator(mode="after")
    def _rises(self) -> Goalposts:
        if not self.low < self.high:
            what = "equal" if self.low == self.high else "reversed"
            raise ValueError(f"goalposts are {what} ({self.low:g}, {self.high:g}): low must be below high")
        return self


class MinMax(FromUnits):
    """(x - minimum) / (maximum - minimum) over the units, or between two of their percentiles."""

    method: Literal["min_max"]
    """Which method this is."""
    percentiles: Range | None = None
    """Percentiles from 0 to 100 that take the place of minimum and maximum, such as [2.5, 97.5]."""
    low: Number | None = None
    """Stated lower end, where only the upper one comes from the units."""
    high: Number | None = None
    """Stated upper end, where only the lower one comes from the units."""
    clip: Clip = "none"
    """Which ends values cannot pass; matters with percentiles, reference units and stated ends."""
    scale: Range = UNIT_RANGE
    """What minimum and maximum become."""

    @model_validator(mode="after")
    def _percentiles_are_shares(self) -> MinMax:
        if self.percentiles and not (self.percentiles[0] >= 0 and self.percentiles[1] <= 100):
            raise ValueError("percentiles stand between 0 and 100")
        if self.low is not None and self.high is not None:
            raise ValueError("with both ends stated this is `goalposts`")
        return self


class ZScore(FromUnits):
    """(x - mean) / standard deviation, times `sd` plus `mean`."""

    method: Literal["z_score"]
    """Which method this is."""
    mean: Number = 0.0
    """What the mean of the units becomes, such as 100."""
    sd: Positive = 1.0
    """What one standard deviation becomes, such as 10."""
    ddof: Literal[0, 1] = 1
    """1 divides by n - 1 (a sample), 0 by n (all there are)."""
    reference_mean: Number | None = None
    """Stated mean instead of that of the units."""
    reference_sd: Positive | None = None
    """Stated standard deviation instead of that of the units."""
    clip: Range | None = None
    """Ends that results cannot pass, such as [-3, 3]."""


class DistanceToTarget(FromUnits):
    """(x - worst) / (target - worst); with direction -1 (worst - x) / (worst - target). Worst is stated or of the units."""

    method: Literal["distance_to_target"]
    """Which method this is."""
    target: Number
    """The value that counts as reached."""
    worst: Number | None = None
    """Where the scale begins; without it the minimum of the units, with direction -1 their maximum."""
    clip: Clip = "none"
    """`high`: no more than reached."""
    scale: Range = UNIT_RANGE
    """What worst and target become."""


class DistanceToReference(Strict):
    """Against one unit: x / reference (inverted with direction -1), or (x - reference) / reference."""

    method: Literal["distance_to_reference"]
    """Which method this is."""
    unit: str
    """The unit that the others are held against, as the data name it."""
    form: Literal["ratio", "difference"] = "ratio"
    """ratio: 1 is as the reference; difference: 0 is."""
    factor: Positive = 1.0
    """Multiplies the result, such as 100."""


class FractionOfMax(FromUnits):
    """x / maximum of the units; with direction -1 minimum / x."""

    method: Literal["fraction_of_max"]
    """Which method this is."""
    factor: Positive = 1.0
    """Multiplies the result, such as 100."""


class PercentileRank(FromUnits):
    """(rank - 1) / (n - 1), ties at their lowest rank unless told otherwise."""

    method: Literal["percentile_rank"]
    """Which method this is."""
    ties: Literal["min", "average", "max"] = "min"
    """Which rank units with one value share."""
    scale: Range = UNIT_RANGE
    """What the lowest and the highest rank become."""


class Ranks(FromUnits):
    """Ranks as numbers: `rank` gives 1 to the lowest, `borda` the number of units that are beaten."""

    method: Literal["rank", "borda"]
    """Which method this is."""
    ties: Literal["min", "average", "max"] = "min"
    """Which rank units with one value share."""


class Categories(Strict):
    """Words become numbers by a table. What is not in the table is empty and a finding."""

    method: Literal["categories"]
    """Which method this is."""
    values: dict[str, Number] = Field(min_length=1)
    """Category as written in the data -> number."""


class Bins(Strict):
    """Values become scores by thresholds: scores[0] below edges[0], scores[1] from there on, and so on."""

    method: Literal["bins"]
    """Which method this is."""
    edges: tuple[Number, ...] = Field(min_length=1)
    """Rising thresholds."""
    scores: tuple[Number, ...]
    """One more than edges."""
    closed: Literal["low", "high"] = "low"
    """low: a value on an edge belongs above it; high: below it."""
    percentiles: bool = False
    """Edges are percentiles (0 to 100) of the units instead of values."""

    @model_validator(mode="after")
    def _fit(self) -> Bins:
        if list(self.edges) != sorted(set(self.edges)):
            raise ValueError("edges must rise")
        if len(self.scores) != len(self.edges) + 1:
            raise ValueError(f"{len(self.edges)} edges need {len(self.edges) + 1} scores, here {len(self.scores)}")
        if self.percentiles and not (self.edges[0] >= 0 and self.edges[-1] <= 100):
            raise ValueError("percentiles stand between 0 and 100")
        return self


class Linear(Strict):
    """factor * x + offset: `{method: linear, factor: -1, offset: 1}` is 1 - x."""

    method: Literal["linear"]
    """Which method this is."""
    factor: Number = 1.0
    """Multiplies the value."""
    offset: Number = 0.0
    """Added after that."""
    clip: Range | None = None
    """Ends that results cannot pass."""

    @model_validator(mode="after")
    def _says_something(self) -> Linear:
        if self.factor == 0:
            raise ValueError("with factor 0 every unit has one value")
        return self


class AsItIs(Strict):
    """The data are on the scale already; with direction -1 they are turned round inside `scale`."""

    method: Literal["none"]
    """Which method this is."""
    scale: Range | None = None
    """The scale that the data are on: values beyond it are findings and empty."""


class OfRegister(Strict):
    """The score between the goalposts of the register of indicators, 0 to 100, as the tracker merges it; direction is in it."""

    method: Literal["register"]
    """Which method this is."""


def _named(value: Any) -> Any:
    """`normalise: rank` is short for `normalise: {method: rank}`."""
    return {"method": value} if isinstance(value, str) else value


OneOf = Annotated[
    Goalposts
    | MinMax
    | ZScore
    | DistanceToTarget
    | DistanceToReference
    | FractionOfMax
    | PercentileRank
    | Ranks
    | Categories
    | Bins
    | Linear
    | AsItIs
    | OfRegister,
    Field(discriminator="method"),
]
Normalisation = Annotated[OneOf, BeforeValidator(_named, json_schema_input_type=OneOf | str)]
