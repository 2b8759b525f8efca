"""What `method list`, `check` and `compute` print."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Share

Kind = Literal["index", "tracker"]
Where = Literal["shipped", "programme", "file"]
Stage = Literal["denominated", "imputed", "treated", "normalised", "nodes", "weights"]


class ListedMethod(Document):
    """one method"""

    name: str = Field(description="name by which commands know it: that of its file")
    kind: Kind = Field(description="index: a tree of any depth; tracker: the method of this tracker's own scores")
    where: Where = Field(description="shipped with the package, or kept by the programme in sources/_methods")
    role: Literal["headline", "also", "earlier"] | None = Field(
        default=None,
        description="what it does in this programme: makes the scores, stands beside them; null where neither",
    )
    indices: list[str] = Field(
        default_factory=list, description="indices of programme.yml that it works out on their data files, by every run"
    )
    method_version: str | None = Field(description="version; null where the definition is wrong")
    title: str | None = Field(description="title; null where the definition is wrong")
    file: str = Field(description="file of its definition")
    problems: list[str] = Field(description="what is wrong with it, each with file and line")


class MethodList(Document):
    """The methods that are at hand."""

    methods: list[ListedMethod] = Field(description="those of the programme first, then those shipped")


class MethodNode(Document):
    """one node or indicator of the tree"""

    code: str = Field(description="code")
    label: str = Field(description="name for readers")
    kind: Literal["node", "indicator"] = Field(description="what it is")
    parent: str | None = Field(description="node that it stands in; null for the root")
    depth: Count = Field(description="levels above it: 0 for the root")
    weight: float | None = Field(description="weight in its parent; null where it comes from the data")
    effective_weight: float | None = Field(
        description="weight in the root, by all of its parents; null where a weight above it comes from the data"
    )
    words: str = Field(description="what is done to it, or to its children")


class MethodFinding(Document):
    """one finding"""

    rule: str = Field(description="rule")
    severity: Literal["error", "warning"] = Field(description="error: something stays empty; warning: to be looked at")
    where: str = Field(description="node or indicator; empty where it is about the data as a whole")
    unit: str = Field(description="unit; empty where it is about all of them")
    message: str = Field(description="what was found")
    remedy: str = Field(description="what to do")


class CorrelatedPair(Document):
    """one pair of indicators that say nearly the same"""

    first: str = Field(description="indicator")
    second: str = Field(description="indicator")
    correlation: float = Field(description="Pearson's correlation of the normalised values")


class MethodCheck(Document):
    """A method in words, and what is wrong with it."""

    name: str = Field(description="name of the method")
    kind: Kind | None = Field(description="index or tracker; null where the definition is wrong")
    method_version: str | None = Field(description="version; null where the definition is wrong")
    title: str | None = Field(description="title; null where the definition is wrong")
    source: str | None = Field(description="public document that states the method; null where none is named")
    note: str = Field(description="what a reader should know; may be empty")
    tree: list[MethodNode] = Field(
        description="nodes and indicators, each below its parents; a node that is shared is unfolded once"
    )
    alternatives: list[str] = Field(description="other choices that draws try, in words; empty where none is declared")
    trend: list[str] = Field(
        description="how the method judges trends, in words of the language asked for; empty where its file does not say"
    )
    problems: list[str] = Field(description="what is wrong with the definition, each with file and line")
    alphas: dict[str, float | None] = Field(
        description="node -> Cronbach's alpha of its children, with --data; null where it is not defined"
    )
    correlated: list[CorrelatedPair] = Field(description="pairs beyond 0.9, with --data, the closest first")
    findings: list[MethodFinding] = Field(description="what the data, or the tree itself, call for a word on")


class ComputedUnit(Document):
    """one unit, or one unit in one period"""

    unit: str = Field(description="unit as the data name it")
    period: str | None = Field(description="period; null where the data have none")
    values: dict[str, float | None] = Field(
        description="code -> value at the stage asked for; null where a finding says why"
    )
    rank: float | None = Field(description="rank on the root; null without a value")
    band: str | None = Field(description="band of the root; null where there is none")
    coverage: Share = Field(description="share of the root's weight that rests on a value")


class MethodComputed(Document):
    """An index computed for every unit of a file."""

    method_version: str = Field(description="version of the method")
    root: str = Field(description="code of the root")
    stage: Stage = Field(description="which stage the values are of")
    weights: dict[str, dict[str, float]] = Field(description="node -> child -> weight in it where all are there")
    units: list[ComputedUnit] = Field(description="one for each row that could be used")
    findings: list[MethodFinding] = Field(description="what stays empty or asks to be looked at")
