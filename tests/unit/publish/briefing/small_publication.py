"""A publication of a few rows for pages: a DuckDB file written by the test, and its manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from lxml import html

from idtracker.model.tables import TABLES, conform_types
from idtracker.model.tables.version import create_table_sql
from idtracker.store.tables import fill_table
from tests.unit.publish.export.published_rows import NOTICE, Rows, row_of

HOSTILE = "<script>window.hostile = 1</script> \"Quoted\" & 'Town'\u202e"
LONG_ARABIC = "الهيئة الوطنية المستقلة لتنسيق الإحصاءات"
BANDS = [{"label": "at risk", "low": 0, "high": 60}, {"label": "fairly stable", "low": 60, "high": 100}]
METHOD = {"band_scheme": {"bands": BANDS}, "interval_level": 0.9, "dimensions": {"D1": {"label": "First part"}}}
QUARTERS = {"2026-Q1": ("2026-01-01", "2026-03-31"), "2026-Q2": ("2026-04-01", "2026-06-30")}
Manifest = {
    "audience": "hmg", "programme": "Small programme", "notice": NOTICE, "as_of": "2026-07-31T00:00:00",
    "content": "ab12cd34ef5678", "tables": {}, "versions": {},
}  # fmt: skip


def dated(table: str, period: str, **values: Any) -> dict[str, Any]:
    """A row of a quarter with its first and last day."""
    start, end = QUARTERS[period]
    return row_of(table, period=period, period_start=pd.Timestamp(start), period_end=pd.Timestamp(end), **values)


def score(place: str, period: str, node: str, value: float | None, **values: Any) -> dict[str, Any]:
    bounds = {"low": None, "high": None} if value is None else {"low": value - 2.25, "high": value + 2.25}
    band = None if value is None else "fairly stable" if value >= 60 else "at risk"
    weights = '{"D1": 1.0}' if node == "ROOT" else '{"I1": 1.0}'
    return dated(
        "score", period, place_id=place, node_code=node, score=value, **bounds, band=band, completeness=0.25 if value is None else 1.0,
        effective_weights=weights, method_version="M-1", **values,
    )  # fmt: skip


def redrawn(place: str, change: float, low: float, high: float, rank: int | None) -> dict[str, Any]:
    return dated(
        "score_uncertainty", "2026-Q2", place_id=place, node_code="ROOT", score=50.0, change=change, change_low=low,
        change_high=high, rank=rank, rank_low=1.0, rank_high=2.0, draws=100,
    )  # fmt: skip


def metric(
    metric_id: str, period: str, value: float | None, lower: float | None, upper: float | None
) -> dict[str, Any]:
    return dated(
        "metric_value", period, metric_id=metric_id, measure="value", scope="programme", value=value, lower=lower, upper=upper,
        unit="%", as_of_on=pd.Timestamp("2026-07-31"), suppressed_reason="no_units" if value is None else None,
    )  # fmt: skip


def small_rows() -> Rows:
    """Two quarters of a country and two places; the score of one place is withheld in the second."""
    return {**_names(), **_scores(), **_evidence(), **_reports()}


def _names() -> Rows:
    return {
        "place": [
            row_of("place", place_id="XX", name="Xland", name_ar="إكس", level="country", parent_id=None),
            row_of("place", place_id='XX-"1"', name=HOSTILE, name_ar=HOSTILE, level="adm1", parent_id="XX"),
            row_of("place", place_id="XX-2", name="Second", name_ar="الثاني", level="adm1", parent_id="XX"),
        ],
        "organisation": [row_of("organisation", org_id="ORG", name="Statistics", name_ar=LONG_ARABIC, short_name=None)],
        "indicator": [row_of("indicator", indicator_id="I1", name="Indicator one", name_ar="المؤشر الأول")],
        "codelist": [],
        "method": [
            row_of("method", method_version="M-1", role="headline", root_code="ROOT", definition=json.dumps(METHOD))
        ],
    }


def _scores() -> Rows:
    scores = [
        score(place, period, node, value)
        for place, first, second in (("XX", 61.04, 58.96), ('XX-"1"', 70.0, 52.5), ("XX-2", 55.0, None))
        for period, value in (("2026-Q1", first), ("2026-Q2", second))
        for node in ("ROOT", "D1")
    ]
    change = {"place_id": "XX", "period": "2026-Q2", "node_code": "ROOT", "basis": "PERIOD", "since_period": "2026-Q1"}
    change |= {"score_before": 61.04, "score_after": 58.96, "points_error": 0.0}
    return {
        "score": scores,
        "trend": [],
        "score_uncertainty": [
            redrawn("XX", -2.08, -5.0, 0.4, None), redrawn('XX-"1"', -17.5, -20.0, -12.5, 1),
        ],
        "score_change": [
            row_of("score_change", **change, cause="NEW_DATA", indicator_id="I1", org_id="ORG", points=-1.98, since_known=None),
            row_of("score_change", **change, cause="CARRIED", indicator_id="I1", org_id=None, points=-0.1, since_known=None),
        ],
        "rank_acceptability": [
            row_of("rank_acceptability", place_id='XX-"1"', period="2026-Q2", node_code="ROOT", rank=r, share=s)
            for r, s in ((1, 0.75), (2, 0.25))
        ],
        "band_probability": [
            row_of("band_probability", place_id="XX", period="2026-Q2", node_code="ROOT", band=b, share=s)
            for b, s in (("at risk", 0.7), ("fairly stable", 0.3))
        ],
    }  # fmt: skip


def _evidence() -> Rows:
    fact = {"source_id": "survey", "submission_id": "s1", "sheet": "Sheet 1", "recorded_to": None}
    return {
        "merged_cell": [
            dated("merged_cell", "2026-Q2", indicator_id="I1", place_id='XX-"1"', value=7.125, score=52.5, score_error=1.5,
                  is_carried=True, origin_period="2026-Q1", is_disagreement=True, is_ungraded=False, org_count=1),
        ],
        "cell_report": [
            row_of("cell_report", indicator_id="I1", place_id='XX-"1"', period="2026-Q1", org_id="ORG", origin=None, value=7.125,
                   standard_error=None, score=52.5, quality=0.5, weight=1.0, use="USED", fact_ids="f1;f2", submission_ids="s1"),
        ],
        "observation": [
            dated("observation", "2026-Q1", **fact, fact_id=f, row_number=n, indicator_id="I1", place_id='XX-"1"', value=v)
            for f, n, v in (("f1", 4, 7.125), ("f2", 5, 12.5))
        ] + [  # what f2 was before it was revised
            dated("observation", "2026-Q1", **fact | {"recorded_to": pd.Timestamp("2026-06-15")}, fact_id="f2", row_number=9,
                  indicator_id="I1", place_id='XX-"1"', value=99.5),
        ],
        "submission": [row_of("submission", submission_id="s1", file_name="=cmd<b>.csv")],
    }  # fmt: skip


def _reports() -> Rows:
    return {
        "freshness": [row_of("freshness", source_id="survey", org_id="ORG", state="OVERDUE", whose_turn="ORG")],
        "missing_report": [
            row_of("missing_report", source_id="survey", org_id="ORG", report_period="2026-Q2", place_id="XX", period="2026-Q2",
                   node_code="D1", narrowing=9.5, width_unknown=14.0, width_with=4.5),
        ],
        "metric_value": [
            metric("IM-01", "2026-Q1", 40.0, 35.0, 45.0), metric("IM-01", "2026-Q2", 60.0, 50.0, 70.0),
            metric("IM-02", "2026-Q1", 40.0, 35.0, 45.0), metric("IM-02", "2026-Q2", 30.0, 25.0, 36.0),
            metric("IM-03", "2026-Q1", 40.0, None, None), metric("IM-03", "2026-Q2", 10.0, None, None),
            metric("IM-04", "2026-Q1", 40.0, 35.0, 45.0), metric("IM-04", "2026-Q2", None, None, None),
        ],
        "warning": [
            row_of("warning", rule_id="r1", place_id="XX-2", period="2026-Q2", state=state, since_period="2026-Q2")
            for state in ("RAISED",)
        ],
        "warning_skill": [row_of("warning_skill", rule_id="r1", title="A rule", title_ar="قاعدة", verdict="BETTER")],
        "round_action": [
            row_of("round_action", round_id="2026-Q1", action_number=1, action="Agree <i>it</i>", action_ar="اتفاق", owner_org_id="ORG",
                   held_on=pd.Timestamp("2026-05-01"), state="OPEN", note=None),
        ],
    }  # fmt: skip


def write_publication(folder: Path, rows: Rows, **manifest: Any) -> Path:
    """A publication's folder with these rows and nothing else."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "idtracker.duckdb")) as connection:
        for name, entries in rows.items():
            connection.execute(create_table_sql(name, TABLES[name]))
            fill_table(connection, name, conform_types(pd.DataFrame(entries), TABLES[name]))
    (folder / "manifest.json").write_text(json.dumps({**Manifest, **manifest}), "utf-8")
    return folder


def tree_of(path: Path) -> Any:
    """A page as it is parsed."""
    return html.fromstring(path.read_bytes())


def words_of(path: Path) -> str:
    """What a page says, spaces made one."""
    return " ".join(tree_of(path).text_content().split())
