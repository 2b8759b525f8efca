"""A sample of the independent reading: small real files of every format, and the cases, through `check` and `run`.

`python -m benchmarks.independent_reading` does the same with all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.independent_reading.report import faults, table
from benchmarks.independent_reading.specimen import Specimen
from benchmarks.independent_reading.specimens import all_specimens
from benchmarks.independent_reading.stated import Expected
from benchmarks.independent_reading.workshop import File, Folders, examine

SAMPLE = (
    *("case_decimal", "case_percent", "case_months", "case_horizon", "case_fiscal_years", "case_dhis", "case_totals"),
    *("dirty_ods", "dirty_xls", "dirty_hotels", "dirty_comment", "dated_ods", "dated_register", "dirty_ndjson"),
    *("hxl_latin", "hxl_nested", "joined", "archive", "formats", "spend_12", "iati_15", "cpi_2012", "kobo_visits"),
)
WRONG = "dirty_floats"


@pytest.fixture(scope="module")
def read_twice(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, File]:
    """Every file of the sample by its source, and one whose independent reading is wrong on purpose."""
    chosen = {s.source: s for s in all_specimens() if s.source in (*SAMPLE, WRONG)}
    assert sorted(chosen) == sorted((*SAMPLE, WRONG))
    chosen[WRONG] = _read_wrongly(chosen[WRONG])
    folders = Folders(shared_data, shared_data.parent / "cases")
    files = examine(list(chosen.values()), folders, tmp_path_factory.mktemp("reading"))
    return {file.specimen.source: file for file in files}


def _read_wrongly(specimen: Specimen) -> Specimen:
    """The first value is another, the second row is missing, one is there that the file does not have."""

    def read(path: Path, data: Path) -> Iterator[Expected]:
        first, _, *others = specimen.read(path, data)
        yield replace(first, values={**first.values, "value": 99.0})
        yield from others
        yield replace(first, row=1000)

    return replace(specimen, read=read)


def test_no_value_differs_without_a_finding_and_no_row_is_lost(read_twice: dict[str, File]) -> None:
    files = [file for source, file in read_twice.items() if source != WRONG]
    assert list(faults(files)) == []
    assert len(files) >= 20
    assert all(file.outcome.compared for file in files)
    assert len(list(table(files))) == len(files) + 2


def test_a_reading_that_differs_is_seen(read_twice: dict[str, File]) -> None:
    assert [f.kind for f in read_twice[WRONG].outcome.faults] == ["value", "extra", "vanished"]
