"""What becomes of the example of a source, held against the reviewed expectation beside it.

An example is `example.*` in the folder of a source; `expected.csv` holds the rows accepted from it and
`expected_findings.csv` rule, sheet and row of each finding. The usual size of a file (`bounds`) says nothing about an
example and is left out, and so is what cannot be checked where the library is installed.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import specs_of
from idtracker.model.config.source import Bounds, Source
from idtracker.model.document import SeverityCounts
from idtracker.model.tables import FACTS, companions
from idtracker.operate.documents.sources import ExampleVerdict, RowsRead

ROWS_FILE, FINDINGS_FILE = "expected.csv", "expected_findings.csv"
FINDING_COLUMNS = ["rule", "sheet", "row"]
_LISTED = 5
_OF_THE_MACHINE = "iati.unchecked"


@dataclass(frozen=True, slots=True)
class JudgedExample:
    """An example with its verdict and every difference from what is expected of it."""

    source_id: str
    path: Path
    assessment: Assessment
    differences: list[str]

    def document(self) -> ExampleVerdict:
        """The same as a document."""
        return ExampleVerdict(
            path=str(self.path),
            verdict=self.assessment.verdict,
            rows=rows_read(self.assessment),
            findings=SeverityCounts(**self.assessment.findings.counts()),
            differences=self.differences,
        )


def rows_read(assessment: Assessment) -> RowsRead:
    """Rows of a file that nothing is known before."""
    return RowsRead(
        read=assessment.rows_read,
        accepted=assessment.rows_accepted,
        held=assessment.rows_held,
        superseded=assessment.rows_repeated,
    )


def example_of(source: Source) -> Path | None:
    """The example file of a source, the first by name."""
    return next((p for p in sorted(source.folder.glob("example.*")) if p.is_file()), None)


def judge_example(catalogue: ProgrammeCatalogue, source: Source, received_at: pd.Timestamp) -> JudgedExample | None:
    """The example of a source, judged as a report that arrives at `received_at`; None where there is none."""
    path = example_of(source)
    if path is None:
        return None
    assessment = assess(
        path.read_bytes(),
        path.name,
        source.model_copy(update={"bounds": Bounds()}),
        catalogue,
        submission_id="example",
        received_at=received_at,
    )
    return JudgedExample(source.id, path, assessment, differences_of(source, assessment))


def differences_of(source: Source, assessment: Assessment) -> list[str]:
    """What the expectation beside the source says otherwise; nothing where it is absent."""
    frames = {ROWS_FILE: accepted_rows(source, assessment), FINDINGS_FILE: found_places(assessment)}
    return [
        f"{name}: {text}"
        for name, frame in frames.items()
        if (source.folder / name).is_file()
        for text in _compare(source.folder / name, as_csv(frame))
    ]


def accepted_rows(source: Source, assessment: Assessment) -> pd.DataFrame:
    """Accepted rows of every part: the part, then the canonical columns that the source fills; days as ISO text."""
    frames = []
    for part in source.parts:
        facts = assessment.facts.get(part.id)
        if facts is None:
            continue
        columns: list[str] = []
        for field, spec in specs_of(part).items():
            columns += [spec.name, *(c.name for c in companions(FACTS[part.feeds], field))]
        frame = facts[[c for c in dict.fromkeys(columns) if c in facts]].copy()
        for name in frame.select_dtypes("datetime").columns:
            frame[name] = frame[name].dt.strftime("%Y-%m-%d")
        frame.insert(0, "part", part.id)
        frames.append(frame.astype("object"))
    return pd.concat(frames, ignore_index=True).astype("object") if frames else pd.DataFrame({"part": []})


def found_places(assessment: Assessment) -> pd.DataFrame:
    """Rule, sheet and row of every finding about the file."""
    frame = assessment.findings.to_frame()
    return frame.loc[frame["rule"] != _OF_THE_MACHINE, FINDING_COLUMNS].drop_duplicates(ignore_index=True)


def as_csv(frame: pd.DataFrame) -> str:
    """The text of an expectation."""
    return frame.to_csv(index=False, lineterminator="\n")


def _compare(path: Path, actual: str) -> Iterator[str]:
    """Rows as text over the columns that the expectation gives, whatever their order."""
    noun = "finding" if path.name == FINDINGS_FILE else "row"
    wanted_names, wanted = _rows(path.read_text("utf-8-sig"))
    found_names, rows = _rows(actual)
    absent = [n for n in wanted_names if n not in found_names]
    if absent and rows:
        yield f"the column {', '.join(absent)} is not filled by the source; there are {', '.join(found_names)}"
        return
    places = [found_names.index(n) for n in wanted_names if n in found_names]
    got = [tuple(row[i] for i in places) for row in rows]
    yield from _listed("missing", noun, wanted_names, Counter(map(tuple, wanted)) - Counter(got))
    yield from _listed("not expected", noun, wanted_names, Counter(got) - Counter(map(tuple, wanted)))


def _listed(what: str, noun: str, names: Sequence[str], rows: Counter[tuple[str, ...]]) -> Iterator[str]:
    every = list(rows.elements())
    for row in every[:_LISTED]:
        cells = ", ".join(f"{name} {cell}" for name, cell in zip(names, row, strict=False) if cell)
        yield f"{noun} {what}: {cells}"
    if len(every) > _LISTED:
        yield f"{len(every) - _LISTED:,} more {noun}s {what}"


def _rows(text: str) -> tuple[list[str], list[list[str]]]:
    records = [r for r in csv.reader(io.StringIO(text, newline="")) if r]
    return (records[0], records[1:]) if records else ([], [])
