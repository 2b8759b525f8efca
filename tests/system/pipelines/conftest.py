"""Dagster over the small programme."""

from tests.support import dagster_runs

instance, terminated_as_before = dagster_runs.instance, dagster_runs.terminated_as_before
