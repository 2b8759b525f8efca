"""Claims about judging: a large table of text against SQL, a workbook against the bare reading of it, and memory."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from benchmarks.generated.activities import FOLDER, activities, as_csv, as_workbook
from benchmarks.performance.claim import Claim, best_in_turn
from benchmarks.performance.measure import ROOT, idtracker, measure
from benchmarks.performance.places import Workshop
from benchmarks.sql.lists import write_lists
from benchmarks.sql.script import connect, findings
from idtracker.feedback.check.result import CheckResult, check_file
from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.config.source import Bounds, Source
from idtracker.model.home import Home

TEXT_ROWS, WORKBOOK_ROWS, PLAIN_ROWS = 1_000_000, 100_000, 200_000
TEXT_BOUND, COMMAND_BOUND, WORKBOOK_BOUND, PLAIN_BOUND = 3.0, 3.5, 5.0, 10.0
MEMORY_MB = 1_200.0
_RECEIVED = pd.Timestamp("2026-11-15")
_ROWS_HELD = 1
_PLAIN = "homeoffice_border_capacity"


def judging_claims(shop: Workshop) -> Iterator[Claim]:
    """Both files are written into a folder of their own, with a catalogue that has their source alone."""
    with tempfile.TemporaryDirectory() as name:
        home = Home(root=Path(name) / "home", sources=Path(name) / "sources")
        shutil.copytree(ROOT / "sources" / "_reference", home.sources / "_reference")
        shutil.copy(ROOT / "sources" / "programme.yml", home.sources)
        shutil.copytree(FOLDER, home.sources / FOLDER.name)
        catalogue = load_catalogue(home.sources)
        yield _plain_claim(load_catalogue(ROOT / "sources"), shop.rows(PLAIN_ROWS))
        yield _workbook_claim(home, catalogue, shop.rows(WORKBOOK_ROWS))
        file = Path(name) / "activities.csv"
        rows = shop.rows(TEXT_ROWS)
        file.write_bytes(as_csv(activities(rows)))
        yield from _text_claims(home, catalogue, file, rows)


def _plain_claim(catalogue: ProgrammeCatalogue, rows: int) -> Claim:
    """A table without a mistake, against pandas reading it as text and turning two columns into numbers."""
    source = catalogue.source(_PLAIN).model_copy(update={"bounds": Bounds()})
    source.located(_PLAIN, ROOT / "sources" / _PLAIN, "benchmark")
    example = next((ROOT / "sources" / _PLAIN).glob("example.*")).read_text("utf-8").splitlines()
    heading, row = example[0], example[1].split(",")
    lines = (",".join([f"{row[0]}-{n}", *row[1:]]) for n in range(rows))
    content = "\n".join([heading, *lines]).encode()

    def judge_all() -> None:
        assessment = assess(content, "big.csv", source, catalogue, submission_id="b", received_at=_RECEIVED)
        if assessment.rows_accepted != rows:
            raise SystemExit(f"only {assessment.rows_accepted:,} of {rows:,} rows were accepted: nothing is measured")

    def bare() -> None:
        frame = pd.read_csv(io.BytesIO(content), dtype=str)
        for name in frame.columns[-2:]:
            pd.to_numeric(frame[name], errors="coerce")

    return Claim(f"{rows:,} rows of CSV, judged / pandas", *best_in_turn(judge_all, bare), PLAIN_BOUND)


def _text_claims(home: Home, catalogue: ProgrammeCatalogue, file: Path, rows: int) -> Iterator[Claim]:
    connection, source = connect(write_lists(catalogue, home.root / "lists")), catalogue.source(FOLDER.name)
    _compare_findings(_answer(home, catalogue, source, file), findings(connection, "activities", file))
    words = idtracker(home.root, home.sources, "check", str(file), "--source", FOLDER.name, "--json")
    command = measure(words, expected=[_ROWS_HELD])
    ours, theirs = best_in_turn(
        lambda: _answer(home, catalogue, source, file).document(),
        lambda: findings(connection, "activities", file),
    )
    title = f"{rows:,} rows of CSV"
    yield Claim(f"{title}, bytes to answer / SQL", ours, theirs, TEXT_BOUND)
    yield Claim(f"{title}, `idtracker check` / SQL", command.seconds, theirs, COMMAND_BOUND)
    yield Claim(f"{title}, most memory of `check`", command.megabytes, MEMORY_MB, 1.0, unit="MB")


def _workbook_claim(home: Home, catalogue: ProgrammeCatalogue, rows: int) -> Claim:
    from python_calamine import CalamineWorkbook

    source = _as_workbook_source(catalogue.source(FOLDER.name))
    file = home.sources.parent / "activities.xlsx"
    file.write_bytes(as_workbook(activities(rows)))
    ours, theirs = best_in_turn(
        lambda: _answer(home, catalogue, source, file).document(),
        lambda: CalamineWorkbook.from_filelike(io.BytesIO(file.read_bytes())).get_sheet_by_index(0).to_python(),
    )
    return Claim(f"{rows:,} rows of XLSX, bytes to answer / calamine", ours, theirs, WORKBOOK_BOUND)


def _as_workbook_source(source: Source) -> Source:
    as_workbook = source.model_copy(update={"format": source.format.model_copy(update={"kind": "xlsx"})})
    return as_workbook.located(source.id, source.folder, source.fingerprint)


def _answer(home: Home, catalogue: ProgrammeCatalogue, source: Source, file: Path) -> CheckResult:
    return check_file(home, catalogue, source, file.read_bytes(), file.name, _RECEIVED)


def _compare_findings(ours: CheckResult, theirs: Collection[tuple[int, str]]) -> None:
    """SystemExit where the two do not find the same rows under the same rules: the comparison would mean nothing."""
    frame = ours.assessment.findings.to_frame()
    difference = set(theirs) ^ set(zip(frame["row"], frame["rule"] + " " + frame["column"], strict=True))
    if difference:
        raise SystemExit(f"the findings differ, such as {sorted(map(str, difference))[:5]}")
