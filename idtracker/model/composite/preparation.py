"""What happens to an indicator before it is normalised: denominator, limits, imputation, transformation, outliers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from idtracker.model.composite.values import Number, Positive, Range, Strict


class Denominator(Strict):
    """Per head, per area, per anything: the value divided by a column of the data. A bare name means per one of it."""

    column: str
    """Column of the data, such as population."""
    per: Positive = 1.0
    """How many of it, such as 1000 for a rate per thousand."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value


class Limits(Strict):
    """Values beyond a limit count as the limit: years of schooling above 18 as 18."""

    low: Number | None = None
    """Least value that counts as it is."""
    high: Number | None = None
    """Greatest value that counts as it is."""

    @model_validator(mode="after")
    def _rises(self) -> Limits:
        if self.low is None and self.high is None:
            raise ValueError("give low, high or both")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"low must be below high, here {self.low:g} and {self.high:g}")
        return self


class Missing(Strict):
    """What stands in for a missing value. A bare word means the method."""

    method: Literal["none", "mean", "median", "group_mean", "group_median", "value", "carried", "neighbours"]
    """none: it stays missing, and the node works with the children it has."""
    group: str | None = None
    """Column of the data, for group_mean and group_median."""
    groups: Mapping[str, tuple[str, ...]] | None = None
    """Name of a group -> its units, for group_mean and group_median where no column says it."""
    value: Number | None = None
    """The stated value, for `value`."""
    periods: Annotated[int, Field(ge=1)] | None = None
    """How many periods a value may be carried on; without it, any number."""
    neighbours: Annotated[int, Field(ge=1)] = 5
    """Nearest units by their other indicators whose mean stands in, for `neighbours`."""
    after: Literal["denominator", "normalisation"] = "denominator"
    """Whether the gap is filled before outliers are treated, or on the common scale."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"method": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _complete(self) -> Missing:
        if self.method.startswith("group_") and bool(self.group) == bool(self.groups):
            raise ValueError(f"{self.method} needs `group`, a column of the data, or `groups` with their units")
        units = [unit for own in (self.groups or {}).values() for unit in own]
        twice = sorted({unit for unit in units if units.count(unit) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stand in several groups: keep each in one")
        if self.method == "value" and self.value is None:
            raise ValueError("`value` needs the value that stands in")
        return self


class Transform(Strict):
    """A fixed function of one value, the same for every data set. A bare word means the method."""

    method: Literal[
        "none", "log", "log10", "log1p", "square_root", "power", "reciprocal", "logit", "exponential", "absolute"
    ]
    """Which method this is."""
    exponent: Number = 1.0
    """For `power`."""
    factor: Number = 1.0
    """Multiplies the value first; for `reciprocal` it is factor / x."""
    offset: Number = 0.0
    """Added to the value (after factor), such as log(x + 1)."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"method": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_something(self) -> Transform:
        if self.factor == 0 or (self.method == "power" and self.exponent == 0):
            raise ValueError("with 0 every unit has one value")
        return self


class Winsorise(Strict):
    """The most extreme value takes the next one, on the side of the skew, until the test is passed or `points` are used."""

    method: Literal["winsorise"]
    """Which method this is."""
    points: Annotated[int, Field(ge=1)] = 5
    """Most points that are changed."""


class WinsorisePercentiles(Strict):
    """Values beyond two percentiles of the units take the percentile."""

    method: Literal["winsorise_percentiles"]
    """Which method this is."""
    percentiles: Range = (2.5, 97.5)
    """The two percentiles, from 0 to 100."""

    @model_validator(mode="after")
    def _are_shares(self) -> WinsorisePercentiles:
        if not (self.percentiles[0] >= 0 and self.percentiles[1] <= 100):
            raise ValueError("percentiles stand between 0 and 100")
        return self


class WinsoriseSpread(Strict):
    """Values beyond so many standard deviations of the mean, or interquartile ranges of the quartiles, take that limit."""

    method: Literal["winsorise_sd", "winsorise_iqr"]
    """Which method this is."""
    width: Positive = 3.0
    """How many of them."""


class LogForm(Strict):
    """Logarithms that look at the data: `coin_log` ln(x - min + 0.01 range), its mirror where the skew is negative;
    `coin_log_original` ln(x - min + 1); `gii_log` ln((max - 1)(x - min) / range + 1); `log` the plain one."""

    method: Literal["log", "coin_log", "coin_log_original", "gii_log"]
    """Which method this is."""


class BoxCox(Strict):
    """(x^lambda - 1) / lambda, ln x for 0, after x - min + 1 where `shift` is true; without a lambda the likeliest one."""

    method: Literal["box_cox"]
    """Which method this is."""
    power: Number | None = None
    """Lambda; without it, the one of the greatest likelihood."""
    shift: bool = True
    """Whether values are brought above 0 first."""


def _named(value: Any) -> Any:
    return {"method": value} if isinstance(value, str) else value


OneStep = Annotated[
    Winsorise | WinsorisePercentiles | WinsoriseSpread | LogForm | BoxCox, Field(discriminator="method")
]
Step = Annotated[OneStep, BeforeValidator(_named, json_schema_input_type=OneStep | str)]


class OutlierTest(Strict):
    """When a distribution is in order: absolute skew below `skew`, kurtosis below `kurtosis` (as in spreadsheets)."""

    skew: Positive | None = 2.0
    """Absolute skew below which it is in order."""
    kurtosis: Positive | None = 3.5
    """Excess kurtosis below which it is in order."""
    passes: Literal["either", "both"] = "either"
    """Whether one of the two is enough."""

    @model_validator(mode="after")
    def _tests(self) -> OutlierTest:
        if self.skew is None and self.kurtosis is None:
            raise ValueError("give skew, kurtosis or both")
        return self


class Treatment(Strict):
    """Steps against outliers, tried in order until the test is passed. Without a test, all of them, one on the other.

    `treatment: coin` is COINr's Treat(): winsorise up to five points, else its logarithm. `treatment: none` is none.
    """

    test: OutlierTest | None = None
    """When there is nothing to do; without it every step is taken."""
    steps: tuple[Step, ...] = ()
    """What is tried, in order."""
    combine: bool = False
    """Each step works on what the one before it left, instead of on the data."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if value == "none":
            return {}
        if value == "coin":
            return {"test": {}, "steps": ["winsorise", "coin_log"]}
        return {"steps": [value]} if isinstance(value, str) else value
