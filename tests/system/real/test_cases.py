"""Small files that were once read wrongly, each the example of a kind: what is stored is what they say, or it waits."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.landing.placing import place_in_inbox
from idtracker.model.home import Home
from tests.support.runs import FIGURES, SUITES, runner_without

ROOT = Path(__file__).parents[3]
FILES = {
    "gen_csv": [
        *("named_totals.csv", "order/water_original.csv", "order/water_corrected.csv", "order/1/same.csv"),
        *("order/2/same.csv", "order/return_z.csv", "order/return_b.csv"),
    ],
    "gen_xlsx": ["decimal_on_numbers.xlsx"],
    "gen_xlsx2": [
        *("percent_cells.xlsx", "months_as_dates.xlsx", "noise/1/noise_2026-Q3.xlsx"),
        *("noise/2/noise_2026-Q3_v2.xlsx", "sheet_per_quarter.xlsx"),
    ],
    "list_json": ["json_lists.json"],
    "rp_csv": ["revert/a/rp_2026-Q2.csv", "revert/b/rp_2026-Q2.csv", "revert/c/rp_2026-Q2.csv"],
    "dhis_json": ["dhis_periods.json"],
    "kobo_doc": ["kobo_page1.json"],
    "observatory_conflict_events": ["conflict_events_2026-10-01.csv", "conflict_events_2026-11-01.csv"],
    "horizon_iati_activities": ["horizon_iati_2026-H1_usd.xml"],
    "cell_xlsx": ["total_rows.xlsx"],
}
VALUES = {
    ("gen_csv", "JO-AT", "2026-Q3"): 41,
    ("gen_csv", "JO-MN", "2026-Q3"): 61,
    ("gen_csv", "JO-AQ", "2026-Q3"): 71,
    ("gen_csv", "JO-AM", "2026-Q2"): 16.2,
    ("gen_csv", "JO-IR", "2026-Q2"): 15,
    ("gen_csv", "JO-KA", "2026-Q2"): 17,
    ("gen_csv", "JO-MA", "2026-Q2"): 18,
    ("gen_xlsx", "JO-AM", "2026-Q3"): 14.125,
    ("gen_xlsx", "JO-IR", "2026-Q3"): 12.5,
    ("gen_xlsx2", "JO", "2026-04"): 4,
    ("gen_xlsx2", "JO", "2026-05"): 3,
    ("gen_xlsx2", "JO", "2026-06"): 5,
    ("rp_csv", "JO-AM", "2026-Q2"): 40,
    ("dhis_json", "JO-AM", "2025-10/P1Y"): 14,
    ("dhis_json", "JO-AM", "2026-07"): 50,
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> duckdb.DuckDBPyConnection:
    """What is published after all the cases arrived, read only."""
    cases = shared_data.parent / "cases"
    if not cases.is_dir():
        pytest.skip(f"{cases} is not there")
    folder = tmp_path_factory.mktemp("cases")
    (folder / "sources").mkdir()
    for name in ("_reference", "_indices", "observatory_conflict_events", "horizon_iati_activities"):
        shutil.copytree(ROOT / "sources" / name, folder / "sources" / name)
    shutil.copy(ROOT / "sources" / "programme.yml", folder / "sources" / "programme.yml")
    shutil.copytree(cases / "sources", folder / "sources", dirs_exist_ok=True)
    home = Home(root=folder / "home", sources=folder / "sources")
    catalogue = load_catalogue(home.sources)
    for source, files in FILES.items():
        for file in files:
            name = "w4_2026-Q3.xlsx" if source == "cell_xlsx" else Path(file).name
            place_in_inbox(home, catalogue.sources[source], (cases / file).read_bytes(), name, None)
    report = runner_without(SUITES, *FIGURES)(home).run()
    assert (report.failures, report.not_taken) == ({}, [])
    return duckdb.connect(str(home.published / "hmg" / "current" / "idtracker.duckdb"), read_only=True)


@pytest.mark.parametrize(("key", "value"), VALUES.items(), ids=["|".join(key) for key in VALUES])
def test_the_value_is_what_the_file_says(
    stored: duckdb.DuckDBPyConnection, key: tuple[str, str, str], value: float
) -> None:
    rows = stored.execute(
        "SELECT value FROM now.observation WHERE source_id = ? AND place_id = ? AND period = ? AND disaggregation IS NULL",
        list(key),
    ).fetchall()
    assert rows == [(pytest.approx(value, abs=0),)]


def test_percentages_are_what_they_show(stored: duckdb.DuckDBPyConnection) -> None:
    rows = stored.execute("SELECT value FROM now.observation WHERE indicator_id = 'BSF4-COURT' ORDER BY 1").fetchall()
    assert rows == [(58.0,), (59.0,), (61.5,), (63.5,)]


@pytest.mark.parametrize(
    ("file", "fates", "rule"),
    [
        ("noise_2026-Q3_v2.xlsx", (0, 2, 0), None),
        ("conflict_events_2026-11-01.csv", (0, 0, 12), "bounds.removal"),
        ("kobo_page1.json", (0, 0, 3), "file.incomplete"),
        ("w4_2026-Q3.xlsx", (1, 0, 3), "row.total"),
        ("sheet_per_quarter.xlsx", (2, 0, 0), "sheet.not_read"),
        ("horizon_iati_2026-H1_usd.xml", (19, 0, 0), "value.currency"),
    ],
)
def test_what_waits_or_differs_is_said(
    stored: duckdb.DuckDBPyConnection, file: str, fates: tuple[int, int, int], rule: str | None
) -> None:
    rows: list[tuple[Any, ...]] = stored.execute(
        "SELECT submission_id, rows_accepted, rows_unchanged, rows_held FROM submission WHERE file_name = ?", [file]
    ).fetchall()
    ((submission, *counted),) = rows
    assert tuple(counted) == fates
    found = stored.execute("SELECT DISTINCT rule FROM finding WHERE submission_id = ?", [submission]).fetchall()
    assert rule is None or (rule,) in found


def test_a_stated_currency_is_stored(stored: duckdb.DuckDBPyConnection) -> None:
    question = "SELECT DISTINCT amount_currency FROM now.\"transaction\" WHERE source_id = 'horizon_iati_activities'"
    assert stored.execute(question).fetchall() == [("USD",)]
