"""One framework: its stages, functions, elements and key performance questions, each with its evidence. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.config.values import Strict, Text
from idtracker.model.framework.composite import StageComposite

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", description="Capitals, digits and _, such as K1 or ANALYSE.")]
PROGRAMME = "programme"


class Label(Strict):
    """A text as people read it."""

    en: Text = Field(description="In English.")
    ar: Text = Field(description="In Arabic.")


class Stage(Strict):
    """A stage of the intervention cycle."""

    code: Code
    label: Label
    activity_status: list[Text] = Field(
        default_factory=list, description="Codes of the IATI codelist ActivityStatus that the stage corresponds to."
    )


class Function(Strict):
    """What the framework is for."""

    code: Code
    label: Label


class Series(Strict):
    """One series of figures that questions and elements name as evidence."""

    code: Text | None = Field(None, description="Name by which it is cited; left out: the metric's.")
    metric: Text = Field(description="Metric, such as IM-27.")
    measure: Text = Field("value", description="Which figure of the metric.")
    scope: Text = Field(
        PROGRAMME,
        description="What the figure is about: `programme`, a component such as `barrier=B1`, or `scheme=*` for each that is measured.",
    )
    interval: Literal["counts"] | None = Field(
        None,
        description="`counts`: the figure is a share of units that may be taken as independent of each other, so that its counts give "
        "an interval. Left out: only an interval that the metric states is used.",
    )
    is_change: bool = Field(False, description="The figure is itself a change since the baseline, not a level.")

    @property
    def name(self) -> str:
        return self.code or self.metric


class Group(Strict):
    """A group of elements under one heading."""

    code: Code
    label: Label


class Element(Strict):
    """An element that metrics speak of: a point of a definition, a barrier, a use, a tier of effect."""

    code: Code
    group: Code = Field(description="Group that it stands in.")
    label: Label
    states: Literal["level", "change"] = Field(
        "level", description="`change`: its evidence is change since the baseline alone, never a level."
    )
    evidence: list[Text] = Field(description="Names of series.")


class Question(Strict):
    """A key performance question."""

    code: Code
    stage: Code = Field(description="Stage at which it is reviewed.")
    function: Code | None = Field(None, description="Function of the framework that it serves.")
    label: Label
    evidence: list[Text] = Field(description="Names of series.")


class Framework(Strict):
    """A whole file: a released version is never edited, a changed one has another version."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$", description="Identifier, such as IDF.")]
    version: Text = Field(description="Version of this framework.")
    title: Label
    source: Text = Field(description="Where it comes from.")
    stages: list[Stage] = Field(min_length=1, description="Stages in the order of the cycle.")
    functions: list[Function] = Field(default_factory=list, description="Functions of the framework.")
    evidence: list[Series] = Field(min_length=1, description="Series of figures.")
    groups: list[Group] = Field(default_factory=list, description="Groups of elements, in order.")
    elements: list[Element] = Field(default_factory=list, description="Elements, in order.")
    questions: list[Question] = Field(min_length=1, description="Key performance questions, in order.")
    composite: StageComposite | None = Field(
        None, description="An optional number per stage; refused without who agreed its goalposts and when."
    )

    def series(self) -> dict[str, Series]:
        """Every series by its name."""
        return {series.name: series for series in self.evidence}

    def subjects(self) -> Iterator[Question | Element]:
        """What has evidence: questions, then elements, in order."""
        yield from self.questions
        yield from self.elements
