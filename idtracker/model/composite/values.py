"""What the parts of a definition share: strict models, exact numbers, target scales and rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
"""A short name of a node or indicator: also the heading of its column in the data."""
TOLERANCE = 1e-9


class Strict(BaseModel):
    """Unknown keys are refused; a definition does not change once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


def _exact(value: object) -> object:
    """`2/3` is exact where 0.6667 would be another rule."""
    if isinstance(value, bool):
        raise ValueError("expected a number or a fraction such as 2/3")
    if isinstance(value, str):
        try:
            return float(Fraction(value.strip()))
        except (ValueError, ZeroDivisionError, OverflowError) as problem:
            raise ValueError("expected a number or a fraction such as 2/3") from problem
    return value


Number = Annotated[float, BeforeValidator(_exact, json_schema_input_type=float | str)]
Share = Annotated[Number, Field(ge=0, le=1)]
Positive = Annotated[Number, Field(gt=0)]
Direction = Literal[1, -1]


def _rising(value: tuple[float, float]) -> tuple[float, float]:
    if not value[0] < value[1]:
        raise ValueError(f"the first number must be below the second, here {value[0]:g} and {value[1]:g}")
    return value


Range = Annotated[tuple[Number, Number], AfterValidator(_rising)]
"""Two numbers, the lower one first, such as [0, 100]."""
UNIT_RANGE = (0.0, 1.0)


class Rounding(Strict):
    """To how many decimals, and which way a half goes. A bare number means decimals, halves away from zero."""

    decimals: Annotated[int, Field(ge=-9, le=12)]
    """Decimals that are kept; below zero, tens and hundreds."""
    mode: Literal["half_up", "half_even", "down", "up"] = "half_up"
    """half_up as spreadsheets do (away from zero), half_even as banks do, down towards zero, up away from it."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"decimals": value} if isinstance(value, int) and not isinstance(value, bool) else value
