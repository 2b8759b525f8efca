"""What the expressions promise: they run on other engines as well, and in frames and expressions the same rules hold."""

import math

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.config import Config

from idtracker.analyse.engine import open_engine, types_of
from idtracker.analyse.merge.computed_indicators.plan import derive_plan
from idtracker.analyse.merge.indicators import scale
from idtracker.analyse.merge.marks import collected_marks, with_marks
from idtracker.analyse.merge.marks_frames import high_water, intersection
from idtracker.analyse.merge.plan import merge_plan
from idtracker.analyse.merge.scoring import score
from idtracker.analyse.merge.sums import ordered_sum
from idtracker.model.method import load_method
from tests.support.oracle.markings import marked as marked_again
from tests.support.oracle.markings import united


class SparkOptions(Config):
    """What the compiler for Spark asks about, without Spark."""

    treat_nan_as_null: bool = False


@pytest.mark.parametrize(("partition_by", "calibrates"), [({}, False), ({"known_at": "timestamp"}, True)])
def test_every_step_can_be_said_to_spark(monkeypatch, partition_by, calibrates):
    monkeypatch.setattr(ibis.options, "pyspark", SparkOptions())
    plan = merge_plan(load_method(), partition_by, calibrates=calibrates, decides=True)
    said = {name: ibis.to_sql(expression, dialect="pyspark") for name, expression in plan.stored.items()}
    assert {"reports", "weighed", "own_cells", "cells", "cell_report"} <= said.keys()
    assert ("component_pairs" in said) == calibrates
    assert all("SELECT" in text for text in said.values())


@pytest.mark.parametrize("partition_by", [{}, {"known_at": "timestamp"}])
@pytest.mark.parametrize("table", ["event", "survey_response"])
def test_every_step_of_deriving_can_be_said_to_spark(monkeypatch, table, partition_by):
    monkeypatch.setattr(ibis.options, "pyspark", SparkOptions())
    said = [ibis.to_sql(made, dialect="pyspark") for made in derive_plan(table, partition_by).stored.values()]
    assert len(said) > 3 and all("SELECT" in text for text in said)


def run(frame, expression_of):
    types = types_of(frame, tuple(frame.columns))
    with open_engine() as engine:
        engine.put("given", frame, types)
        engine.keep("made", expression_of(ibis.table(types, name="given")))
        return engine.content("made")


numbers = st.floats(-1e12, 1e12)


@settings(max_examples=12, derandomize=True)
@given(
    several=st.lists(st.lists(numbers, min_size=1, max_size=20), min_size=5, max_size=20),
    seed=st.randoms(use_true_random=False),
)
def test_a_sum_has_the_same_bits_whatever_the_order_of_rows(several, seed):
    expected = [0.0] * len(several)
    rows = []
    for group, values in enumerate(several):
        for n, value in enumerate(values):
            expected[group] += value
            rows.append({"group": group, "at": n, "value": value})
    seed.shuffle(rows)
    made = run(pd.DataFrame(rows), lambda t: t.group_by("group").aggregate(total=ordered_sum(t["value"], [t["at"]])))
    assert made.sort_values("group")["total"].tolist() == expected


texts = st.sampled_from([None, "HMG", "HMG;PARTNERS", "PARTNERS; HMG", "UN;HMG", ";UN;;"])
marked = st.fixed_dictionaries(
    {
        "group": st.integers(0, 19),
        "classification": st.sampled_from(["OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET", None]),
        **dict.fromkeys(("handling", "releasable_to", "submission_ids", "org_ids", "waivers"), texts),
        "recorded_from": st.sampled_from(list(pd.date_range("2026-01-01", periods=3))),
    }
)


UNITED = ("handling", "submission_ids", "org_ids", "waivers")


@settings(max_examples=12, derandomize=True)
@given(rows=st.lists(marked, min_size=20, max_size=60))
def test_expressions_and_frames_are_marked_alike(rows):
    expected = {}
    for n in sorted({row["group"] for row in rows}):
        mine = [row for row in rows if row["group"] == n]
        expected[n] = marked_again(mine) | {name: united(row[name] for row in mine) for name in UNITED}
    frame = pd.DataFrame(rows).astype(dict.fromkeys(("classification", "releasable_to", *UNITED), "str"))
    made = run(frame, lambda t: with_marks(t.group_by("group").aggregate(**collected_marks(t))).order_by("group"))
    made = made.astype(object).where(made.notna(), None)
    for n, row in zip(expected, made.to_dict("records"), strict=True):
        assert row == {"group": n, **expected[n]}
    highest, lists = high_water(frame, "group"), intersection(frame, "group", "releasable_to")
    for n, marks in expected.items():
        assert (highest[n], lists.get(n)) == (marks["classification"], marks["releasable_to"])


end = st.none() | st.sampled_from([0.0, 1.0, 5.0, 100.0])
scorable = st.fixed_dictionaries(
    {"value": st.floats(-200, 200), "low": end, "high": end, "direction": st.sampled_from([1, -1])}
)


@settings(max_examples=12, derandomize=True)
@given(rows=st.lists(scorable, min_size=10, max_size=40))
def test_expressions_and_frames_are_scored_alike(rows):
    frame = pd.DataFrame(rows).astype({"low": "float64", "high": "float64"}).assign(at=range(len(rows)))
    expected = scale(frame["value"], frame["low"], frame["high"], frame["direction"])

    def scored(t):
        bottom = (t["low"] <= t["high"]).ifelse(t["low"], t["high"])
        top = (t["low"] <= t["high"]).ifelse(t["high"], t["low"])
        t = t.mutate(bottom=bottom, width=(top > bottom).ifelse(top - bottom, ibis.null("float64")))
        return t.select(t["at"], score=score(t["value"], t)).order_by("at")

    for made, wanted in zip(run(frame, scored)["score"], expected, strict=True):
        assert (pd.isna(made) and math.isnan(wanted)) or made == wanted
