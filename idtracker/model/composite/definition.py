"""The definition of one index: indicators, a tree of any depth, defaults per level, bands and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from idtracker.model.composite.alternatives import Alternatives, NormalisationChoice
from idtracker.model.composite.node import Node, NodeRules
from idtracker.model.composite.normalisation import Normalisation, OfRegister
from idtracker.model.composite.preparation import Denominator, Limits, Missing, Transform, Treatment
from idtracker.model.composite.structure import StructureError, faults_of
from idtracker.model.composite.tree import Tree, tree_of
from idtracker.model.composite.values import Code, Direction, Number, Range, Rounding, Strict
from idtracker.model.method import TrendRule


class IndicatorRules(Strict):
    """What happens to an indicator, in this order. What it does not state it takes from `indicator_defaults`."""

    denominator: Denominator | None = None
    """Column it is divided by: per head, per area."""
    limits: Limits | None = None
    """Values beyond them count as the limit."""
    missing: Missing | None = None
    """What stands in for a missing value; nothing where nobody says."""
    transform: Transform | None = None
    """A fixed function such as log; goalposts, targets and stated ends go through it as well."""
    treatment: Treatment | None = None
    """Against outliers; none where nobody says."""
    normalise: Normalisation | None = None
    """How it comes onto the common scale; `none` where it is on it already."""
    scale: Range | None = None
    """Target scale of a normalisation that does not state its own, such as [0, 100]."""
    direction: Direction | None = None
    """1 (default): more raises the index; -1: more lowers it."""
    round: Rounding | None = None
    """Rounding of the normalised value."""


class Indicator(IndicatorRules):
    """One column of the data and what it becomes."""

    label: str
    """Name for readers."""
    unit: str = ""
    """Unit of the data, such as years or US dollars."""
    source: str = ""
    """Where its figures come from."""
    column: str | None = None
    """Heading in the data where that is not the code."""
    constant: Number | None = None
    """One value for every unit instead of a column, such as the 1 that an index holds others against."""
    weight: Annotated[Number, Field(ge=0)] | None = None
    """Weight in its node."""
    shared: bool = False
    """It stands in several nodes on purpose."""


class Band(Strict):
    """One band. A missing end is open."""

    label: str
    """Name for readers."""
    low: Number | None = None
    """Lower end; open where it is missing."""
    high: Number | None = None
    """Upper end; open where it is missing."""


class Bands(Strict):
    """Bands of a node's values, lowest first, without gap or overlap."""

    node: str | None = None
    """Which node; the root where nobody says."""
    closed: Literal["low", "high"] = "low"
    """low: [low, high), the top band includes its upper end; high: (low, high], the bottom one its lower end."""
    round: Rounding | None = None
    """Values are rounded before they are put into a band."""
    percentiles: bool = False
    """Ends are percentiles (0 to 100) of the units instead of values: quarters, fifths."""
    classes: tuple[Band, ...] = Field(min_length=1)
    """The bands, lowest first."""

    @field_validator("classes")
    @classmethod
    def _rise(cls, value: tuple[Band, ...]) -> tuple[Band, ...]:
        edges = [(a.high, b.low) for a, b in pairwise(value)]
        if any(high is None or high != low for high, low in edges):
            raise ValueError("each band must begin where the one before it ends")
        inner = [value[0].low, *(high for high, _ in edges), value[-1].high]
        stated = [edge for edge in inner if edge is not None]
        if stated != sorted(set(stated)):
            raise ValueError("bands must rise")
        return value

    @model_validator(mode="after")
    def _percentiles_are_shares(self) -> Bands:
        ends = [end for band in self.classes for end in (band.low, band.high) if end is not None]
        if self.percentiles and not all(0 <= end <= 100 for end in ends):
            raise ValueError("percentiles stand between 0 and 100")
        return self


class Ranking(Strict):
    """How units are ranked on a node."""

    order: Literal["high_first", "low_first"] = "high_first"
    """high_first: rank 1 has the highest value."""
    ties: Literal["min", "average", "max", "dense"] = "min"
    """Which rank units with one value share."""
    within: str | None = None
    """Column of the data, such as a year: ranks are taken inside each of its values."""


class DataColumns(Strict):
    """Columns of the data that are no indicators."""

    unit: str | None = None
    """Column that names the units; the first one where nobody says."""
    period: str | None = None
    """Column that names periods, where a unit has several rows; they are ordered as text or numbers."""


class Index(Strict):
    """One version of one index."""

    method_version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Name of this version: a change of any parameter is a new one."""
    title: str = Field(min_length=1)
    """Name for readers."""
    source: str = Field(min_length=1)
    """The public document that states the method."""
    note: str = ""
    """What a reader should know, such as what this file cannot say."""
    data: DataColumns = DataColumns()
    indicator_defaults: IndicatorRules = IndicatorRules()
    """Rules of every indicator that does not state its own."""
    indicators: Mapping[Code, Indicator] = Field(min_length=1)
    """Columns of the data by their codes."""
    defaults: NodeRules = NodeRules()
    """Rules of every node that neither states its own nor has them from its level."""
    levels: tuple[NodeRules, ...] = ()
    """Rules by level: the first is the root's, the second that of its children, and so on."""
    tree: Node
    """The root with everything below it."""
    nodes: tuple[Node, ...] = ()
    """Nodes that the tree names by their code, for long files and for nodes that are used twice."""
    bands: tuple[Bands, ...] = ()
    """Bands of the root, or of a node that is named."""
    rank: Ranking = Ranking()
    """How units are ranked on every node."""
    alternatives: Alternatives = Alternatives()
    """Other choices that were as reasonable; they change no score, and draws try them."""
    trend: TrendRule | None = None
    """How the trends of its scores are judged where it makes those of a programme; without it as the tracker's own method does."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Index:
        faults = faults_of(self)
        if faults:
            raise StructureError(faults)
        return self

    @cached_property
    def hierarchy(self) -> Tree:
        """The tree with every rule filled in, children before parents."""
        return tree_of(self)

    def rules_of(self, code: str) -> IndicatorRules:
        """Rules of one indicator with the defaults filled in."""
        own = self.indicators[code]
        stated = {name: getattr(self.indicator_defaults, name) for name in self.indicator_defaults.model_fields_set}
        names = IndicatorRules.model_fields
        stated |= {name: getattr(own, name) for name in own.model_fields_set if name in names}
        return IndicatorRules.model_construct(**stated)

    def rules_under(self, code: str, choice: NormalisationChoice) -> IndicatorRules:
        """Rules of one indicator under another choice: what the choice does not state is as the indicator has it.

        The goalposts of the register are on the tracker's scale by themselves: they take nothing from the indicator.
        """
        own = self.rules_of(code)
        is_register = isinstance(choice.normalise, OfRegister)
        stated = {} if is_register else {name: getattr(own, name) for name in own.model_fields_set}
        stated |= {name: getattr(choice, name) for name in choice.model_fields_set}
        return IndicatorRules.model_construct(**stated)

    def column_of(self, code: str) -> str:
        """Heading of an indicator's column in the data."""
        return self.indicators[code].column or code
