"""Metrics to published figures: every metric in every quarter, with its suppression and its unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs, Mode
from idtracker.analyse.metrics.known.delivered import Delivered
from idtracker.analyse.metrics.known.marked import Marked
from idtracker.analyse.metrics.known.presence import Presence
from idtracker.analyse.metrics.metric_result import MetricResult
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import AS_IS, Metric, family, metric_of, metrics
from idtracker.analyse.metrics.scopes.parts import with_parts
from idtracker.model.errors import DefinitionError
from idtracker.model.marking import HIGHEST
from idtracker.model.tables import TABLES, columns_of, conform_types

PERCENT = "%"


def measure(
    facts: Mapping[str, pd.DataFrame],
    reference: Mapping[str, pd.DataFrame],
    periods: Sequence[str],
    as_of: pd.Timestamp,
    family: str | None = None,
    metric_ids: Sequence[str] | None = None,
    *,
    organisations: Mode = "as_was",
    delivered: Delivered | None = None,
    marked: Marked | None = None,
    presence: Presence | None = None,
    baseline: str | None = None,
) -> pd.DataFrame:
    """The metric values of the quarters `periods`: canonical MetricValue, one row per metric, measure, scope and quarter.

    `facts` hold the rows known at `as_of` by table name, derived and operational tables (merged_cell, obligation)
    among them. Without `family` and `metric_ids` every metric is measured. In mode `as_was` a metric that mergers
    touch is also given with every merger applied to the past, as `<measure>_as_is`. `delivered` says who
    delivers what where, `presence` who is where and `marked` what is marked how where that is not in `facts`. What the figures themselves are marked
    is not worked out here (see known/behind.py): they bear the highest classification. UsageError for an unknown metric, family or mode, or a period that is not a quarter.
    """
    inputs = Inputs(
        facts,
        reference,
        as_of,
        organisations,
        delivered=delivered,
        marked=marked,
        presence=presence,
        baseline=baseline,
    )
    chosen = _chosen(family, metric_ids)
    pairs = [(m.id, code) for m in chosen for code in sorted(dict.fromkeys(periods), key=lambda c: Quarter.of(c).start)]
    return figures_frame(list(figures(inputs, pairs)))


def figures(inputs: Inputs, pairs: Iterable[tuple[str, str]]) -> Iterator[dict[str, object]]:
    """Every published figure of some pairs of metric and quarter."""
    for metric_id, code in pairs:
        chosen, quarter = metric_of(metric_id), Quarter.of(code)
        for counted in count(chosen, inputs, quarter):
            yield _record(chosen, counted, quarter, inputs.as_of)


def figures_frame(records: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Figures as canonical MetricValue."""
    model = TABLES["metric_value"]
    return conform_types(pd.DataFrame(records, columns=[c.name for c in columns_of(model)]), model)


def count(chosen: Metric, inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Every figure of one metric in one quarter; those with mergers applied to the past come last."""
    known = chosen.all_measures()
    for counted in _both_modes(chosen, inputs, quarter):
        if counted.measure not in known:
            raise DefinitionError(
                [f"metric {chosen.id} gives the measure {counted.measure!r}, which it does not describe"]
            )
        yield counted


def published_value(chosen: Metric, counted: MetricResult) -> float | None:
    """The value in the measure's unit, None where it is withheld."""
    return _published(chosen, counted, counted.value)


def published_ends(chosen: Metric, counted: MetricResult) -> tuple[float | None, float | None]:
    """The ends of the interval in the measure's unit, None where there is none or the value is withheld."""
    return _published(chosen, counted, counted.lower), _published(chosen, counted, counted.upper)


def _published(chosen: Metric, counted: MetricResult, number: float | None) -> float | None:
    if number is None or counted.value is None or counted.reason(chosen.minimum_denominator):
        return None
    return number * 100 if chosen.unit_of(counted.measure) == PERCENT else number


def _both_modes(chosen: Metric, inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    yield from with_parts(chosen, inputs, quarter, chosen.compute(inputs, quarter))
    if chosen.has_as_is and inputs.mode == "as_was":
        as_is = inputs.as_is()
        for counted in with_parts(chosen, as_is, quarter, chosen.compute(as_is, quarter)):
            yield replace(counted, measure=counted.measure + AS_IS)


def _chosen(family_name: str | None, metric_ids: Sequence[str] | None) -> list[Metric]:
    chosen = family(family_name) if family_name else list(metrics().values())
    if metric_ids is None:
        return chosen
    wanted = {metric_of(metric_id).id for metric_id in metric_ids}
    return [m for m in chosen if m.id in wanted]


def _record(chosen: Metric, counted: MetricResult, quarter: Quarter, as_of: pd.Timestamp) -> dict[str, object]:
    lower, upper = published_ends(chosen, counted)
    return {
        "metric_id": chosen.id,
        "metric_version": chosen.version,
        "measure": counted.measure,
        "scope": counted.scope,
        "period": quarter.code,
        "period_start": quarter.start,
        "period_end": quarter.end,
        "value": published_value(chosen, counted),
        "lower": lower,
        "upper": upper,
        "unit": chosen.unit_of(counted.measure),
        "numerator": counted.numerator,
        "denominator": counted.denominator,
        "n": counted.n,
        "suppressed_reason": counted.reason(chosen.minimum_denominator),
        "as_of_on": as_of.normalize(),
        **HIGHEST.columns,
    }
