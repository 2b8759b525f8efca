"""Every real file has an outcome: accepted, findings, or refused with the reason; none crashes and no row is lost.

The outcomes are recorded by `python -m benchmarks.corpus --record`; a change of one is a change to look at.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.corpus import COLUMNS, OUTCOMES, files_of, judge_all
from idtracker.model.findings.rules import rules


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[str]]:
    with OUTCOMES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == COLUMNS
    return {row[0]: row[1:] for row in rows[1:]}


def test_every_file_has_the_outcome_that_is_recorded(shared_data: Path, recorded: dict[str, list[str]]) -> None:
    found = {name: list(rest) for name, *rest in (j.outcome for j in judge_all(shared_data))}
    assert set(found) == set(recorded)
    assert {n: found[n] for n in found if found[n] != recorded[n]} == {}


def test_every_row_is_accounted_for_and_every_refusal_has_its_reason(recorded: dict[str, list[str]]) -> None:
    for name, (verdict, read, accepted, held, repeated, broken) in recorded.items():
        assert int(read) == int(accepted) + int(held) + int(repeated), name
        severities = {rules()[r].severity for r in broken.split(";") if r}
        assert (verdict == "rejected") <= ("critical" in severities), name
        assert (int(held) > 0) <= bool(severities & {"critical", "error"}), name


def test_the_record_knows_every_file(shared_data: Path, recorded: dict[str, list[str]]) -> None:
    assert {p.relative_to(shared_data).as_posix() for p in files_of(shared_data)} == set(recorded)
