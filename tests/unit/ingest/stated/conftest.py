"""Files judged as a whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from stated_files import INDICATORS, OBSERVATIONS, Judge

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    sources = tmp_path_factory.mktemp("sources")
    (sources / "_reference").mkdir()
    (sources / "_reference" / "indicators.csv").write_text(INDICATORS, "utf-8")
    return Register.load(sources)


@pytest.fixture
def judge(register: Register, tmp_path: Path) -> Judge:
    """Judge content as a report of a source, given as the keys that differ from an observation source."""

    def run(content: bytes, kind: str = "csv", **changes: Any) -> Assessment:
        fmt = {"kind": kind, **changes.pop("format", {})}
        keys = {**OBSERVATIONS, **changes}
        base = {"title": "t", "publisher": "GB-GOV-11", "format": fmt, "cadence": {"every": "quarter"}, **keys}
        source = Source.model_validate(base).located("returns", tmp_path, "x")
        assert check_source(source, register) == []
        catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, register, {})
        received_at = pd.Timestamp("2026-11-20")
        return assess(content, f"returns.{kind}", source, catalogue, submission_id="s", received_at=received_at)

    return run


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of shared examples, beside that of the real files."""
    beside = Path(__file__).resolve().parents[4].parent / "shared" / "data"
    folder = Path(os.environ.get("IDTRACKER_SHARED_DATA") or beside).parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"the shared examples are not at {folder}; set IDTRACKER_SHARED_DATA")
    return folder
