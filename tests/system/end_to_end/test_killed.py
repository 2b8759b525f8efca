"""Runs killed at random moments, and damaged files in a run: the next one makes it good, readers never see a half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from idtracker.ingest.judged.archive import accepted_folder  # noqa: E402
from idtracker.ingest.landing.ledger import Ledger  # noqa: E402
from idtracker.model.home import Home  # noqa: E402
from idtracker.publish.manifest import read_manifest  # noqa: E402
from tests.support.runs import METRICS, SUITES, runner_without  # noqa: E402
from tests.support.small_programme import write_programme  # noqa: E402
from tests.support.small_year import YEAR_SOURCES, drop_first, drop_rest  # noqa: E402

runner = runner_without(SUITES, METRICS)

KILLS = 2


def test_runs_killed_at_random_moments_are_made_good_while_a_reader_reads() -> None:
    command = [sys.executable, "-m", "benchmarks.proofs.crash", "--kills", str(KILLS), "--without-suites", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)  # fmt: skip
    figures = json.loads(done.stdout)
    assert (done.returncode, figures["errors"]) == (0, []), done.stderr[-2000:]
    assert figures["kills"] == KILLS and figures["reads"] > KILLS
    assert figures["publications_seen"] == 2, "the one before, and the one of an undisturbed run"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", tmp_path / "sources")
    write_programme(home.sources, YEAR_SOURCES)
    drop_first(home.root)
    return home


def test_damaged_files_are_named_or_judged_again_and_stop_no_other_source(home: Home) -> None:
    assert runner(home).run().failed_steps == []
    before = read_manifest(home, "hmg")
    (course,) = Ledger(home).receipts("courses")
    landed = home.landing / course.sha256[:2] / course.sha256
    landed.chmod(0o644)
    good = landed.read_bytes()
    landed.write_bytes(good[:-3])
    survey = Ledger(home).receipts("survey")[0]
    broken = [
        next(accepted_folder(home, r.source_id, r.submission_id).glob("facts-*.parquet")) for r in (course, survey)
    ]
    whole = broken[1].read_bytes()
    for path in broken:
        path.write_bytes(path.read_bytes()[:100])
    drop_rest(home.root)
    report = runner(home).run()
    assert report.failed_steps == ["accepted/courses"]
    assert str(landed) in report.failures["accepted/courses"]
    assert "courses_1.csv is damaged; restore it from a backup" in report.failures["accepted/courses"]
    arrived = {s.file_name: s.state for s in report.submissions}
    assert arrived["survey_2025-Q3.csv"] == arrived["products_2.csv"] == "accepted"
    assert arrived["courses_2.csv"] == "partly_accepted", "the other files of the source go on as well"
    assert broken[1].read_bytes() == whole, "judged again from its bytes"
    after = read_manifest(home, "hmg")
    assert before is not None and after is not None and after["content"] != before["content"]
    landed.write_bytes(good)
    assert runner(home).run().failed_steps == []
