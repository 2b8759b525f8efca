"""What each column of the tables of metrics is computed from."""

from __future__ import annotations

from collections.abc import Mapping

from idtracker.model.tables.scores.warning_inputs import CLOCK

METRIC_INPUTS, METRIC_DEFINITION = "@metric.inputs", "@metric.definition"
"""The registered inputs of a metric, and what it is: inputs that are no columns."""
_OWED = ("source_id", "period_end", "overdue_on", "received_at", "is_derogated")

OF_METRICS: dict[str, Mapping[str, tuple[str, ...]]] = {
    "metric_value": {
        "metric_id": (METRIC_DEFINITION,),
        "metric_version": (METRIC_DEFINITION,),
        "measure": (METRIC_DEFINITION,),
        "unit": (METRIC_DEFINITION,),
        "scope": (METRIC_INPUTS,),
        "value": (METRIC_INPUTS,),
        "lower": (METRIC_INPUTS,),
        "upper": (METRIC_INPUTS,),
        "numerator": (METRIC_INPUTS,),
        "denominator": (METRIC_INPUTS,),
        "n": (METRIC_INPUTS,),
        "suppressed_reason": (METRIC_INPUTS,),
        "is_stale": tuple(f"obligation.{name}" for name in _OWED),
        "overdue_source_ids": tuple(f"obligation.{name}" for name in _OWED),
        "period": (CLOCK,),
        "period_start": (CLOCK,),
        "period_end": (CLOCK,),
        "as_of_on": (CLOCK,),
        "classification": (METRIC_INPUTS,),
        "releasable_to": (METRIC_INPUTS,),
    },
    "network_change": {
        "metric_id": (METRIC_DEFINITION,),
        "measure": (METRIC_DEFINITION,),
        "period": ("metric_value.period",),
        "since_period": ("metric_value.period",),
        "cause": (METRIC_INPUTS,),
        "contribution": (METRIC_INPUTS,),
        "value_before": ("metric_value.value",),
        "value_after": ("metric_value.value",),
        "classification": ("metric_value.classification",),
        "releasable_to": ("metric_value.releasable_to",),
    },
}
