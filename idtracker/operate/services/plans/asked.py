"""What a plan is asked, from a small file and from options; an option stands over the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from idtracker.analyse.effect.cells import ARMS
from idtracker.model.config.definition_file import hold_against
from idtracker.model.config.values import Strict, Text
from idtracker.model.errors import DefinitionError, UsageError

Four = tuple[float, float, float, float]


class ByArm(Strict):
    """One number for each arm."""

    neither: float = Field(description="Places in which neither is at work.")
    a: float = Field(description="Places of the first alone.")
    b: float = Field(description="Places of the second alone.")
    both: float = Field(description="Places of both.")

    @property
    def four(self) -> Four:
        return (self.neither, self.a, self.b, self.both)


class PlanAsked(Strict):
    """A plan as it is asked: every number in the unit of the outcome, of the costs, or without a unit."""

    outcome: Text | None = Field(None, description="What is measured, for the heading.")
    effect: float | None = Field(None, description="Effect to show, in the unit of the outcome.")
    places: int | None = Field(None, description="Places that can take part.")
    noise: float | ByArm | None = Field(None, description="Standard deviation of one place in one period, by arm.")
    cost: float | ByArm | None = Field(None, description="Cost of one place for one period, by arm.")
    budget: float | None = Field(None, description="What it may cost in all.")
    periods: int = Field(1, description="Quarters that it may last.")
    waves: int = Field(2, description="Waves in which places begin, in staggered designs.")
    icc: float | None = Field(None, description="Share of the variance that a place keeps over all quarters, 0 to 1.")
    autocorrelation: float | None = Field(None, description="Of what changes, from quarter to quarter, 0 to below 1.")
    from_indicator: Text | None = Field(None, description="Indicator, or result indicator, whose past shows the noise.")
    activity: Text | None = Field(None, description="Activity of the result indicator.")


def asked(file: Path | None, options: Mapping[str, Any]) -> PlanAsked:
    """The plan of a YAML file (None: of none) and of the options that were given.

    DefinitionError with one line per problem of the file, UsageError where the file cannot be read.
    """
    given = {name: value for name, value in options.items() if value is not None}
    if file is None:
        return PlanAsked.model_validate(given)
    try:
        plan, problems = hold_against(file, file.name, PlanAsked)
    except OSError as problem:
        raise UsageError(f"{file}: the plan cannot be read ({problem.strerror}): check the path.") from problem
    if plan is None:
        raise DefinitionError(problems)
    return plan.model_copy(update=given)


def by_arm(words: Sequence[str], option: str) -> float | ByArm | None:
    """`4`, or four of `ARM=4`, as they are typed after an option; None where none is. UsageError for anything else."""
    if not words:
        return None
    pairs = [word.partition("=") for word in words]
    try:
        if len(words) == 1 and not pairs[0][1]:
            return float(words[0])
        values = {arm.strip(): float(value) for arm, mark, value in pairs if mark}
    except ValueError as problem:
        raise UsageError(f"{option}: {problem}.") from problem
    if sorted(values) != sorted(ARMS) or len(words) != len(ARMS):
        raise UsageError(
            f"{option}: give one number, or one for each arm, such as `{option} both=3`: {', '.join(ARMS)}."
        )
    return ByArm(**values)


def four(value: float | ByArm) -> Four:
    """A number for each arm, in the order of ARMS."""
    return value.four if isinstance(value, ByArm) else (value, value, value, value)
