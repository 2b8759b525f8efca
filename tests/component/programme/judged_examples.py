"""The reviewed expectation beside each source of the bundled programme, and how it is written.

`python tests/component/programme/judged_examples.py` writes expected.csv and expected_findings.csv again; the change is reviewed by
reading it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.operate.services.source_examples import (
    FINDINGS_FILE,
    ROWS_FILE,
    JudgedExample,
    accepted_rows,
    as_csv,
    found_places,
    judge_example,
)

SOURCES = Path(__file__).parents[3] / "sources"
RECEIVED = pd.Timestamp("2026-11-15")


def judge(catalogue: ProgrammeCatalogue, source_id: str) -> JudgedExample:
    """The example of a source, judged as a report that arrives on the programme's clock."""
    judged = judge_example(catalogue, catalogue.source(source_id), RECEIVED)
    assert judged is not None, f"{source_id} has no example"
    return judged


def expectations(catalogue: ProgrammeCatalogue, source_id: str) -> dict[str, str]:
    """File name -> text of the expectation of a source as the library sees its example now."""
    assessment = judge(catalogue, source_id).assessment
    return {
        ROWS_FILE: as_csv(accepted_rows(catalogue.source(source_id), assessment)),
        FINDINGS_FILE: as_csv(found_places(assessment)),
    }


def write(sources: Path = SOURCES) -> None:
    """Write the expectations of every source."""
    catalogue = load_catalogue(sources)
    for source_id, source in catalogue.sources.items():
        for name, text in expectations(catalogue, source_id).items():
            (source.folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
