"""The invented files of the benchmarks: as many rows as asked for, each key once, as many mistakes as stated."""

from __future__ import annotations

import pytest

from benchmarks.generated import observations as made
from benchmarks.generated.programme import OBSERVATIONS, drop_apart, write_sources
from benchmarks.performance.places import MeasuredHome
from benchmarks.performance.rows import correct_two_figures
from idtracker.ingest.judge.catalogue import load_catalogue


@pytest.mark.parametrize(("rows", "quarters"), [(100, 12), (5_000, 20), (9_000, 60)])
def test_as_many_rows_and_quarters_as_asked_for(rows, quarters):
    frame = made.observations(rows, quarters)
    assert len(frame) == rows
    assert frame["Area"].nunique() <= 3 * made.places_for(rows, quarters) + 21


def test_the_same_rows_in_every_run():
    assert made.observations(2_000).equals(made.observations(2_000))


def test_each_mistake_in_as_many_rows_as_stated():
    frame = made.observations(9_000)
    assert made.mistakes(9_000) == 10
    assert frame["Area"].eq("").sum() == 10
    assert frame["Organisation"].str.startswith("Ministry of Interor").sum() == 10
    assert frame["Standard error"].str.startswith("-").sum() == 10


def test_a_later_report_corrects_and_adds():
    known, later = made.observations(5_000), made.later_report(5_000, 100)
    key = ["Indicator", "Area", "Quarter", "Organisation"]
    assert len(later) == 100
    assert len(later.merge(known[key].drop_duplicates(), on=key)) == 50


def test_files_apart_hold_every_row_and_each_corrects_the_one_before(tmp_path):
    frame = made.observations(1_000)
    drop_apart(tmp_path, OBSERVATIONS, frame, 10)
    files = sorted((tmp_path / "inbox" / OBSERVATIONS).glob("*.csv"))
    lines = sum(len(file.read_text("utf-8").splitlines()) - 1 for file in files)
    assert len(files) == 10
    assert lines == len(frame) + 9 * 5


def test_the_catalogue_knows_every_invented_place(tmp_path):
    catalogue = load_catalogue(write_sources(tmp_path / "sources", OBSERVATIONS, places=3))
    assert list(catalogue.sources) == [OBSERVATIONS]
    assert {made.place_id(n) for n in range(3)} <= set(catalogue.register.places["place_id"])


def test_a_correction_changes_two_cells_under_the_next_edition(tmp_path):
    inbox = tmp_path / "first" / "inbox" / "ons_survey_indicators"
    inbox.mkdir(parents=True)
    rows = ["Indicator,Area,Estimate", *(f"I,{area},{10 + n}.0" for n, area in enumerate("ABC"))]
    (inbox / "ons_survey_2026-Q2_v2.csv").write_text("\n".join(rows) + "\n", "utf-8")
    correct_two_figures(MeasuredHome(tmp_path / "first", tmp_path), MeasuredHome(tmp_path / "then", tmp_path))
    again = (tmp_path / "then/inbox/ons_survey_indicators/ons_survey_2026-Q2_v3.csv").read_text("utf-8").splitlines()
    assert [one for one, other in zip(again, rows, strict=True) if one != other] == ["I,A,10.1", "I,B,11.1"]
