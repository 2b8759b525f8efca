"""The registry: one decorated function per metric, and everything that is said about it.

A metric function takes the inputs and a quarter and yields figures with the units behind them; what it means, where
it comes from and when it is withheld stands in its decorator and fills the catalogue.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, Unpack

from idtracker.analyse.metrics.scopes.declared import SCOPES, Scopes, read_for_scopes
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.messages import Lang, phrase

if TYPE_CHECKING:
    from idtracker.analyse.metrics.inputs import Inputs
    from idtracker.analyse.metrics.metric_result import MetricResult
    from idtracker.analyse.metrics.quarter import Quarter

    Compute = Callable[[Inputs, Quarter], Iterable[MetricResult]]

AS_IS = "_as_is"
Gathers = Literal["rows", "activities", "markings", "presence", "joint"]
Direction = Literal["higher", "lower", "none"]
"""Which values are better; `none` where neither are."""
_registered: dict[str, Metric] = {}


@dataclass(frozen=True, slots=True)
class Metric:
    """One integration metric.

    `measures` says what each figure is, `measure_units` the unit of those that differ from `unit`, `measure_directions`
    which values of those are better that differ from `direction`;
    `minimum_denominator` is the number of units below which a value is withheld; `has_as_is` adds every measure again
    with mergers applied to the past (`…_as_is`); `inputs` names every table and column that can change a figure; a row
    concerns no quarter that ends before its first day, but for which different values (combinations of them) the columns
    in `existence_columns` hold at all; of the tables in `versions` every version known by then is read, not what is known then alone;
    `gathers` what is gathered of its inputs in the database, so that long tables are
    not read row by row; `observed_quarters` is how many quarters, its own the last of them, all observations meet that it reads (0: any); `detail` is the docstring of `compute`.
    """

    id: str
    compute: Compute
    detail: str
    family: str
    name: str
    name_ar: str
    question: str
    formula: str
    unit: str
    direction: Direction
    denominator: str
    inputs: Mapping[str, Sequence[str]]
    source: str
    measures: Mapping[str, str]
    limitations: str
    elements: Sequence[str] = ()
    kpqs: Sequence[str] = ()
    measure_units: Mapping[str, str] = field(default_factory=dict)
    measure_directions: Mapping[str, Direction] = field(default_factory=dict)
    minimum_denominator: int = 5
    has_as_is: bool = False
    existence_columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    versions: Sequence[str] = ()
    gathers: Gathers = "rows"
    observed_quarters: int = 0
    version: str = "1"

    @property
    def scopes(self) -> Scopes:
        """Of which scopes it is given, and why not of the others."""
        return SCOPES[self.id]

    def unit_of(self, measure: str, lang: Lang = "en") -> str:
        unit = self.measure_units.get(measure.removesuffix(AS_IS), self.unit)
        return unit if lang == "en" else phrase("analyse/metrics/units", unit, lang)

    def named(self, lang: Lang) -> str:
        return self.name_ar if lang == "ar" else self.name

    def asked(self, lang: Lang) -> str:
        """The question that it answers."""
        return self.question if lang == "en" else phrase("analyse/metrics/questions", self.id, lang)

    def direction_of(self, measure: str) -> Direction:
        return self.measure_directions.get(measure.removesuffix(AS_IS), self.direction)

    def all_measures(self) -> dict[str, str]:
        """Every measure that is published, with its meaning."""
        measures = dict(self.measures)
        if self.has_as_is:
            measures |= {
                f"{m}{AS_IS}": f"{text}, with mergers applied to the past" for m, text in self.measures.items()
            }
        return measures


class MetricKeywords(TypedDict):
    """What a decorator says about its metric, as in Metric."""

    family: str
    name: str
    name_ar: str
    question: str
    formula: str
    unit: str
    direction: Direction
    denominator: str
    inputs: Mapping[str, Sequence[str]]
    source: str
    measures: Mapping[str, str]
    limitations: str
    elements: NotRequired[Sequence[str]]
    kpqs: NotRequired[Sequence[str]]
    measure_units: NotRequired[Mapping[str, str]]
    measure_directions: NotRequired[Mapping[str, Direction]]
    minimum_denominator: NotRequired[int]
    has_as_is: NotRequired[bool]
    existence_columns: NotRequired[Mapping[str, Sequence[str]]]
    versions: NotRequired[Sequence[str]]
    gathers: NotRequired[Gathers]
    observed_quarters: NotRequired[int]
    version: NotRequired[str]


def metric(metric_id: str, **keywords: Unpack[MetricKeywords]) -> Callable[[Compute], Compute]:
    """Register the function below as the metric `metric_id`. DefinitionError where the identifier is taken."""

    def register(compute: Compute) -> Compute:
        if metric_id in _registered:
            raise DefinitionError([f"metric {metric_id} is defined twice: {compute.__module__}.{compute.__name__}"])
        detail = " ".join((compute.__doc__ or "").split())
        if metric_id not in SCOPES:
            raise DefinitionError([f"metric {metric_id} does not say of which scopes it is given (scopes/declared.py)"])
        stated = Metric(id=metric_id, compute=compute, detail=detail, **keywords)
        _registered[metric_id] = replace(stated, inputs=_with_scopes(stated))
        return compute

    return register


def _with_scopes(stated: Metric) -> dict[str, Sequence[str]]:
    """The inputs of a metric, and what its scopes read beside them."""
    read = read_for_scopes(stated.id)
    inputs: dict[str, Sequence[str]] = {
        table: [*dict.fromkeys([*columns, *read.pop(table, ())])] for table, columns in stated.inputs.items()
    }
    inputs.update(read)
    return inputs


def metrics() -> dict[str, Metric]:
    """Every metric of the modules in `families`, by identifier, in order."""
    _import_families()
    return {key: _registered[key] for key in sorted(_registered)}


@cache
def _import_families() -> None:
    from idtracker.analyse.metrics import families as modules

    for module in walk_packages(modules.__path__, f"{modules.__name__}."):
        import_module(module.name)


def families() -> list[str]:
    """Names of the families, in the order of their metrics."""
    return list(dict.fromkeys(m.family for m in metrics().values()))


def family(name: str) -> list[Metric]:
    """The metrics of one family; UsageError with the nearest name where there is none."""
    members = [m for m in metrics().values() if m.family == name]
    if not members:
        raise UsageError(f"There is no metric family {name!r}{_nearest(name, families())}")
    return members


def metric_of(metric_id: str) -> Metric:
    """One metric; UsageError with the nearest identifier where there is none."""
    known = metrics()
    if metric_id not in known:
        raise UsageError(f"There is no metric {metric_id!r}{_nearest(metric_id, list(known))}")
    return known[metric_id]


def _nearest(typed: str, known: list[str]) -> str:
    close = difflib.get_close_matches(typed.upper(), [k.upper() for k in known], n=1, cutoff=0.5)
    names = {k.upper(): k for k in known}
    return f"; did you mean {names[close[0]]!r}?" if close else f"; there are: {', '.join(known)}."
