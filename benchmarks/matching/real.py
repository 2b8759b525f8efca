"""Proposals over the published files of tests/system/real, held against pairs labelled by hand."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from idtracker.analyse.matching.propose import propose
from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.register.entity_columns import named_columns
from idtracker.model.register.match_kind import Proposal

HERE = Path(__file__).parents[2]
SOURCES = HERE / "tests" / "system" / "real"
LABELS = SOURCES / "matching_labels.csv"
BANDS = (1.0, 0.95, 0.9, 0.8, 0.65, 0.5, 0.3, 0.1)
_RECEIVED = pd.Timestamp("2026-11-15")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Band:
    """Proposals with a score from `least` up to the next band, and how many of those labelled are the same."""

    least: float
    proposed: int
    labelled: int
    same: int


def shared_folder() -> Path:
    """Where the shared files are looked for."""
    return Path(os.environ.get("IDTRACKER_SHARED_DATA") or HERE.parent / "shared" / "data")


def judge_files(folder: Path, catalogue: ProgrammeCatalogue) -> dict[str, Assessment]:
    """The file of each source, found by the pattern that the source names (the last of several), judged."""
    assessments = {}
    for source in catalogue.sources.values():
        path = sorted(folder.rglob(str(source.received.pattern)))[-1]
        assessments[source.id] = assess(
            path.read_bytes(), path.name, source, catalogue, submission_id=source.id, received_at=_RECEIVED
        )
    return assessments


def frames_of(judged: Mapping[str, Assessment], catalogue: ProgrammeCatalogue) -> dict[str, pd.DataFrame]:
    """The fact tables of all files together, each row with its source, and the register."""
    tables: dict[str, list[pd.DataFrame]] = {}
    for source_id, result in judged.items():
        for part in catalogue.source(source_id).parts:
            if part.id in result.facts:
                facts = result.facts[part.id].assign(source_id=source_id)
                tables.setdefault(part.feeds, []).append(facts)
    known = {name: pd.concat(frames, ignore_index=True) for name, frames in tables.items()}
    return known | catalogue.register.tables()


def real_proposals(folder: Path, least: float = BANDS[-1]) -> list[Proposal]:
    """Every proposal over the real files, organisations and activities."""
    catalogue = load_catalogue(SOURCES)
    return propose(frames_of(judge_files(folder, catalogue), catalogue), named_columns(), least=least)


def read_labels(path: Path = LABELS) -> dict[Pair, str]:
    """Pair of names, sorted -> `same` or `different`."""
    with path.open(encoding="utf-8", newline="") as file:
        return {_pair(row["left"], row["right"]): row["label"] for row in csv.DictReader(file)}


def label_of(proposal: Proposal, labels: Mapping[Pair, str]) -> str | None:
    return labels.get(_pair(proposal.left_name, proposal.right_name))


def bands_of(proposals: Iterable[Proposal], labels: Mapping[Pair, str]) -> list[Band]:
    """Organisation proposals by score, with their labels."""
    proposed, labelled, same = Counter[float](), Counter[float](), Counter[float]()
    for proposal in proposals:
        if proposal.kind == "organisation":
            band = next(b for b in BANDS if proposal.score >= b)
            label = label_of(proposal, labels)
            proposed[band] += 1
            labelled[band] += label is not None
            same[band] += label == "same"
    return [Band(b, proposed[b], labelled[b], same[b]) for b in BANDS]


def precision_and_recall(bands: Iterable[Band], least: float) -> tuple[float, float]:
    """Of the labelled pairs proposed from `least` on, the share that is the same; of all labelled the same, the share proposed."""
    bands = list(bands)
    above = [b for b in bands if b.least >= least]
    same = sum(b.same for b in above)
    return same / max(1, sum(b.labelled for b in above)), same / max(1, sum(b.same for b in bands))


def _pair(left: str, right: str) -> Pair:
    low, high = sorted((left.strip(), right.strip()))
    return low, high
