"""A file whose columns are coded in memory is judged as one whose columns are not: the same rows, findings and keys."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fault_files import KINDS, LANGS, FaultFile, Kind, Lang, fault_files
from fault_register import INDICATORS, PLACES
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.totals import _sums_of_above
from idtracker.ingest.judged import parquet
from idtracker.ingest.read.text import large
from idtracker.model.config.programme import Programme
from idtracker.model.packed import packings
from idtracker.model.packed.array import PackedTextArray
from idtracker.model.register.register import Register


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> ProgrammeCatalogue:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "_reference").mkdir()
    (folder / "_reference" / "indicators.csv").write_text(INDICATORS, "utf-8")
    (folder / "_reference" / "places.csv").write_text(PLACES, "utf-8")
    return ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(folder), {})


def judged(catalogue: ProgrammeCatalogue, file: FaultFile) -> Assessment:
    about = {"submission_id": "s", "received_at": pd.Timestamp("2026-04-20")}
    return assess(file.content, file.name, file.source, catalogue, **about)


def frames_of(found: Assessment) -> dict[str, pd.DataFrame]:
    whole = {"held": found.held, "keys": found.held_keys, "findings": found.findings.to_frame()}
    facts = {f"facts {part}": frame for part, frame in found.facts.items()}
    return whole | facts | {f"waivable {part}": frame for part, frame in found.waivable.items()}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_judged_the_same_in_codes(
    catalogue: ProgrammeCatalogue, kind: Kind, lang: Lang, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = fault_files(kind, lang)
    plain = [judged(catalogue, file) for file in files]
    assert sum(len(found.held) for found in plain) > 0 < sum(found.rows_accepted for found in plain)
    arrays = []
    monkeypatch.setattr(packings, "FEWEST_ROWS", 0)
    monkeypatch.setattr(packings, "MOST_DIFFERENT", 100)
    monkeypatch.setattr(large, "FEWEST_BYTES", 0)
    for file, expected in zip(files, plain, strict=True):
        found = judged(catalogue, file)
        one, other = frames_of(expected), frames_of(found)
        assert one.keys() == other.keys()
        for name, frame in one.items():
            pd.testing.assert_frame_equal(frame, other[name], obj=f"{file.name}: {name}")
        arrays += [f[c].array for f in found.facts.values() for c in f]
        assert (found.rows_read, found.coverage, found.verdict) == (
            expected.rows_read,
            expected.coverage,
            expected.verdict,
        )
    assert any(isinstance(array, PackedTextArray) and len(array) for array in arrays)


def test_rows_are_written_in_groups_and_read_as_one(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame(
        {"n": pd.array([1, None, 3, 4, 5], dtype="Int64"), "t": pd.array(["a", None, "c", "d", "e"], dtype="str")}
    )
    parquet.write_frame(tmp_path / "whole.parquet", frame)
    monkeypatch.setattr(parquet, "_ROWS_OF_A_GROUP", 2)
    parquet.write_frame(tmp_path / "groups.parquet", frame)
    assert parquet.pq.ParquetFile(tmp_path / "groups.parquet").num_row_groups == 3
    read = [parquet.read_frame(tmp_path / f"{name}.parquet", ["n", "t"]) for name in ("whole", "groups")]
    pd.testing.assert_frame_equal(read[0], frame)
    pd.testing.assert_frame_equal(read[1], frame)


def sums_in_loops(rows: list[list[float]], totals: list[bool], candidates: list[bool]) -> dict[int, tuple[int, int]]:
    """Row by row: a candidate is the sum of the rows above it since the last total or sum, or of all that are neither."""
    found: dict[int, tuple[int, int]] = {}
    since = 0
    for row, figures in enumerate(rows):
        if totals[row]:
            since = row + 1
        elif candidates[row]:
            for start in dict.fromkeys((since, 0)):
                above = [n for n in range(start, row) if not totals[n] and n not in found]
                sums = [sum(rows[n][c] for n in above) for c in range(len(figures))]
                if len(above) >= 2 and any(figures) and sums == figures:
                    found[row], since = (start, len(above)), row + 1
                    break
    return found


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from("..ct")), max_size=12),
    summed=st.lists(st.integers(2, 11), max_size=3),
)
@settings(max_examples=300)
def test_sums_of_the_rows_above_are_those_of_plain_loops(rows: list[tuple[int, int, str]], summed: list[int]) -> None:
    figures = [[float(a), float(b)] for a, b, _ in rows]
    for row in sorted(n for n in summed if n < len(rows)):  # some rows that are sums indeed
        figures[row] = [sum(figures[n][c] for n in range(row)) for c in range(2)]
    totals, candidates = [mark == "t" for _, _, mark in rows], [mark == "c" for _, _, mark in rows]
    for row in summed:
        if row < len(rows):
            totals[row], candidates[row] = False, True
    columns = [np.array([row[c] for row in figures], dtype=np.float64) for c in range(2)]
    found = _sums_of_above(columns, np.array(totals, dtype=bool), np.array(candidates, dtype=bool))
    assert found == sums_in_loops(figures, totals, candidates)
