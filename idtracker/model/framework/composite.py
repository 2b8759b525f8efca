"""An optional composite of a framework's figures by stage: goalposts and weights that stakeholders agreed. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from idtracker.model.config.values import Strict, Text


class Goalposts(Strict):
    """One figure of the composite: the value that counts 0, the value that counts 100, and its weight in a stage."""

    series: Text = Field(description="Name of a series of `evidence` of one scope.")
    worst: float = Field(description="Value that counts 0, in the figure's unit; above `best` where less is better.")
    best: float = Field(description="Value that counts 100.")
    weight: float = Field(1, gt=0, description="Weight among the figures of a stage.")


class StageComposite(Strict):
    """A number from 0 to 100 per stage, which is not given without who agreed its goalposts and when."""

    agreed_by: list[Text] = Field(
        default_factory=list, description="Organisations or bodies that agreed goalposts and weights."
    )
    agreed_on: date | None = Field(None, description="Day on which they did.")
    aggregation: Literal["arithmetic", "geometric"] = Field(
        "arithmetic",
        description="Mean of a stage's figures; the geometric one lets a high figure make up less for a low one.",
    )
    figures: list[Goalposts] = Field(min_length=1, description="Figures that enter; all others are left out.")


def refusals_of(composite: StageComposite, scopes: Mapping[str, str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Why a composite is refused: where in its block, and the reason. `scopes` are those of the usable series by name."""
    if not composite.agreed_by:
        yield ("agreed_by",), "who agreed goalposts and weights is not stated"
    if composite.agreed_on is None:
        yield ("agreed_on",), "when goalposts and weights were agreed is not stated"
    for n, figure in enumerate(composite.figures):
        if figure.series not in scopes:
            yield ("figures", n, "series"), f"there is no usable series `{figure.series}` under `evidence`"
        elif scopes[figure.series].endswith("=*"):
            yield ("figures", n, "series"), f"`{figure.series}` has a figure for each scope; a composite needs one"
        if figure.series in {other.series for other in composite.figures[:n]}:
            yield ("figures", n, "series"), f"`{figure.series}` stands here a second time"
        if figure.worst == figure.best:
            yield ("figures", n, "best"), "`worst` and `best` are equal: nothing lies between them"
