"""What `derive` relies on: a metric reads what it declares, and does not look beyond the end of its quarter."""

from __future__ import annotations

import pandas as pd
import pytest
from metrics_given import Case, Frames, cases, read_reference

from idtracker.analyse.metrics.inputs import ROW
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric, metric_of
from idtracker.analyse.metrics.values import measure
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.vintages import KNOWN, SUFFIX


def measured(case: Case, facts: Frames, reference: Frames) -> pd.DataFrame:
    return measure(facts, reference, case.periods, case.as_of, metric_ids=[case.metric_id])


@pytest.mark.parametrize("case", cases(), ids=str)
def test_columns_that_a_metric_does_not_declare_change_nothing(case: Case) -> None:
    metric = metric_of(case.metric_id)
    facts, reference = case.given(), read_reference()
    emptied = {name: _emptied(name, frame, metric) for name, frame in facts.items()}
    kept = {name: _emptied(name, frame, metric) for name, frame in reference.items()}
    pd.testing.assert_frame_equal(measured(case, emptied, kept), case.measured())


def _emptied(name: str, frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """The table with only the declared columns filled, and those that say where a row stands. A table not declared is empty.

    Vintages are those of the table that is declared.
    """
    declared = name.removesuffix(SUFFIX)
    if declared not in metric.inputs:
        return frame.iloc[:0]
    kept = {*metric.inputs[declared], *ROW, "source_id"}
    if declared in metric.versions:
        kept |= {"fact_id", "recorded_from", "recorded_to", *KNOWN}
    cleared = frame.copy()
    for spec in columns_of(TABLES[name]):
        if spec.name not in kept:
            cleared[spec.name] = pd.Series([None] * len(frame), index=frame.index, dtype=frame[spec.name].dtype)
    return cleared


@pytest.mark.parametrize("case", cases(), ids=str)
def test_rows_that_begin_after_a_quarter_do_not_change_it(case: Case) -> None:
    metric = metric_of(case.metric_id)
    facts, reference = case.given(), read_reference()
    whole = case.measured()
    for period, told in whole.groupby("period"):
        end = Quarter.of(str(period)).end
        before = {n: f if n in metric.existence_columns else f[~(_first_day(n, f) > end)] for n, f in facts.items()}
        found = measured(case, before, reference)
        found = found[found["period"] == period].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, told.reset_index(drop=True))


def _first_day(name: str, frame: pd.DataFrame) -> pd.Series:
    days = [
        s.name
        for s in columns_of(TABLES[name])
        if s.kind in ("date", "instant") and not s.name.startswith(("recorded", "known"))
    ]
    return frame[days].min(axis=1) if days else pd.Series(pd.NaT, index=frame.index)
