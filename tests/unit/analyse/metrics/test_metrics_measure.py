"""Measuring: modes, choices, order of rows, and explanations."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pytest
from metrics_given import case_of, cases, read_reference, table

from idtracker.analyse.metrics.registry import metrics
from idtracker.analyse.metrics.values import measure
from idtracker.explain.metric import explain
from idtracker.model.errors import UsageError
from idtracker.model.packed.array import coded_array, packing_of
from idtracker.model.tables import FACTS
from idtracker.model.text import encoded

AS_OF = pd.Timestamp("2026-06-30")
IN_NO_FILE = {"merged_cell", "obligation", "score", "trend_vintage"}  # tables whose rows come from no row of a file


def _value(name: str, period: str, measure_name: str, **options: object) -> float:
    case = case_of(name)
    found = measure(case.given(), read_reference(), [period], AS_OF, metric_ids=[case.metric_id], **options)
    rows = found[(found["measure"] == measure_name) & (found["scope"] == "programme")]
    return float(rows["value"].iloc[0])


@pytest.mark.parametrize(("case", "was", "now"), [("IM-01_merger", 60, 40), ("IM-20_merger", 60, 40)])
def test_a_merger_lowers_the_share_only_where_it_is_applied_to_the_past(case: str, was: float, now: float) -> None:
    assert _value(case, "2020-Q1", "value") == was
    assert _value(case, "2020-Q1", "value_as_is") == now
    assert _value(case, "2020-Q1", "value", organisations="as_is") == now


def test_a_silent_member_does_not_raise_density() -> None:
    given = case_of("IM-16_silent_member").given()
    reference = read_reference()

    def density(tables: dict[str, pd.DataFrame]) -> float:
        found = measure(tables, reference, ["2026-Q1"], AS_OF, metric_ids=["IM-16"])
        return float(found["value"].iloc[0])

    without_silent = given | {"obligation": given["obligation"].head(0)}
    assert density(given) < density(without_silent)


def test_nothing_known_gives_every_programme_row_and_no_value() -> None:
    found = measure({}, read_reference(), ["2026-Q1"], AS_OF)
    programme = found[found["scope"] == "programme"]
    assert set(programme["metric_id"]) == set(metrics())
    assert found["value"].isna().all()
    assert set(found["suppressed_reason"]) == {"no_units"}


def test_measures_are_those_described_with_their_unit() -> None:
    found = measure({}, {}, ["2026-Q1"], AS_OF)
    for metric_id, rows in found.groupby("metric_id"):
        known = metrics()[str(metric_id)]
        assert set(rows["measure"]) == set(known.all_measures())
        assert all(rows["unit"] == [known.unit_of(name) for name in rows["measure"]])


def _in_codes(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The same rows with the texts of some columns held in codes, as those of a long table are."""
    texts = {c: encoded(frame[c]) for c in columns if isinstance(frame[c].dtype, pd.StringDtype)}
    held = {c: coded_array(pa.chunked_array([cells])) for c, cells in texts.items()}
    return frame.assign(**{c: pd.Series(cells, index=frame.index) for c, cells in held.items()})


def test_neither_the_order_of_rows_nor_how_their_texts_are_held_matters() -> None:
    in_codes = 0
    for case in cases():
        given, periods, metric_ids = case.given(), case.expected()["period"].tolist()[:1], [case.metric_id]
        inputs = metrics()[case.metric_id].inputs
        turned = {name: _in_codes(frame.iloc[::-1], inputs.get(name, ())) for name, frame in given.items()}
        in_codes += sum(packing_of(frame[c]) is not None for frame in turned.values() for c in frame)
        one, other = (measure(t, read_reference(), periods, AS_OF, metric_ids=metric_ids) for t in (given, turned))
        pd.testing.assert_frame_equal(one, other)
    assert in_codes > 500


def test_choices_and_their_errors() -> None:
    flow = measure({}, {}, ["2026-Q2", "2026-Q1", "2026-Q1"], AS_OF, family="flow")
    assert sorted(set(flow["metric_id"])) == [f"IM-{n:02d}" for n in range(8, 16)]
    assert flow[flow["metric_id"] == "IM-12"]["period"].tolist() == ["2026-Q1", "2026-Q2"]
    with pytest.raises(UsageError, match=r"metrics are measured per quarter"):
        measure({}, {}, ["2026-04"], AS_OF)
    with pytest.raises(UsageError, match=r"IM-99"):
        measure({}, {}, ["2026-Q1"], AS_OF, metric_ids=["IM-99"])
    with pytest.raises(UsageError, match=r"'as_it_goes' is not a mode"):
        measure({}, {}, ["2026-Q1"], AS_OF, organisations="as_it_goes")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="as_of is missing"):
        measure({}, {}, ["2026-Q1"], pd.NaT)  # type: ignore[arg-type]


def test_the_day_of_knowledge_is_written_in_utc() -> None:
    found = measure({}, {}, ["2026-Q1"], pd.Timestamp("2026-07-01 01:00", tz="Asia/Amman"), metric_ids=["IM-12"])
    assert found["as_of_on"].tolist() == [pd.Timestamp("2026-06-30")]


def test_over_restriction_reads_every_fact_table() -> None:
    for name, model in FACTS.items():
        rows = pd.DataFrame({"releasable_to": ["ORIGINATOR"] * 5, "originator_org_id": ["GB-GOV-8"] * 5})
        found = measure({name: table(name, rows)}, {}, ["2026-Q1"], AS_OF, metric_ids=["IM-12"])
        assert found["value"].iloc[0] == 100, model


def test_an_explanation_leads_to_the_rows() -> None:
    given = case_of("IM-01_merger").given()
    tree = explain("IM-01", given, read_reference(), "2020-Q1", as_of=AS_OF)
    assert json.loads(json.dumps(tree)) == tree
    assert tree["what"] == "IM-01 Joint analysis share, 2020-Q1, programme"
    assert tree["value"] == 60
    definition, as_was, _, as_is, _ = tree["because"]
    assert definition["value"] == metrics()["IM-01"].formula
    numerator, denominator, _ = as_was["because"]
    assert (numerator["value"], [unit["what"] for unit in numerator["because"]]) == (3, ["P1", "P2", "P4"])
    assert (denominator["value"], [unit["what"] for unit in denominator["because"]]) == (5, ["P3", "P5"])
    assert as_is["value"] == 40
    rows = numerator["because"][0]["because"]
    assert [row["fact_id"] for row in rows] == [
        "analysis_product-1",
        "product_contribution-1",
        "product_contribution-2",
        "product_contribution-3",
    ]
    assert rows[1]["value"] == "submission-1, product_contribution!2"
    assert rows[1]["what"] == "product_contribution: product_id P1, org_id GB-GOV-3, role LEAD"


def test_an_explanation_says_why_a_value_is_withheld_and_what_it_leaves_out() -> None:
    given = case_of("IM-12_restriction").given()
    tree = explain("IM-12", given, read_reference(), "2026-Q1", "source=reports", as_of=AS_OF, limit=2)
    _, _, denominator, *_ = [None, *tree["because"][1]["because"]]
    assert [node["what"] for node in denominator["because"]][-1] == "left out of this list"
    assert denominator["because"][-1]["value"] == 1
    withheld = explain("IM-12", given, read_reference(), "2026-Q1", "source=log", as_of=AS_OF)
    assert withheld["value"] is None
    assert withheld["because"][1]["because"][0] == {
        "what": "withheld",
        "value": "below_minimum_denominator",
        "because": [],
    }
    with pytest.raises(UsageError, match=r"'source=x'.*there are: programme, source=log, source=reports"):
        explain("IM-12", given, read_reference(), "2026-Q1", "source=x", as_of=AS_OF)


@pytest.mark.parametrize("metric_id", sorted(metrics()))
def test_every_metric_can_be_explained(metric_id: str) -> None:
    of_metric = [case for case in cases() if case.metric_id == metric_id]
    case = next(
        case for case in of_metric if (case.expected()["n"] > 0).any() and case.expected()["value"].notna().any()
    )
    given, period = case.given(), "2020-Q1" if "2020-Q1" in case.periods else "2026-Q1"
    tree = explain(metric_id, given, read_reference(), period, as_of=AS_OF, limit=None)
    values = measure(given, read_reference(), [period], AS_OF, metric_ids=[metric_id])
    programme = values[values["scope"] == "programme"]
    assert [node["measure"] for node in tree["because"][1:]] == programme["measure"].tolist()
    assert [node["value"] for node in tree["because"][1:]] == [None if v != v else v for v in programme["value"]]
    located = [node for node in _nodes(tree) if "table" in node]
    assert located
    if programme["n"].max() > 0 and not IN_NO_FILE & {str(node["table"]) for node in located}:
        assert all(node["fact_id"] and node["submission_id"] and node["row_number"] for node in located)
    json.dumps(tree)


def test_the_registry_is_read_without_networks_and_statistics() -> None:
    code = "import sys, idtracker.analyse.metrics.registry as m; m.metrics(); print([n for n in ('networkx', 'scipy') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _nodes(tree: dict[str, object]) -> list[dict[str, object]]:
    return [tree, *(node for child in tree["because"] for node in _nodes(child))]
