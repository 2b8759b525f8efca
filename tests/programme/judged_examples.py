"""What the library makes of the example of each source: the reviewed expectation beside it, and how it is written.

`python tests/programme/judged_examples.py` writes expected.csv and expected_findings.csv again; the change is reviewed by
reading it. The usual size of a file (`bounds`) says nothing about an example and is left out.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from idtracker.catalog.source import Bounds, Source
from idtracker.contract.assess import Assessment, assess
from idtracker.contract.catalogue import Catalogue, load_catalogue
from idtracker.contract.definition import specs_of
from idtracker.contract.tables import FACTS, companions

SOURCES = Path(__file__).parents[2] / "sources"
RECEIVED = pd.Timestamp("2026-11-15")


def example_of(source: Source) -> Path:
    """The one example file of a source."""
    return next(p for p in sorted(source.folder.glob("example.*")))


def judge(catalogue: Catalogue, source_id: str) -> Assessment:
    """The example of a source, judged as a report that arrives on the programme's clock."""
    source = catalogue.source(source_id)
    path = example_of(source)
    return assess(
        path.read_bytes(),
        path.name,
        source.model_copy(update={"bounds": Bounds()}),
        catalogue.register,
        catalogue.names[source_id],
        submission_id="example",
        received_at=RECEIVED,
    )


def accepted_rows(source: Source, assessment: Assessment) -> pd.DataFrame:
    """Accepted rows of every part as text: the part, then the canonical columns that the source fills."""
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
    return pd.concat(frames, ignore_index=True).astype("object")


def findings(assessment: Assessment) -> pd.DataFrame:
    """Rule, sheet and row of every finding."""
    return assessment.findings.to_frame()[["rule", "sheet", "row"]].drop_duplicates(ignore_index=True)


def as_csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def write(sources: Path = SOURCES) -> None:
    """Write the expectations of every source."""
    catalogue = load_catalogue(sources)
    for source_id, source in catalogue.sources.items():
        assessment = judge(catalogue, source_id)
        (source.folder / "expected.csv").write_text(as_csv(accepted_rows(source, assessment)), encoding="utf-8")
        (source.folder / "expected_findings.csv").write_text(as_csv(findings(assessment)), encoding="utf-8")


if __name__ == "__main__":
    write()
