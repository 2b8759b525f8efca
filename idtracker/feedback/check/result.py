"""The answer to one file: what would be accepted, held, added, changed, left alone and removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from idtracker.feedback.check.changes import Comparison, compare
from idtracker.ingest.decisions.overrules import Overrules
from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.correction_context import CorrectionContextReader
from idtracker.ingest.judged.earlier_reports import EarlierReportsReader
from idtracker.ingest.landing.deliveries import delivery_of
from idtracker.ingest.landing.inbox import fits, is_stamped
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.marking.scan import find_marking
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings
from idtracker.model.home import Home
from idtracker.model.messages import Lang

_EXAMPLE = "example."  # beside a definition, and never in an inbox


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A verdict with everything behind it.

    `received_at` is the instant (UTC) as which the file was judged; `submission_id` and `sha256` are empty where a file
    was refused for its marking, of which nothing is kept.
    """

    source: Source
    submission_id: str
    assessment: Assessment
    comparison: Comparison = field(default_factory=Comparison)
    file_name: str = ""
    sha256: str = ""
    received_at: pd.Timestamp | None = None
    publisher: dict[Lang, str] = field(default_factory=dict)
    notice: str = ""

    @property
    def exit_code(self) -> int:
        if self.assessment.findings.is_critical:
            return 4
        return 1 if self.assessment.findings.counts()["error"] else 0

    @property
    def unchanged(self) -> int:
        return self.comparison.total("unchanged")

    @property
    def superseded(self) -> int:
        """Rows that a stronger report speaks about as well."""
        return self.comparison.total("superseded")

    @property
    def changes(self) -> dict[str, int] | None:
        """Rows added, changed and removed; None where nothing is published to compare with."""
        if not self.comparison.is_published:
            return None
        return {kind: self.comparison.total(kind) for kind in ("added", "changed", "removed")}

    @property
    def rows(self) -> dict[str, int]:
        """Rows by what becomes of them: read is the sum of the others."""
        return {
            "read": self.assessment.rows_read,
            "accepted": self.assessment.rows_accepted - self.unchanged - self.superseded,
            "held": self.assessment.rows_held,
            "unchanged": self.unchanged,
            "superseded": self.assessment.rows_repeated + self.superseded,
        }

    def sentence(self, lang: Lang = "en") -> str:
        """The verdict in one line with its consequence, and what would change."""
        from idtracker.feedback.check.sentences import sentence

        return sentence(self, lang)

    def document(self) -> dict[str, Any]:
        """The JSON form, as documented by its schema."""
        from idtracker.feedback.check.json import document

        return document(self)

    def json_lines(self) -> Iterator[str]:
        """The JSON form as text, a finding at a time, so that a long answer never stands in memory as a whole."""
        from idtracker.feedback.check.json import json_lines

        return json_lines(self)


def check_file(
    home: Home, catalogue: ProgrammeCatalogue, source: Source, content: bytes, file_name: str, received_at: pd.Timestamp
) -> CheckResult:
    """Judge a file as the pipeline would, without keeping anything of it."""
    common: dict[str, Any] = {
        "file_name": file_name,
        "received_at": received_at,
        "publisher": _publisher(catalogue, source),
        "notice": catalogue.programme.notice,
    }
    marking = find_marking(content, catalogue.programme.limits, file_name)
    sha256 = hashlib.sha256(content).hexdigest()
    if marking and not Overrules(home).cover(source.id, sha256):
        findings = Findings()
        findings.add("file.protective_marking", marking=marking)
        return CheckResult(source, "", Assessment(source.id, "", file_name, findings=findings), **common)
    delivery = delivery_of(Ledger(home).receipts(source.id), source.id, sha256, file_name)
    submission_id = delivery.submission_id
    history = EarlierReportsReader(home, source).at(received_at, submission_id)
    assessment = assess(
        content,
        file_name,
        source,
        catalogue,
        submission_id=submission_id,
        received_at=received_at,
        history=history,
        record=CorrectionContextReader(home, source).at(received_at, submission_id),
    )
    if not (fits(source, file_name) or file_name.startswith(_EXAMPLE) or is_stamped(file_name, content)):
        assessment.findings.add("file.name_pattern", value=file_name, pattern=source.received.pattern)
    comparison = compare(home, source, assessment, file_name, received_at, catalogue.programme, delivery.before)
    return CheckResult(source, submission_id, assessment, comparison, sha256=sha256, **common)


def _publisher(catalogue: ProgrammeCatalogue, source: Source) -> dict[Lang, str]:
    """Name of the publisher in each language; its identifier where the register has none."""
    register = catalogue.register.organisations
    own = register[register["org_id"] == source.publisher]
    english = next((str(n) for n in own["name"] if pd.notna(n)), source.publisher)
    return {"en": english, "ar": next((str(n) for n in own["name_ar"] if pd.notna(n) and n), english)}
