"""The pages about integration over a few rows: what the network, overlap, sharing, tiers and metrics say, worked by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.analyse.metrics.indices import waiting_time
from idtracker.model.messages import LANGS, Lang
from idtracker.publish.briefing.pages.integration import pages
from idtracker.publish.briefing.pages.joint_work.sharing import waiting_curve
from idtracker.publish.briefing.pages.joint_work.ties import Picture, TiedPair, closest
from idtracker.publish.briefing.parts import Chart, Page, Section
from idtracker.publish.briefing.source import PublishedRows
from tests.unit.publish.briefing.pages_of_rows import (
    END,
    HOSTILE,
    PERIOD,
    QUARTER,
    check_numbers,
    edition,
    fact,
    published,
    row_with,
    said,
    section,
    tables,
)
from tests.unit.publish.export.published_rows import Rows, row_of

DAY = pd.Timestamp("2026-04-01")


def metric(metric_id: str, measure: str, value: float | None, **values: Any) -> dict[str, Any]:
    same = {"scope": "programme", "unit": "%", "lower": None, "upper": None, "n": 4, "suppressed_reason": None}
    same |= {
        "metric_version": "1",
        "as_of_on": pd.Timestamp("2026-08-01"),
        "is_stale": False,
        "overdue_source_ids": None,
    }
    return row_of("metric_value", metric_id=metric_id, measure=measure, value=value, **QUARTER, **{**same, **values})


def organisation(org: str, name: str, is_hmg: bool) -> dict[str, Any]:
    group = "HMG_DEPT" if is_hmg else "MULTILATERAL"
    none = dict.fromkeys(("short_name", "name_ar", "parent_org_id", "successor_org_id", "valid_from", "valid_to"))
    return row_of("organisation", org_id=org, name=name, is_hmg=is_hmg, group_code=group, **none)


def claim(number: int, tier: str, **values: Any) -> dict[str, Any]:
    same = {"claim_id": f"C{number}", "activity_id": "A1", "org_id": "A", "tier_code": tier, "status": "VALIDATED"}
    same |= {"estimator": "IC", "cells_count": 4, "estimate": 2.5, "lower": 1.25, "upper": 3.75, "reviewer_org_id": "D"}
    return fact("effect_claim", 90 + number, **{**same, "capability_id": None, "catalytic_type": None, **values})


def _reported() -> Rows:
    """A, B and C work on A1; A and C meet in P1 (tied), C and the silent D in P2 (not tied)."""
    cell = {
        "activity_id": None,
        "partner_org_id": None,
        "status": None,
        "start_on": None,
        "end_on": None,
        "spend": None,
    }
    share = {"object_id": "X", "channel": None}
    return {
        "organisation": [
            organisation("A", "Department A", True), organisation("B", "Department B", True),
            organisation("C", "Agency C", False), organisation("D", HOSTILE, False),
        ],
        "place": [
            row_of("place", place_id="XX", name="Land", name_ar=None, level="country", parent_id=None),
            row_of("place", place_id="P1", name="First", name_ar="الأول", level="adm1", parent_id="XX"),
            row_of("place", place_id="P2", name="Second", name_ar="الثاني", level="adm1", parent_id="XX"),
        ],
        "activity": [fact("activity", 1, activity_id="A1", org_id="A", partner_org_id="B", status="2", start_on=DAY, end_on=END, place_id="P1")],
        "participation": [
            fact("participation", n, activity_id="A1", org_id=org, start_on=DAY, end_on=END, place_id=None)
            for n, org in enumerate("ABC", 10)
        ],
        "activity_cell": [
            fact("activity_cell", n, org_id=org, place_id=place, sector=sector, **cell)
            for n, (org, place, sector) in enumerate((("A", "P1", "Health"), ("C", "P1", "health"), ("C", "P2", "Water"), ("D", "P2", "water")), 20)
        ],
        "obligation": [
            row_of("obligation", source_id="returns", org_id="D", received_at=None, state="overdue", days_late=None, **QUARTER),
        ],
        "collaboration_tie": [fact("collaboration_tie", 30, from_org_id="B", to_org_id="D", frey_level=2)],
        "share_event": [
            fact("share_event", 40 + n, from_org_id="A", to_org_id="B", available_on=DAY, shared_on=None if d is None else DAY + pd.Timedelta(days=d), **share)
            for n, d in enumerate((1, 2, 2, 4, None))
        ],
    }  # fmt: skip


def rows() -> Rows:
    """What was reported, and what is published of it."""
    return {
        **_reported(),
        "effect_claim": [
            claim(1, "T1"), claim(2, "T1", lower=-0.5), claim(3, "T1", reviewer_org_id="A"), claim(4, "T4", status="CLAIMED", estimate=None, lower=None, upper=None),
        ],
        "capability": [],
        "metric_value": [
            metric("IM-16", "value", 0.5, unit="0-1", numerator=3.0, lower=0.5, upper=1.0),
            metric("IM-24", "value", None, suppressed_reason="no_units"),
            metric("IM-34", "value", 50.0, numerator=1.0, denominator=2.0, n=2, lower=0.0, upper=50.0),
            metric("IM-08", "median", 2.0, unit="days", n=5, numerator=4.0),
            metric("IM-01", "value", 40.0), metric("IM-01", "four_quarters", 60.0, is_stale=True, overdue_source_ids="returns;visits"),
        ],
        "framework_evidence": [
            row_of("framework_evidence", subject_code="K1", subject_kind="QUESTION", evidence_code="IM-01", metric_id="IM-01", measure="four_quarters",
                   scope="programme", unit="%", value=60.0, baseline_value=20.0, change=40.0, change_lower=12.5, change_upper=67.5,
                   direction="BETTER", **QUARTER),
        ],
    }  # fmt: skip


@cache
def _source() -> PublishedRows:
    return published(rows())


@cache
def _made(lang: Lang) -> list[Page]:
    return pages(_source(), edition(lang))


def made(lang: Lang = "en", **changed: Any) -> list[Page]:
    return pages(published({**rows(), **changed}), edition(lang)) if changed else _made(lang)


def chart_of(one: Section) -> Chart:
    return next(block for block in one.blocks if isinstance(block, Chart))


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_has_its_address(lang: Lang) -> None:
    figures, counts = check_numbers(_source(), made(lang))
    assert figures > 30 and counts >= 5


def test_both_languages_say_the_same_figures() -> None:
    by_lang = {lang: made(lang) for lang in LANGS}
    assert [page.path for page in by_lang["en"]] == [page.path for page in by_lang["ar"]]
    shape = {lang: [[(s.id, len(s.blocks)) for s in p.sections] for p in of] for lang, of in by_lang.items()}
    assert shape["en"] == shape["ar"]
    assert "الأول" in said(by_lang["ar"]) and "First" in said(by_lang["en"])


def test_ties_and_silence_are_told_apart() -> None:
    network = section(made(), "network")
    ties = chart_of(network).table
    assert [[said(cell) for cell in row[:2]] for row in ties.rows] == [
        ["Department A", "Department B"], ["Department A", "Agency C"], ["Department B", "Agency C"], ["Department B", HOSTILE],
    ]  # fmt: skip
    assert row_with(ties, "Department A")[2:] == ["work on the same activity, shared information in the quarter", "A1"]
    assert said(ties.rows[3][2]) == "one says that they cooperate"
    assert "Reports for 2026-Q2 that have not come: 1." in said(network)
    assert row_with(network, HOSTILE) == [HOSTILE, "returns"]
    assert "0.5 (0.5 to 1)" in said(network)
    assert "withheld (no_units)" in said(network)
    assert "shows other pairs" not in said(network)


def test_without_a_record_of_what_is_owed_nobody_is_said_to_have_sent_everything() -> None:
    text = said(section(made(obligation=[]), "network"))
    assert "it is not known whose ties are not known" in text
    assert "No report that this publication knows to be owed" not in text
    came = [{**rows()["obligation"][0], "received_at": END, "state": "received"}]
    assert "No report that this publication knows to be owed for the quarter is missing." in said(
        section(made(obligation=came), "network")
    )


def test_a_picture_of_other_rows_than_the_published_figure_says_so() -> None:
    counted = [{**row, "numerator": 4.0} if row["metric_id"] == "IM-16" else row for row in rows()["metric_value"]]
    assert "shows other pairs" in said(section(made(metric_value=counted), "network"))
    others = [row for row in rows()["metric_value"] if row["metric_id"] != "IM-16"]
    assert "it is not known whether the picture is whole" in said(section(made(metric_value=others), "network"))
    assert "not known whether the picture" not in said(section(made(), "network"))


def test_nodes_of_the_picture_stand_on_their_side_and_the_silent_one_is_hollow() -> None:
    spec: Any = chart_of(section(made(), "network")).spec
    nodes = spec["layer"][1]["data"]["values"]
    assert {node["name"][:12]: (node["side"], node["state"][:7]) for node in nodes} == {
        "Department A": ("left", "no repo"), "Department B": ("left", "no repo"), "Agency C": ("right", "no repo"), HOSTILE[:12]: ("right", "a repor"),
    }  # fmt: skip
    assert len({(node["x"], node["y"]) for node in nodes}) == 4
    assert len(spec["layer"][0]["data"]["values"]) == 4


def test_pairs_that_nothing_ties_come_first_with_the_place_where_they_meet() -> None:
    overlap = section(made(), "overlap")
    pairs = [[said(cell) for cell in row] for row in overlap.blocks[-1].rows]  # type: ignore[union-attr]
    assert pairs == [
        ["Agency C", HOSTILE, "Second – water", "nothing says that they cooperate, and neither was asked about the other"],
        ["Department A", "Agency C", "First – health", "tied by an activity, an analysis or a rating"],
    ]  # fmt: skip
    assert row_with(chart_of(overlap), "Second")[3] == "several, of which nothing ties at least one pair"
    assert chart_of(overlap).alt.endswith("known tie meet in: Second.")


def test_without_the_rows_of_the_published_rate_no_pair_is_called_uncoordinated() -> None:
    overlap = section(made(activity=[], participation=[]), "overlap")
    assert "which do not give the pairs that the published rate counts" in said(overlap)
    text = said(list(tables(overlap)))
    assert "nothing says that they cooperate" not in text
    assert "no tie in the rows of this publication" in text


def test_nobody_who_meets_is_not_no_overlap() -> None:
    overlap = section(made(activity_cell=[]), "overlap")
    assert "reports of presence are missing, or nobody overlaps" in said(overlap)


def test_claims_count_where_somebody_independent_validated_them_and_their_rule_holds() -> None:
    tiers = section(made(), "tiers")
    verdicts = {name: row_with(tiers, name)[4] for name in ("C1", "C2", "C3", "C4")}
    assert verdicts == {
        "C1": "yes",
        "C2": "no: the rule of its tier does not hold on what this publication shows",
        "C3": "no: reviewed by one of those concerned",
        "C4": "not validated",
    }
    assert row_with(tiers, "C1")[6:8] == ["2.5", "1.25 to 3.75"]
    assert row_with(tiers, "C4")[6:8] == ["", ""]
    assert "Claims that were validated: 3." in said(tiers)
    assert "No collective capability is in this publication." in said(tiers)


def test_a_metric_is_shown_by_the_measure_that_is_compared_and_says_what_is_stale_or_withheld() -> None:
    made_pages = made()
    metrics = section(made_pages, "metrics")
    assert row_with(metrics, "IM-01")[1:] == [
        "four_quarters", "60", "", "4", "40 (12.5 to 67.5)", "BETTER", "overdue: returns, visits",
    ]  # fmt: skip
    assert row_with(metrics, "IM-24")[2] == "withheld: no_units"
    assert [page.path for page in made_pages][1:] == [
        f"metrics-{f}.html" for f in ("analysis", "flow", "network", "overlap")
    ]
    own = next(page for page in made_pages if page.path == "metrics-analysis.html")
    assert row_with(own, "IM-01")[7:10] == ["", "not compared with a baseline", "none overdue"]
    assert row_with(own, "IM-01")[6] == "higher · %"
    assert "12.5 to 67.5" in said(own)


def test_a_comparison_is_named_by_its_activity_indicator_and_departments() -> None:
    compared = metric(
        "IM-36", "value", 2.5, scope="activity=A1 indicator=Lorries a = b (%) pair=A+C", unit="outcome units"
    )
    own = next(page for page in made(metric_value=[compared]) if page.path == "metrics-effect.html")
    assert row_with(own, "IM-36")[2] == "A1 · Lorries a = b (%) · Department A + Agency C"


def test_nothing_published_is_said_and_no_claim_is_made() -> None:
    for source in (published({}), published({"metric_value": []})):
        (only,) = pages(source, edition())
        assert "nothing can be said here" in said(only)
    alone = pages(published({"metric_value": rows()["metric_value"]}), edition())
    text = said(alone)
    assert "no network can be drawn" in text and "No claim of effect is in this publication" in text
    assert "too few shared items for a curve" in text
    assert row_with(section(alone, "metrics"), "IM-01")[1:3] == ["value", "40"]


def test_the_curve_falls_where_something_was_shared() -> None:
    curve = waiting_curve([1, 2, 2, 4, 5], [True, True, False, True, False])
    assert [(day, round(share, 12)) for day, share in curve] == [(0, 1.0), (1, 0.8), (2, 0.6), (4, 0.3), (5, 0.3)]
    values: Any = chart_of(section(made(), "sharing")).spec["data"]
    assert [(v["days"], v["share"]) for v in values["values"]] == [(0, 1.0), (1, 0.8), (2, 0.4), (4, 0.2), (90, 0.2)]


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30))
def test_the_curve_reaches_one_half_on_the_day_of_the_published_median(items: list[tuple[int, bool]]) -> None:
    days, is_shared = [day for day, _ in items], [shared for _, shared in items]
    reached = [day for day, share in waiting_curve(days, is_shared)[1:] if share <= 0.5 + 1e-12]
    assert (reached[0] if reached else None) == waiting_time(np.array(days), np.array(is_shared), 0.5)


def test_period_is_the_latest_measured_one() -> None:
    earlier = [{**row, "period": "2026-Q1"} for row in rows()["metric_value"]]
    text = said(section(made(metric_value=[*earlier, *rows()["metric_value"]]), "metrics"))
    assert PERIOD in text and "2026-Q1" not in text


def test_a_picture_bears_the_closest_ties_alone() -> None:
    kinds = {"A": ("shared",), "B": ("rated", "shared"), "C": ("activity",), "D": ("product",)}
    pairs = [TiedPair(a, "Z", kind, ("A1",) if kind[0] == "activity" else ()) for a, kind in kinds.items()]
    assert [pair.a for pair in closest(Picture([], pairs), 2).pairs] == ["C", "D"]
    assert closest(Picture([], pairs), 9).pairs == pairs
