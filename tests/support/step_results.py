"""What each step made of a fixed corpus when its version was last raised; see `idtracker.model.steps.versions`.

Where a step makes something else now, raise its number and record the result: run the tests with `step_versions` in their names (`pytest -k step_versions`)
with IDTRACKER_RECORD_STEPS=1 and read the difference of step_results.json.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from idtracker.model.steps.versions import VERSIONS, Step

RECORD = Path(__file__).with_name("step_results.json")
DIGITS = 9
"""Significant digits of a number that count: sums may differ in the last ones from machine to machine."""

Recorded = dict[str, dict[str, object]]


def digest_of(frames: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 over named tables, whatever the order of their rows."""
    digest = hashlib.sha256()
    for name, frame in sorted(frames.items()):
        plain = frame.copy()
        for column in plain.select_dtypes("float"):
            plain[column] = plain[column].map(lambda value: f"{value:.{DIGITS}g}")
        lines = sorted(plain.astype(object).to_csv(index=False, header=False).splitlines())
        digest.update("\n".join([name, ",".join(map(str, plain.columns)), *lines, ""]).encode())
    return digest.hexdigest()


def complaint(step: Step, digest: str, recorded: Recorded, number: int) -> str | None:
    """What is wrong between a step, its version and what is recorded of it; None where all is well."""
    entry = recorded.get(step, {})
    if entry.get("version") == number:
        same = entry.get("digest") == digest
        return (
            None
            if same
            else f"{step} makes something else than at version {number}: raise it in model/steps/versions.py"
        )
    return f"{step} is at version {number}, recorded is {entry.get('version')}: record what it makes now"


def hold_against_record(step: Step, frames: Mapping[str, pd.DataFrame]) -> None:
    """Fail where a step made something else of the corpus than its version says; or record it, if asked to."""
    recorded: Recorded = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    digest = digest_of(frames)
    if os.environ.get("IDTRACKER_RECORD_STEPS"):
        recorded[step] = {"version": VERSIONS[step], "digest": digest}
        RECORD.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n", "utf-8")
        return
    wrong = complaint(step, digest, recorded, VERSIONS[step])
    assert wrong is None, wrong
