"""Results of one IATI activity: one row for each period and actual value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from idtracker.ingest.read.iati.sections import Row, attribute, child, children, day, identifier, texts

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def result_rows(activity: Element) -> Iterator[Row]:
    """One row for each actual value of a period, beside the target of the same dimensions.

    A target without an actual, a period without either, an indicator without periods and a result without indicators
    have one row each, so that nothing is lost; a target stands in one row only.
    """
    for number, result in enumerate(children(activity, "result"), 1):
        base: Row = {
            "iati-identifier": identifier(activity),
            "result-ordinal": str(number),
            "result-type": attribute(result, "type"),
            "result-title": texts(children(result, "title")),
        }
        indicators = list(children(result, "indicator"))
        if not indicators:
            yield {**base, "aggregation-status": attribute(result, "aggregation-status")}
        for ordinal, indicator in enumerate(indicators, 1):
            described = {**base, "indicator-ordinal": str(ordinal), **_describe(indicator, result)}
            periods = list(children(indicator, "period"))
            if not periods:
                yield described
            for period in periods:
                for values in _values(period):
                    yield {**described, **values}


def _describe(indicator: Element, result: Element) -> Row:
    baseline = child(indicator, "baseline")
    return {
        "aggregation-status": attribute(indicator, "aggregation-status") or attribute(result, "aggregation-status"),
        "indicator-ref": attribute(child(indicator, "reference"), "code"),
        "indicator-title": texts(children(indicator, "title")),
        "measure": attribute(indicator, "measure"),
        "ascending": attribute(indicator, "ascending"),
        "baseline-year": attribute(baseline, "year"),
        "baseline-value": attribute(baseline, "value"),
    }


def _values(period: Element) -> Iterator[Row]:
    span: Row = {
        "period-start": day(child(period, "period-start")),
        "period-end": day(child(period, "period-end")),
    }
    targets = [(_dimensions(t), attribute(t, "value")) for t in children(period, "target")]
    for actual in children(period, "actual"):
        dimensions = _dimensions(actual)
        index = next((i for i, (d, _) in enumerate(targets) if d == dimensions), None)
        target = targets.pop(index)[1] if index is not None else None
        yield {
            **span,
            "target-value": target,
            "actual-value": attribute(actual, "value"),
            **_where(actual),
            "dimensions": dimensions,
        }
    if targets or child(period, "actual") is None:
        for dimensions, target in targets or [(None, None)]:
            yield {**span, "target-value": target, "dimensions": dimensions}


def _where(actual: Element) -> Row:
    return {
        "location": ";".join(sorted({r for x in children(actual, "location") if (r := attribute(x, "ref"))})) or None
    }


def _dimensions(value: Element) -> str | None:
    """`sex=female;age=18-25`, sorted."""
    pairs = [(attribute(d, "name") or "", attribute(d, "value") or "") for d in children(value, "dimension")]
    return ";".join(sorted(f"{name}={level}" for name, level in pairs)) or None
