"""The series of figures that a framework names as evidence, quarter by quarter, each with its change since the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from idtracker.analyse.framework.intervals import (
    Change,
    Figure,
    change_of,
    direction_of,
    point_direction_of,
    stated_change,
)
from idtracker.analyse.metrics.culture.baseline import first_with
from idtracker.analyse.metrics.registry import Metric, metric_of
from idtracker.model.framework.definition import Framework, Series
from idtracker.model.marking import Marking, marking_of

EACH = "=*"
"""Ends a scope that stands for each that is measured."""
_READ = ["metric_id", "measure", "scope", "period", "value", "lower", "upper", "numerator", "denominator", "n"]
_ALSO = ["suppressed_reason", "classification", "releasable_to"]
Known = Mapping[str, Mapping[str, Any]]
"""The figures of one series by quarter."""


@dataclass(frozen=True, slots=True)
class Point:
    """One series in one quarter: its columns in the table, and the markings of the figures behind it."""

    evidence_code: str
    metric_id: str
    scope: str
    period: str
    is_measured: bool
    columns: Mapping[str, object]
    markings: tuple[Marking, ...]

    @property
    def direction(self) -> str:
        return str(self.columns["direction"])

    @property
    def has_value(self) -> bool:
        return self.columns["value"] is not None


def series_points(
    framework: Framework, values: pd.DataFrame, periods: Sequence[str], baseline: str | None = None
) -> dict[str, list[Point]]:
    """Every series of a framework by its name: a point for each quarter, and for each scope that it stands for.

    `values` are the metric values that are known; of a series that none of them belongs to, each point says so. `baseline` is the
    quarter that the programme names; where it names none, the first with a value is that of a series.
    """
    known = _by_series(framework, values)
    return {series.name: list(_points(series, known, periods, baseline)) for series in framework.evidence}


def _by_series(
    framework: Framework, values: pd.DataFrame
) -> dict[tuple[str, str], dict[str, dict[str, dict[str, Any]]]]:
    """Metric and measure -> scope -> quarter -> figure, of those that the framework names."""
    named = pd.DataFrame({(s.metric, s.measure) for s in framework.evidence}, columns=["metric_id", "measure"])
    chosen = values[[*_READ, *_ALSO]].merge(named, on=["metric_id", "measure"]).astype("object")
    by_series: dict[tuple[str, str], dict[str, dict[str, dict[str, Any]]]] = {}
    for row in chosen.where(chosen.notna(), None).to_dict("records"):
        figures = by_series.setdefault((str(row["metric_id"]), str(row["measure"])), {})
        figures.setdefault(str(row["scope"]), {})[str(row["period"])] = {str(k): v for k, v in row.items()}
    return by_series


def _points(
    series: Series, known: Mapping[tuple[str, str], Mapping[str, Known]], periods: Sequence[str], baseline: str | None
) -> Iterator[Point]:
    by_scope = known.get((series.metric, series.measure), {})
    metric = metric_of(series.metric)
    for scope in _scopes(series.scope, by_scope):
        figures = by_scope.get(scope, {})
        stated = [code for code in sorted(figures) if figures[code]["value"] is not None]
        for period in periods:
            named = [baseline] if baseline in stated else []
            then = first_with(named if baseline else stated, lambda _: True, period) if not series.is_change else None
            yield _point(series, metric, scope, period, figures.get(period), figures[then] if then else None)


def _scopes(scope: str, measured: Iterable[str]) -> list[str]:
    """The scopes that a scope stands for; itself where it is one, or where none is measured."""
    if not scope.endswith(EACH):
        return [scope]
    label = scope.removesuffix("*")
    return sorted(one for one in measured if one.startswith(label) and ";" not in one) or [scope]


def _point(
    series: Series,
    metric: Metric,
    scope: str,
    period: str,
    now: Mapping[str, Any] | None,
    then: Mapping[str, Any] | None,
) -> Point:
    better, change = metric.direction_of(series.measure), _change(series, now, then)
    value = now["value"] if now else None
    compared = "UNKNOWN" if change is None else direction_of(change, better)
    columns = {
        **{name: now[name] if now else None for name in ("value", "lower", "upper", "n", "suppressed_reason")},
        "unit": metric.unit_of(series.measure),
        "measure": series.measure,
        "baseline_period": then["period"] if then else None,
        "baseline_value": then["value"] if then else None,
        "change": change.change if change else None,
        "change_lower": change.lower if change else None,
        "change_upper": change.upper if change else None,
        "interval_basis": change.basis if change else "NONE",
        "direction": "MISSING" if value is None else compared,
        "point_direction": point_direction_of(change, better) if change else None,
    }
    markings = tuple(marking_of(row["classification"], row["releasable_to"]) for row in (now, then) if row)
    return Point(series.name, series.metric, scope, period, now is not None, columns, markings)


def _change(series: Series, now: Mapping[str, Any] | None, then: Mapping[str, Any] | None) -> Change | None:
    """The change since the baseline; None where one of the two figures is missing."""
    if now is None or now["value"] is None:
        return None
    if series.is_change:
        return stated_change(_figure(now))
    return change_of(_figure(now), _figure(then), series.interval == "counts") if then else None


def _figure(row: Mapping[str, Any]) -> Figure:
    value, lower, upper, numerator, denominator = (
        row[name] for name in ("value", "lower", "upper", "numerator", "denominator")
    )
    return Figure(value, lower, upper, numerator, denominator, int(row["n"]))
