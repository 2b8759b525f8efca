"""Which methods a programme names: one that makes its scores, and others that are published beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from idtracker.model.config.values import Strict, Text, fault


class MethodChoice(Strict):
    """The methods of a programme by name: that of a file in `_methods`, or of one that ships with the package."""

    headline: Text | None = Field(
        None, description="Method that makes the scores and trends; left out: the tracker's own latest."
    )
    also: list[Text] = Field(default_factory=list, description="Methods whose scores are published beside them.")
    earlier: list[Text] = Field(
        default_factory=list,
        description="Earlier versions of the headline: their scores stay published, over all quarters, marked as earlier.",
    )

    @model_validator(mode="after")
    def _each_once(self) -> MethodChoice:
        named = [name.casefold() for name in (self.headline, *self.also, *self.earlier) if name]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise fault(f"`{twice[0]}` is named twice: name each method once", "also")
        return self


def _short(value: Any) -> Any:
    """`method: X` is short for `method: {headline: X}`."""
    return value if value is None or isinstance(value, Mapping | MethodChoice) else {"headline": value}


Choice = Annotated[MethodChoice, BeforeValidator(_short, json_schema_input_type=MethodChoice | str)]
