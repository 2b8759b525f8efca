"""The answer to one file: what would be accepted, held, added, changed, left alone and removed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pandas as pd

from idtracker.catalog.source import Part, Source
from idtracker.contract.assess import Assessment, assess
from idtracker.contract.catalogue import Catalogue
from idtracker.contract.definition import scope_of, specs_of
from idtracker.errors import NotPublishedError
from idtracker.findings import Findings, rule_set_version
from idtracker.intake import find_marking, submission_id_of
from idtracker.publish.reading import open_snapshot
from idtracker.settings import DEFAULT_AUDIENCE, Settings

_CONSEQUENCE = {
    "accepted": "every row would be used",
    "partly_accepted": "the valid rows would be used, the others held until they are corrected",
    "held": "nothing would be used until the file is corrected",
    "rejected": "the file cannot be used",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict with everything behind it. `changes` is None where nothing is published to compare with."""

    source: Source
    submission_id: str
    assessment: Assessment
    unchanged: int
    changes: dict[str, int] | None

    @property
    def exit_code(self) -> int:
        if self.assessment.findings.is_critical:
            return 4
        return 1 if self.assessment.findings.counts()["error"] else 0

    @property
    def rows(self) -> dict[str, int]:
        return {
            "read": self.assessment.rows_read,
            "accepted": self.assessment.rows_accepted - self.unchanged,
            "held": self.assessment.rows_held,
            "unchanged": self.unchanged,
            "superseded": self.assessment.rows_repeated,
        }

    def sentence(self) -> str:
        """The verdict in one line with its consequence."""
        rows, verdict = self.rows, self.assessment.verdict
        counts = f"{rows['accepted'] + rows['unchanged']:,} of {rows['read']:,} rows accepted; {rows['held']:,} held"
        line = f"{verdict.replace('_', ' ').capitalize()}: {counts if rows['read'] else 'no row was read'}; {_CONSEQUENCE[verdict]}."
        if self.changes is not None and rows["read"]:
            line += (
                f" Against what is published: {self.changes['added']:,} added, {self.changes['changed']:,} changed,"
                f" {rows['unchanged']:,} left alone, {self.changes['removed']:,} removed."
            )
        return line

    def document(self) -> dict[str, Any]:
        """The JSON form, as documented by its schema."""
        findings = self.assessment.findings.to_frame()
        listed = findings[["rule", "severity", "sheet", "row", "column", "cell", "value", "message", "message_ar", "remedy",
                           "remedy_ar", "suggestion"]]  # fmt: skip
        return {
            "submission_id": self.submission_id,
            "source": self.source.id,
            "verdict": self.assessment.verdict,
            "sentence": self.sentence(),
            "rows": self.rows,
            "changes": self.changes or {"added": self.rows["accepted"], "changed": 0, "removed": 0},
            "findings": [{k: None if pd.isna(v) else v for k, v in r.items()} for r in listed.to_dict("records")],
            "counts": self.assessment.findings.counts(),
            "rule_set_version": rule_set_version(),
        }


def answer(
    settings: Settings, catalogue: Catalogue, source: Source, content: bytes, file_name: str, received_at: pd.Timestamp
) -> Answer:
    """Judge a file as the pipeline would, without keeping anything of it."""
    submission_id = submission_id_of(source.id, hashlib.sha256(content).hexdigest())
    marking = find_marking(content)
    if marking:
        findings = Findings()
        findings.add("file.protective_marking", marking=marking)
        return Answer(source, "", Assessment(source.id, "", file_name, findings=findings), 0, None)
    assessment = assess(
        content,
        file_name,
        source,
        catalogue,
        submission_id=submission_id,
        received_at=received_at,
    )
    unchanged, changes = _compare(settings, source, assessment)
    return Answer(source, submission_id, assessment, unchanged, changes)


def _compare(settings: Settings, source: Source, assessment: Assessment) -> tuple[int, dict[str, int] | None]:
    try:
        published = open_snapshot(settings, DEFAULT_AUDIENCE)
    except NotPublishedError:
        return 0, None
    changes, unchanged = {"added": 0, "changed": 0, "removed": 0}, 0
    with published:
        for part in source.parts:
            facts = assessment.facts.get(part.id)
            if facts is None:
                continue
            known = published.execute(f'SELECT * FROM now."{part.feeds}" WHERE source_id = ?', [source.id]).df()
            before = known.set_index("fact_id")["content_hash"]
            same = facts["fact_id"].map(before)
            changes["added"] += int(same.isna().sum())
            changes["changed"] += int((same.notna() & (same != facts["content_hash"])).sum())
            unchanged += int((same == facts["content_hash"]).sum())
            changes["removed"] += _removed(part, known, facts)
    return unchanged, changes


def _removed(part: Part, known: pd.DataFrame, facts: pd.DataFrame) -> int:
    """Rows now known that the file, by its declared scope, would take away."""
    if part.revision in ("upsert", "append"):
        return 0
    gone = known[~known["fact_id"].isin(facts["fact_id"])]
    if part.revision == "replace_period":
        scope = [specs_of(part)[f].name for f in scope_of(part)]
        covered = set(map(tuple, facts[scope].astype("str").itertuples(index=False, name=None)))
        gone = gone[[row in covered for row in gone[scope].astype("str").itertuples(index=False, name=None)]]
    return len(gone)
