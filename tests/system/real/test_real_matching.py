"""Real files in one space of organisations and activities: overlap by identity, proposals held against labels, held rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from real_files import FILES, read_sheets

from benchmarks.matching.real import BANDS, LABELS, bands_of, frames_of, label_of, precision_and_recall, read_labels
from idtracker.analyse.matching.candidates import gather_activities, gather_organisations
from idtracker.analyse.matching.propose import propose
from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.register.entity_columns import named_columns
from idtracker.model.register.match_kind import LEAST, Proposal

Judge = Callable[[str], Assessment]
LEAST_PRECISION, LEAST_RECALL = 0.8, 0.4
FEWEST_LABELLED = 120


@pytest.fixture(scope="module")
def frames(judge: Judge, catalogue: ProgrammeCatalogue) -> dict[str, object]:
    return frames_of({source_id: judge(source_id) for source_id in FILES}, catalogue)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def proposals(frames: dict[str, object]) -> list[Proposal]:
    return propose(frames, named_columns(), least=BANDS[-1])  # type: ignore[arg-type]


def test_presence_in_syria(judge: Judge, real_files: dict[str, Path]) -> None:
    sheets = read_sheets(real_files["ocha_syria_presence"])
    wanted = Counter[tuple[str, str, str]]()
    for sheet, part in (("List_District_Imp_Org", "funders"), ("List_District_Imp_Partner", "partners")):
        heading, _, *rows = sheets[sheet]
        for row in rows:
            for name, cell in zip(heading, row, strict=True):
                if str(name).startswith("OP_") and name != "OP_ALL" and cell:
                    names = {text.strip() for text in str(cell).split(",") if text.strip()}
                    wanted[part, str(row[0]), str(name).removeprefix("OP_")] += len(names)
    result = judge("ocha_syria_presence")
    assert result.rows_held == 0
    governorates = {f"SY{n:02}" for n in range(1, 15)}
    for part in ("funders", "partners"):
        cells = result.facts[part]
        assert len(cells) == sum(n for (p, _, _), n in wanted.items() if p == part)
        assert cells["sector"].value_counts().to_dict() == {
            sector: sum(n for (p, _, s), n in wanted.items() if (p, s) == (part, sector))
            for sector in {s for p, _, s in wanted if p == part}
        }
        assert cells["place_id"].nunique() == len({place for p, place, _ in wanted if p == part} & governorates)


def test_sources_share_organisations_by_identity(frames: dict[str, object]) -> None:
    things = gather_organisations(frames, named_columns())  # type: ignore[arg-type]
    shared = Counter(pair for thing in things for pair in combinations(sorted(thing.sources), 2))
    assert shared["ocha_iraq_presence", "ocha_syria_presence"] >= 5
    assert shared["dfid_congo_activities", "iom_humanitarian_activities"] >= 3
    assert shared["iati_jordan_activities", "iom_humanitarian_activities"] >= 3
    in_both = {t.org_id for t in things if {"ocha_iraq_presence", "ocha_syria_presence"} <= t.sources}
    assert {"XM-DAC-41122", "XM-DAC-41121", "DK-CVR-20699310"} <= in_both
    assert len(gather_activities(frames)) > 1000  # type: ignore[arg-type]


def test_labels_are_judgements_about_pairs_of_names() -> None:
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["label"] for row in rows} == {"same", "different"}
    assert len({tuple(sorted((row["left"], row["right"]))) for row in rows}) == len(rows)
    assert all(row["left"] and row["right"] and row["reason"] and "@" not in "".join(row.values()) for row in rows)


def test_proposals_are_right_as_often_as_stated(proposals: list[Proposal]) -> None:
    labels = read_labels()
    bands = bands_of(proposals, labels)
    assert sum(band.labelled for band in bands) >= FEWEST_LABELLED
    unlabelled = [
        (p.left_name, p.right_name) for p in proposals if p.kind == "organisation" and not label_of(p, labels)
    ]
    assert unlabelled == []
    precision, recall = precision_and_recall(bands, LEAST)
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL
    best, rest = (precision_and_recall(bands, least)[0] for least in (0.95, 0.1))
    assert best > rest


def test_no_proposal_joins_activities_that_one_publisher_tells_apart(proposals: list[Proposal]) -> None:
    assert [p for p in proposals if p.kind == "activity" and set(p.left_sources) & set(p.right_sources)] == []
