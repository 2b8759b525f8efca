"""One version of the tracker's method as a value: every parameter of merging, scoring and trends, and nothing computed.

Merging and scoring both read it, so it lives in the package that both import.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import ErrorDetails

from idtracker.model.composite.alternatives import Alternatives
from idtracker.model.composite.structure import StructureError
from idtracker.model.config.definition_file import read_definition
from idtracker.model.errors import DefinitionError
from idtracker.model.methods.aggregations import TwoLevelAggregation

BUNDLED = Path(__file__).parent / "register" / "data" / "methods" / "STAB-1.2.yml"

KNOWING_NOTHING = 100 / math.sqrt(12)
"""Standard deviation of a score that may be anything from 0 to 100: an error of this size says nothing at all, in points."""

MergePolicy = Literal["priority", "quality_weighted", "median", "unobserved_components", "adjudicated"]


def _as_number(value: object) -> object:
    """`2/3` is exact where 0.6667 would be a different rule."""
    if isinstance(value, str):
        try:
            return float(Fraction(value))
        except (ValueError, ZeroDivisionError) as problem:
            raise ValueError("expected a number or a fraction such as 2/3") from problem
    return value


Share = Annotated[float, BeforeValidator(_as_number), Field(ge=0, le=1)]
Grade = Annotated[float, Field(ge=0, le=100)]
Kind = Literal["event", "survey", "ordinal", "percent", "other"]
PER_CENT = ("%", "percent", "per cent")
"""Units, in lower case, of an indicator whose kind is `percent`."""
AssumedError = Annotated[float, Field(gt=0, le=KNOWING_NOTHING)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dimension(Strict):
    """One dimension of the index."""

    label: str
    weight: float = Field(gt=0, le=1)


class Band(Strict):
    """One band of scores: low is inside, high belongs to the next band."""

    label: str
    low: float = Field(ge=0, le=100)
    high: float = Field(ge=0, le=100)


class BandScheme(Strict):
    """Bands from 0 to 100 without gap or overlap, worst first."""

    id: str
    bands: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _covers_the_scale(self) -> BandScheme:
        edges = [self.bands[0].low, *(band.high for band in self.bands)]
        lows = [*(band.low for band in self.bands), 100.0]
        if edges != lows or edges[0] != 0 or edges != sorted(set(edges)):
            raise ValueError("bands must rise from 0 to 100, each beginning where the one before it ends")
        return self


class Grading(Strict):
    """What Admiralty codes count for; a code without a number cannot be judged."""

    reliability: Mapping[str, Grade | None]
    credibility: Mapping[str, Grade | None]
    ungraded_weight: float = Field(gt=0, le=1)


class UnobservedComponents(Strict):
    """From when sources are calibrated against one another."""

    minimum_components: int = Field(ge=3)
    minimum_cells: int = Field(ge=2)
    minimum_error: float = Field(gt=0, le=100)


class Merging(Strict):
    """What ordinal indicators and the policies unobserved_components and adjudicated need."""

    disagreement_steps: float = Field(gt=0)
    unobserved_components: UnobservedComponents


class HistoryRule(Strict):
    """When the scatter of a series about its own trend says how sure its values are. `floor` is in points of the 0-100 scale."""

    window: int = Field(ge=3, le=40)
    minimum_points: int = Field(ge=4)
    floor: float = Field(gt=0, le=10)

    @model_validator(mode="after")
    def _fits_in_the_window(self) -> HistoryRule:
        if self.minimum_points > self.window:
            raise ValueError(f"minimum_points {self.minimum_points} do not fit into a window of {self.window} quarters")
        return self


class AssumedErrors(Strict):
    """Standard errors by kind of indicator where nothing else says one, and the drift of a quarter; points of the 0-100 scale."""

    event: AssumedError
    survey: AssumedError
    ordinal: AssumedError
    percent: AssumedError
    other: AssumedError
    drift: AssumedError

    @staticmethod
    def kind_of(derived_from: str | None, scale: str | None, unit: str) -> Kind:
        """The kind of an indicator: the first that fits."""
        source = derived_from or ""
        if source.startswith("event"):
            return "event"
        if source.startswith("survey_response"):
            return "survey"
        if scale == "ordinal":
            return "ordinal"
        return "percent" if unit.lower() in PER_CENT else "other"


class Uncertainty(Strict):
    """How a value gets its error, also where its reports state none.

    `prior_degrees`: for how many degrees of freedom of the differences between reports what else is known counts.
    """

    history: HistoryRule
    prior_degrees: int = Field(ge=1, le=100)
    assumed: AssumedErrors


class ChangePointRule(Strict):
    """From how many points of a window a change of level is looked for."""

    minimum_points: int = Field(ge=6, description="Points from which a change of level is looked for.")


class TrendRule(Strict):
    """When a series of scores counts as moving; without `change_point` (before STAB-1.2) no change of level is looked for."""

    window: int = Field(ge=2, description="Quarters that are looked at, the last one included.")
    minimum_points: int = Field(ge=5, description="Points below which there is no trend.")
    maximum_carried_share: Share = Field(
        description="A score of which more of the weight than this is carried is no point."
    )
    p: float = Field(gt=0, lt=1, description="Significance below which a direction or a change of level counts.")
    exact_up_to: int = Field(ge=2, le=30, description="Up to how many points without ties p is exact.")
    tie_correction: bool = Field(description="Whether equal scores reduce the variance of S.")
    change_point: ChangePointRule | None = Field(
        None, description="When a change of level is looked for; never where it is left out."
    )
    dead_band: float = Field(gt=0, description="Points per quarter up to which movement does not count.")
    strong: float = Field(ge=1, description="Dead-bands per quarter from which a movement is strong.")
    volatile: float = Field(
        gt=0,
        description="Dead-bands of median distance from the line above which a series without a direction is volatile.",
    )


class Method(Strict):
    """Every parameter of one method version.

    `alternatives` names other choices that were as reasonable; they change no score. STAB-1.0 has no `merging` and merges by the first three policies alone; without `uncertainty` (before STAB-1.2) a value
    whose reports state no error has none.
    """

    method_version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")
    title: str
    root: str
    dimensions: Mapping[str, Dimension] = Field(min_length=1)
    within: TwoLevelAggregation
    across: TwoLevelAggregation
    floor: float = Field(gt=0, le=100)
    coverage: Share
    interval_level: float = Field(gt=0, lt=1)
    merge_policy: MergePolicy
    disagreement_points: float = Field(ge=0, le=100)
    not_merged: tuple[str, ...]
    merging: Merging | None = None
    uncertainty: Uncertainty | None = None
    grading: Grading
    band_scheme: BandScheme
    trend: TrendRule
    alternatives: Alternatives = Alternatives()

    @field_validator("dimensions")
    @classmethod
    def _weights_add_up(cls, value: Mapping[str, Dimension]) -> Mapping[str, Dimension]:
        total = sum(dimension.weight for dimension in value.values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"weights of the dimensions must add up to 1, here {total:g}")
        return value

    @model_validator(mode="after")
    def _root_is_no_dimension(self) -> Method:
        if self.root in self.dimensions:
            raise ValueError(f"root `{self.root}` is also a dimension: give the whole a code of its own")
        return self

    @model_validator(mode="after")
    def _alternatives_fit(self) -> Method:
        if self.alternatives != Alternatives():
            from idtracker.model.methods.two_level import faults_of_method

            faults = list(faults_of_method(self))
            if faults:
                raise StructureError(faults)
        return self

    @model_serializer(mode="wrap")
    def _as_stated(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Alternatives only where there are any: a method without is written as it was before they could be named."""
        written: dict[str, Any] = write(self)
        if self.alternatives == Alternatives():
            written.pop("alternatives", None)
        return written

    @property
    def interval_z(self) -> float:
        """Half-width of the interval in standard errors, to three decimals as tables print it: 1.645 for 90 %."""
        return round(NormalDist().inv_cdf((1 + self.interval_level) / 2), 3)

    def is_covered(self, share: pd.Series) -> pd.Series:
        """Whether enough of the weight is present; shares that are equal on paper are equal here (12 decimals)."""
        return share.round(12) >= round(self.coverage, 12)


def load_method(path: Path = BUNDLED) -> Method:
    """The method of a file; DefinitionError with file, line and key where it is wrong."""
    document = read_definition(path)
    try:
        return Method.model_validate(document.data)
    except ValidationError as problem:
        raise DefinitionError(
            [
                f"{path}:{document.line_of(loc)}: {'.'.join(map(str, loc)) or 'method'}: {message}"
                for error in problem.errors()
                for loc, message in _faults(error)
            ]
        ) from problem


def _faults(error: ErrorDetails) -> list[tuple[tuple[str | int, ...], str]]:
    inner = error.get("ctx", {}).get("error")
    return inner.faults if isinstance(inner, StructureError) else [(error["loc"], error["msg"])]
