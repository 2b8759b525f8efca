"""Integration metrics: a registry of definitions, the figures they give, and the reasons for each figure."""

from idtracker.metrics.catalogue import catalogue_index, metric_page
from idtracker.metrics.explanation import explain
from idtracker.metrics.registry import Metric, families, family, metric_of, metrics
from idtracker.metrics.values import measure

__all__ = [
    "Metric",
    "catalogue_index",
    "explain",
    "families",
    "family",
    "measure",
    "metric_of",
    "metric_page",
    "metrics",
]
