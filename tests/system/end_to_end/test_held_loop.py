"""Held rows, exported, corrected and sent back: the store then equals the one of a clean first file, whatever the format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner

from idtracker.cli import cli
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.model.tables import DERIVED, FACTS, TABLES, columns_of
from idtracker.operate.step import Figures, PipelineResult
from idtracker.store.refresh_facts import judged_receipts
from tests.support.runs import FIGURES, run_all
from tests.support.small_programme import drop, write_programme

PROGRAMME = "title: Loop\ncountry: JO\nclock: 2026-02-10\ntracker: {first: 2025-Q3, last: 2025-Q4}\n"
KEYS = """
        received: {may_backdate: true}
        cadence: {every: as_needed}
        feeds: observation
        key: [indicator, place, period]
        revision: replace_period
        columns:
          - {field: indicator, heading: Indicator, required: true}
          - {field: place, heading: Area, required: true}
          - {field: period, heading: Quarter, required: true}
          - {field: value, heading: Value, required: true}
"""
SOURCES = {
    "survey": "title: Survey\npublisher: GB-GOV-24\nformat: {kind: csv}" + dedent(KEYS),
    "wide": "title: Wide\npublisher: GB-GOV-8\nformat: {kind: xlsx}\n"
    "unpivot: {columns: '(?P<Quarter>\\d{4}-Q\\d)', value: Value}" + dedent(KEYS),
    "records": "title: Records\npublisher: GB-GOV-11\nformat: {kind: json, records: data}" + dedent(KEYS),
}
PLACES = ("Zarqa", "Karak", "Irbid")
VALUES = {(i, p, q): 20 + 7 * n for n, (i, p, q) in enumerate((i, p, q) for i in ("VOICE", "WORK") for p in PLACES for q in ("2025-Q3", "2025-Q4"))}  # fmt: skip
FAULTS = {
    ("VOICE", "Karak", "2025-Q4"): "about ninety",
    ("WORK", "Irbid", "2025-Q3"): "=1+1",
    ("WORK", "Zarqa", "2025-Q4"): "104",
}
_PROVENANCE = {
    "recorded_from",
    "recorded_to",
    "submission_id",
    "submission_ids",
    "revision_type",
    "sheet",
    "row_number",
    "as_of_on",
}


def cells(faults: dict[tuple[str, str, str], str]) -> dict[tuple[str, str, str], str]:
    return {key: faults.get(key, str(value)) for key, value in VALUES.items()}


def as_csv(said: dict[tuple[str, str, str], str]) -> bytes:
    return "\n".join(
        ["Indicator,Area,Quarter,Value", *(",".join((*key, value)) for key, value in said.items())]
    ).encode()


def as_json(said: dict[tuple[str, str, str], str]) -> bytes:
    names = ("Indicator", "Area", "Quarter")
    return json.dumps({"data": [dict(zip(names, k, strict=True)) | {"Value": v} for k, v in said.items()]}).encode()


def as_wide(said: dict[tuple[str, str, str], str]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Indicator", "Area", "2025-Q3", "2025-Q4"])
    for indicator, place in dict.fromkeys((i, p) for i, p, _ in said):
        book.active.append([indicator, place, *(said[indicator, place, q] for q in ("2025-Q3", "2025-Q4"))])
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WRITERS: dict[str, tuple[str, Callable[[dict[tuple[str, str, str], str]], bytes]]] = {
    "survey": ("survey.csv", as_csv),
    "wide": ("wide.xlsx", as_wide),
    "records": ("records.json", as_json),
}


def call(home: Home, *words: str) -> Any:
    place = ["--home", str(home.root), "--sources", str(home.sources)]
    result = CliRunner().invoke(cli, [*place, *words, "--json"], prog_name="idtracker")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def run(home: Home, *, derive: bool = True) -> PipelineResult:
    """What a run does, without the orchestrator."""
    now = datetime(2026, 2, 10, tzinfo=UTC)
    return run_all(home, load_catalogue(home.sources), now, None, *(() if derive else FIGURES))


def judged(result: PipelineResult) -> list[Figures]:
    """What the files judged just now brought, source by source."""
    return [r.figures for name, r in result.results.items() if name.startswith("accepted/")]


def corrected(path: Path) -> bytes:
    """The exported workbook with the right value in every line."""
    book = openpyxl.load_workbook(path)
    sheet = book["observation"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, sheet.max_row + 1):
        key = tuple(str(sheet.cell(line, at[name]).value) for name in ("Indicator", "Area", "Quarter"))
        assert sheet.cell(line, at["Value"]).value == FAULTS[key]  # type: ignore[index]
        assert sheet.cell(line, at["Value"]).comment and sheet.cell(line, at["Value"]).data_type == "s"
        sheet.cell(line, at["Value"]).value = VALUES[key]  # type: ignore[index]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def current(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Facts known now and everything derived, without when and through which file it was learnt."""
    path = (home.published / "hmg" / "current" / "idtracker.duckdb").resolve()
    found = {}
    with duckdb.connect(str(path), read_only=True) as published:
        for name in (*FACTS, *DERIVED):
            columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[name]) if c.name not in _PROVENANCE)
            where = "WHERE recorded_to IS NULL" if name in FACTS else ""
            if name == "score_change":  # what a score was before is about when things were learnt
                where = "WHERE basis = 'PERIOD'"
            found[name] = published.execute(f'SELECT {columns} FROM "{name}" {where} ORDER BY ALL').fetchall()
    return found


@pytest.fixture
def two_homes(tmp_path: Path) -> tuple[Home, Home]:
    sources = tmp_path / "sources"
    write_programme(sources, SOURCES, PROGRAMME)
    return Home(tmp_path / "clean", sources), Home(tmp_path / "held", sources)


def test_corrected_rows_give_the_store_of_a_clean_first_file(two_homes: tuple[Home, Home], tmp_path: Path) -> None:
    clean, held = two_homes
    for source, (name, write) in WRITERS.items():
        drop(clean.root, source, name, write(cells({})), "2026-01-10T09:00:00Z")
        drop(held.root, source, name, write(cells(FAULTS)), "2026-01-10T09:00:00Z")
    run(clean)
    assert [o["rows_held"] for o in judged(run(held, derive=False))] == [len(FAULTS)] * 3
    listed = call(held, "held", "list")
    assert {s["source"]: s["rows"] for s in listed["submissions"]} == dict.fromkeys(WRITERS, len(FAULTS))
    assert current(held)["observation"] != current(clean)["observation"]
    for source in WRITERS:
        path = tmp_path / f"{source}_fixed.xlsx"
        assert call(held, "held", "export", str(path), "--source", source)["rows"] == len(FAULTS)
        content = corrected(path)
        path.write_bytes(content)
        answer = call(held, "check", str(path), "--source", source)
        assert (answer["verdict"], answer["rows"]["accepted"], answer["changes"]["removed"]) == ("accepted", 3, 0)
        drop(held.root, source, path.name, content, "2026-01-20T09:00:00Z")
    assert [(o["rows_accepted"], o["rows_held"]) for o in judged(run(held))] == [(len(FAULTS), 0)] * 3
    catalogue = load_catalogue(held.sources)
    last = [judged_receipts(held, source)[-1][1] for source in catalogue.sources.values()]
    assert [outcome.is_correction for outcome in last] == [True] * 3
    expected, found = current(clean), current(held)
    assert len(found["observation"]) == 3 * len(VALUES) and found["score"] and found["metric_value"]
    assert [name for name in expected if found[name] != expected[name]] == []
    assert call(held, "held", "list")["rows"] == 0
