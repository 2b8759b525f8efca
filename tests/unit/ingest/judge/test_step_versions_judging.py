"""Judging makes of a fixed corpus what it made when its version was last raised: the files of mistakes and every example."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from fault_files import KINDS, LANGS, fault_files
from fault_register import INDICATORS, PLACES

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.config.programme import Programme
from idtracker.model.register.register import Register
from idtracker.model.steps.versions import VERSIONS
from idtracker.operate.services.source_examples import judge_example
from tests.support.step_results import complaint, digest_of, hold_against_record

ROOT = Path(__file__).parents[4]
RECEIVED = pd.Timestamp("2026-11-15")


def tables_of(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Accepted rows, held rows and findings by rule and place; wording has a version of its own."""
    findings = assessment.findings.to_frame()[["rule", "sheet", "row", "column", "value"]]
    held = assessment.held[["sheet", "row_number", "row_piece", "rules"]]
    return {**assessment.facts, "held": held, "findings": findings}


def test_judging_makes_what_its_version_says(tmp_path: Path) -> None:
    (tmp_path / "_reference").mkdir()
    (tmp_path / "_reference" / "indicators.csv").write_text(INDICATORS, "utf-8")
    (tmp_path / "_reference" / "places.csv").write_text(PLACES, "utf-8")
    small = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(tmp_path), {})
    bundled = load_catalogue(ROOT / "sources")
    judged = [
        assess(f.content, f.name, f.source, small, submission_id="s", received_at=RECEIVED)
        for kind in KINDS
        for lang in LANGS
        for f in fault_files(kind, lang)
    ]
    examples = [judge_example(bundled, source, RECEIVED) for source in bundled.sources.values()]
    judged += [example.assessment for example in examples if example]
    made = {f"{n} {table}": frame for n, a in enumerate(judged) for table, frame in tables_of(a).items()}
    assert sum(a.rows_accepted for a in judged) > 300 and sum(a.rows_held for a in judged) > 100
    hold_against_record("judging", made)


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ({"judging": {"version": VERSIONS["judging"], "digest": "as before"}}, None),
        ({"judging": {"version": VERSIONS["judging"], "digest": "other"}}, "raise it"),
        ({"judging": {"version": 0, "digest": "as before"}}, "record what it makes now"),
        ({}, "record what it makes now"),
    ],
)
def test_a_change_that_was_forgotten_is_told(recorded: dict[str, dict[str, object]], expected: str | None) -> None:
    told = complaint("judging", "as before", recorded, VERSIONS["judging"])
    assert (told is None) if expected is None else expected in str(told)


def test_one_other_cell_is_another_result_and_the_order_of_rows_is_none() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    same = digest_of({"t": frame})
    assert same == digest_of({"t": frame.iloc[::-1]}) == digest_of({"t": frame.assign(a=[1.0, 2.0 + 1e-12])})
    assert same != digest_of({"t": frame.assign(a=[1.0, 2.001])})
    assert same != digest_of({"u": frame})
