"""The suites through Great Expectations: every planted fault is found with exactly its keys, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from judged_frames import run_expectations

from idtracker.model.tables import TABLES, empty_frame
from idtracker.quality.expectations.outcome import ExpectationResult

pytest.importorskip("great_expectations")
import lxml.html

Build = Callable[[str, int], pd.DataFrame]
AS_OF = pd.Timestamp("2026-11-22T06:00:00")
NOTICE = "OFFICIAL <invented data>"
EARLIER = pd.Timestamp("2025-12-31")
LATER = pd.Timestamp("2026-02-01")
TABLES_JUDGED = ["observation", "event", "merged_cell", "score", "trend", "metric_value", "organisation", "codelist"]

# table, row, cells set there, and the expectation that must name the row (None: valid after all).
PLANTED = [
    ("observation", 1, {"source_id": None}, "source_id.filled"),
    ("observation", 2, {"classification": "PURPLE"}, "classification.code"),
    ("observation", 3, {"standard_error": -0.1}, "standard_error.bounds"),
    ("observation", 4, {"sample_size": -1}, "sample_size.bounds"),
    ("observation", 5, {"indicator_id": "I2"}, "indicator_id.known"),
    ("observation", 6, {"place_id": "XX-1"}, "place_id.known"),
    ("observation", 7, {"recorded_to": pd.Timestamp("2026-01-01")}, "recorded_to.above_recorded_from"),
    ("observation", 8, {"period_end": EARLIER}, "period_end.not_below_period_start"),
    ("observation", 9, {"fact_id": "fact_id-10"}, "fact_id.unique"),
    ("observation", 10, {}, "fact_id.unique"),
    ("observation", 11, {"fact_id": "fact_id-12", "recorded_to": LATER}, None),
    ("merged_cell", 1, {"org_count": 3, "obs_count": 2}, "obs_count.not_below_org_count"),
    ("merged_cell", 2, {"period": "period-3"}, "key.unique"),
    ("merged_cell", 3, {}, "key.unique"),
    ("merged_cell", 4, {"score": 100.5}, "score.bounds"),
    ("merged_cell", 5, {"value": None}, "value.filled"),
    ("score", 1, {"completeness": 0.5}, "score.empty_below_coverage"),
    ("score", 2, {"completeness": 0.7, "score": None}, "score.filled_at_coverage"),
    ("score", 3, {"completeness": 0.5, "score": None}, None),
    ("score", 4, {"completeness": 2 / 3 - 1e-12}, None),
    ("score", 5, {"low": 2.0, "high": 1.0}, "high.not_below_low"),
    ("score", 6, {"period": "period-7", "node_code": "node_code-7"}, "key.unique"),
    ("score", 7, {}, "key.unique"),
    ("trend", 1, {"p_value": 1.5}, "p_value.bounds"),
    ("metric_value", 1, {"metric_id": "m", "measure": "v", "scope": "s", "period": "p"}, "key.unique"),
    ("metric_value", 2, {"metric_id": "m", "measure": "v", "scope": "s", "period": "p"}, "key.unique"),
    ("metric_value", 3, {"metric_id": "m", "measure": "v", "scope": "s", "period": "p", "as_of_on": LATER}, None),
    ("organisation", 1, {"valid_from": LATER, "valid_to": EARLIER}, "valid_to.not_below_valid_from"),
]  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """The planted tables, what came of them, and the pages."""

    tables: dict[str, pd.DataFrame]
    outcomes: list[ExpectationResult]
    pages: Path

    def named(self, id: str) -> ExpectationResult:
        return next(o for o in self.outcomes if o.id == id)


def _reference(valid: Build) -> dict[str, pd.DataFrame]:
    return {name: valid(name, 1) for name in ("indicator", "place")}


def _keyed(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Each row under a name of its own, on an index that does not count from 0."""
    return {n: f.set_axis([10 * i for i in range(len(f))]) for n, f in tables.items()}


@pytest.fixture(scope="module")
def clean(valid: Build) -> dict[str, pd.DataFrame]:
    return _keyed({**{name: valid(name, 14) for name in TABLES_JUDGED}, "event": valid("event", 600)})


KEYS = {
    "observation": ["submission_id"],
    "event": ["event_id"],
    "merged_cell": ["submission_ids"],
    "score": ["effective_weights"],
    "trend": ["place_id", "node_code"],
    "metric_value": ["metric_version"],
    "organisation": ["name"],
}


@pytest.fixture(scope="module")
def judged(
    clean: dict[str, pd.DataFrame],
    valid: Build,
    codes: dict[str, list[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Judged:
    """One run over every planted fault: 500 bad events, a lost column, columns in another order among them."""
    tables = {name: frame.copy() for name, frame in clean.items()}
    for table, row, cells, _ in PLANTED:
        for column, value in cells.items():
            tables[table].loc[10 * row, column] = value
    tables["event"].loc[:4990, "fatalities"] = -1
    tables["trend"] = tables["trend"].drop(columns="points_count")
    tables["codelist"] = tables["codelist"][list(tables["codelist"].columns)[::-1]]
    pages = tmp_path_factory.mktemp("docs")
    (pages / "validations").mkdir()
    (pages / "validations" / "forgotten.html").write_text("an earlier run")
    (pages / "mine.txt").write_text("not ours")
    all_tables = {**tables, **_reference(valid)}
    return Judged(tables, run_expectations(all_tables, codes, pages, KEYS, as_of=AS_OF, notice=NOTICE), pages)


def _planted_keys(tables: dict[str, pd.DataFrame]) -> dict[str, list[dict[str, object]]]:
    wanted: dict[str, list[dict[str, object]]] = {}
    for table, row, _, kind in PLANTED:
        if kind:
            cells = {c: tables[table].loc[10 * row, c] for c in KEYS[table]}
            wanted.setdefault(f"gx.{table}.{kind}", []).append(cells)
    return wanted


def test_every_planted_fault_is_found_with_exactly_its_keys(judged: Judged) -> None:
    found = {o.id: o.failing_keys for o in judged.outcomes if o.failing_keys and o.table != "event"}
    assert found == _planted_keys(judged.tables)
    for outcome in judged.outcomes:
        assert not (outcome.success and outcome.failing_keys)
        assert outcome.failed_count == len(outcome.failing_keys)


def test_five_hundred_failing_rows_come_with_all_their_keys(judged: Judged) -> None:
    outcome = judged.named("gx.event.fatalities.bounds")
    assert not outcome.success
    assert outcome.failed_count == 500
    assert outcome.failing_keys == [{"event_id": f"event_id-{i}"} for i in range(500)]
    assert outcome.observed == "500 of 600 rows fail"
    assert [o.id for o in judged.outcomes if o.table == "event" and not o.success] == [outcome.id]


def test_a_lost_column_and_another_order_are_said(judged: Judged) -> None:
    trend = judged.named("gx.trend.table.columns")
    assert (trend.success, trend.failed_count, trend.observed) == (False, 0, "missing: points_count")
    lost = judged.named("gx.trend.points_count.bounds")
    assert not lost.success
    assert "points_count" in lost.observed
    assert lost.observed.startswith("could not be evaluated: ")
    order = judged.named("gx.codelist.table.columns")
    count = judged.tables["codelist"].shape[1]
    assert (order.success, order.observed) == (False, f"{count} columns in another order")


def test_a_warning_stays_a_warning(judged: Judged) -> None:
    failed = {o.id for o in judged.outcomes if not o.success and o.severity == "warning"}
    assert failed == {"gx.observation.indicator_id.known", "gx.observation.place_id.known"}


def test_outcomes_follow_the_contract(judged: Judged) -> None:
    tables = list(dict.fromkeys(o.table for o in judged.outcomes))
    assert tables == [n for n in TABLES if n in tables]
    assert set(tables) == {*judged.tables, "indicator", "place"}


def test_clean_and_empty_tables_pass(clean: dict[str, pd.DataFrame], valid: Build, codes: dict[str, list[str]]) -> None:
    outcomes = run_expectations({**clean, **_reference(valid)}, codes, None, {}, as_of=AS_OF)
    empty = {name: empty_frame(TABLES[name]) for name in TABLES_JUDGED}
    outcomes += run_expectations(empty, codes, None, {}, as_of=AS_OF)
    assert [o for o in outcomes if not o.success] == []
    assert len(outcomes) > 250


def test_pages_are_whole_and_replace_those_of_an_earlier_run(judged: Judged) -> None:
    names = {str(p.relative_to(judged.pages)) for p in judged.pages.rglob("*") if p.is_file()}
    tables = {*judged.tables, "indicator", "place"}
    failing = {f"failing/{o.id}.csv" for o in judged.outcomes if o.failing_keys}
    pages = {f"{folder}/{t}.html" for folder in ("validations", "expectations") for t in tables}
    assert names == {"index.html", "mine.txt"} | failing | pages
    keys = pd.read_csv(judged.pages / "failing" / "gx.event.fatalities.bounds.csv")
    assert keys["event_id"].tolist() == [f"event_id-{i}" for i in range(500)]


def test_pages_fetch_nothing_and_run_nothing(judged: Judged) -> None:
    for path in judged.pages.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        page = lxml.html.document_fromstring(text)
        assert page.xpath("//script | //link | //img | //iframe | //meta[@http-equiv]") == [], path
        assert page.xpath("//@src | //@srcset | //@onclick | //@onload") == [], path
        assert "url(" not in text
        assert "@import" not in text
        assert "://" not in text, path
        assert "Traceback" not in text
        for href in page.xpath("//@href"):
            target = path if href.startswith("#") else path.parent / href
            assert target.resolve().is_file(), f"{path}: {href}"


def test_the_notice_comes_first_on_every_page(judged: Judged) -> None:
    for path in judged.pages.rglob("*.html"):
        first = lxml.html.document_fromstring(path.read_text(encoding="utf-8")).find("body")[0]
        assert first.get("class") == "notice", path
        assert first.text_content() == NOTICE


def test_pages_show_the_failures_and_the_day_of_knowledge(judged: Judged) -> None:
    index = lxml.html.parse(judged.pages / "index.html").getroot().text_content()
    assert "2026-11-22 06:00 UTC" in index
    page = lxml.html.parse(judged.pages / "validations" / "event.html").getroot()
    text = page.text_content()
    assert "fatalities is at least 0 people." in text
    assert "500 of 600 rows fail" in text
    assert 'event_id "event_id-9"' in text
    assert 'event_id "event_id-10"' not in text  # further ones stand in the file
    assert "all 500 keys" in text


def test_the_same_tables_give_the_same_pages(
    judged: Judged, valid: Build, codes: dict[str, list[str]], tmp_path: Path
) -> None:
    tables = {"event": judged.tables["event"], "trend": judged.tables["trend"], **_reference(valid)}
    for folder in ("first", "second"):
        run_expectations(tables, codes, tmp_path / folder, KEYS, as_of=AS_OF, notice=NOTICE)
    written = [
        {str(p.relative_to(tmp_path / f)): p.read_bytes() for p in (tmp_path / f).rglob("*") if p.is_file()}
        for f in ("first", "second")
    ]
    assert written[0] == written[1]
    assert len(written[0]) > 5
