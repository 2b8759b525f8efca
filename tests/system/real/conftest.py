"""The real files, each judged once as a report of its source."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from real_files import FILES

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue

SOURCES = Path(__file__).parent
Judge = Callable[[str], Assessment]


@pytest.fixture(scope="session")
def catalogue() -> ProgrammeCatalogue:
    return load_catalogue(SOURCES)


@pytest.fixture(scope="session")
def real_files(shared_data: Path) -> dict[str, Path]:
    """Source -> its real file; a folder that lacks one of them is an error, not a reason to skip."""
    return {source_id: shared_data / path for source_id, path in FILES.items()}


@pytest.fixture(scope="session")
def judge(catalogue: ProgrammeCatalogue, real_files: dict[str, Path]) -> Judge:
    """The assessment of the real file of a source."""

    @cache
    def judged(source_id: str) -> Assessment:
        path = real_files[source_id]
        return assess(
            path.read_bytes(),
            path.name,
            catalogue.source(source_id),
            catalogue,
            submission_id="S1",
            received_at=pd.Timestamp("2026-11-15"),
        )

    return judged
