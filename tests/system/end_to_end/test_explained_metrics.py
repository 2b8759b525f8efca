"""`explain metric` shows the rows behind each metric, and as many units as the published figure was counted from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import RunHome  # type: ignore[attr-defined]

from idtracker.analyse.metrics.registry import metrics
from idtracker.model.home import Home
from idtracker.operate.services.explanations.metric import explain_metric

IDS = list(metrics())
ORGANISATIONS = {"IM-09", "IM-10", "IM-16", "IM-17", "IM-18", "IM-19"}
"""Of these n is the number of organisations; their units are what passes between these, or ties."""
OBSERVATIONS = {"IM-03"}
"""Of these n is the number of rows; the units are the organisations that state them."""
MIXED = {("IM-23", "partners")}
"""n is the number of activities, the units are the partners in them."""
EMPTY = {"IM-23", "IM-32", "IM-35"}
"""Units may be places or pairs about which no row says anything: that is what is counted."""


def _unit_nodes(measure: dict[str, Any]) -> list[dict[str, Any]]:
    of = {node["what"]: node for node in measure["because"]}
    return [*of["numerator"]["because"], *of["denominator"]["because"]]


@pytest.mark.parametrize("metric_id", IDS)
def test_the_rows_behind_a_metric_are_shown_and_counted(programme: RunHome, metric_id: str) -> None:
    published = programme.sql(
        f"SELECT period, scope, measure, n FROM metric_value WHERE metric_id = '{metric_id}' AND n > 0 AND suppressed_reason IS NULL"
    )
    period, scope = max(published, key=lambda row: (row[0], row[1] == "programme", row[1]))[:2]
    said = {measure: n for at, of, measure, n in published if (at, of) == (period, scope)}
    tree = explain_metric(Home(programme.path, programme.sources), metric_id, scope, period, limit=None)
    measures = {node["measure"]: node for node in tree["because"] if "measure" in node}  # type: ignore[attr-defined]
    assert said and set(said) <= set(measures)
    for name, n in said.items():
        units = _unit_nodes(measures[name])
        rows = [row for unit in units for row in unit["because"]]
        assert {node["what"]: node["value"] for node in measures[name]["because"]}["n"] == n
        assert rows and all(row["table"] for row in rows)
        if metric_id in OBSERVATIONS:
            assert len(rows) == n
        elif metric_id not in ORGANISATIONS and (metric_id, name.removesuffix("_as_is")) not in MIXED:
            assert len({unit["what"] for unit in units}) == len(units) == n, name
        assert metric_id in EMPTY or all(unit["because"] for unit in units)


def test_a_part_is_explained_by_its_own_rows(programme: RunHome) -> None:
    """The activities of a fund are those that the register of activities gives it."""
    period, n = programme.sql(
        "SELECT period, n FROM metric_value WHERE metric_id = 'IM-20' AND measure = 'value' AND scope = 'portfolio=CSSF' "
        "AND value IS NOT NULL ORDER BY period DESC LIMIT 1"
    )[0]
    tree = explain_metric(Home(programme.path, programme.sources), "IM-20", "portfolio=CSSF", period, limit=None)
    value = next(node for node in tree["because"] if node.get("measure") == "value")  # type: ignore[attr-defined]
    paid = {a for (a,) in programme.sql("SELECT DISTINCT activity_id FROM activity WHERE fund = 'CSSF'")}
    names = {unit["what"] for unit in _unit_nodes(value)}
    assert len(names) == n > 0 and names <= paid


def test_a_silent_source_makes_what_rests_on_it_stale(programme: RunHome) -> None:
    """One department has sent nothing for three quarters: the planted silence. What it feeds says so, and explains it."""
    from programme.truth import truth
    from programme.world import World

    silent = json.dumps(truth(World()), default=str)
    stale = programme.sql(
        "SELECT DISTINCT period, unnest(string_split(overdue_source_ids, ';')) FROM metric_value WHERE is_stale"
    )
    sources = {source for _, source in stale}
    assert sources and all(source.split("_")[0] == "mod" for source in sources) and "GB-GOV-8" in silent
    assert programme.sql(
        "SELECT count(*) FROM metric_value WHERE is_stale IS NULL OR is_stale <> (overdue_source_ids IS NOT NULL)"
    ) == [(0,)]
    period = max(period for period, _ in stale)
    tree = explain_metric(Home(programme.path, programme.sources), "IM-04", "programme", period)
    said = next(node for node in tree["because"] if str(node["what"]).startswith("inputs are stale"))  # type: ignore[attr-defined]
    assert [node["what"] for node in said["because"]] == ["mod_security_assessment"]
