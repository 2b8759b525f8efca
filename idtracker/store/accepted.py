"""Accepted rows, held rows and findings of each submission as Parquet, written once per submission and definition."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from idtracker.catalog.source import Source
from idtracker.contract.assess import Assessment
from idtracker.contract.catalogue import Catalogue
from idtracker.contract.tables import OPERATIONS, conform_types
from idtracker.errors import IdtrackerError
from idtracker.findings import rule_set_version
from idtracker.intake import Ledger, Receipt
from idtracker.settings import Settings
from idtracker.store.schema import model_version


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided about one submission. Counts of unchanged and superseded rows are known to the store only.

    `judged_by` decides what is accepted; `history` names the earlier submissions that its warnings were made against.
    """

    submission_id: str
    source_id: str
    verdict: str
    rows_read: int
    rows_accepted: int
    rows_held: int
    rows_repeated: int
    periods: str
    rule_set_version: str
    judged_by: str
    history: str = ""


def judged_by(source: Source, catalogue: Catalogue) -> str:
    """Everything a judgement depends on beside the bytes: definition, register, limits, rules, data model."""
    limits = catalogue.programme.limits.model_dump_json()
    parts = [source.fingerprint, catalogue.register.fingerprint, limits, rule_set_version(), model_version()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _folder(settings: Settings, source_id: str, submission_id: str) -> Path:
    return settings.accepted / source_id / submission_id


def read_outcome(settings: Settings, source_id: str, submission_id: str) -> Outcome | None:
    """The outcome of a submission; None where it was never judged or writing was interrupted."""
    path = _folder(settings, source_id, submission_id) / "outcome.json"
    try:
        return Outcome(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return None  # half-written by a crash of the machine: judged again from the landing area


def pending(settings: Settings, source: Source, catalogue: Catalogue) -> list[Receipt]:
    """Received files that wait for a judgement under the definitions now in force, in order of arrival."""
    return list(each_pending(settings, source, catalogue))


def each_pending(settings: Settings, source: Source, catalogue: Catalogue) -> Iterator[Receipt]:
    """The same one by one: what is judged in between counts as history of those that follow."""
    from idtracker.store.history import Histories, arrival

    current, histories = judged_by(source, catalogue), Histories(settings, source)
    for receipt in sorted(Ledger(settings).receipts(source.id), key=arrival):
        if receipt.is_refused:
            continue
        outcome = read_outcome(settings, source.id, receipt.submission_id)
        version = histories.version_before(receipt)
        if outcome is None or (outcome.judged_by, outcome.history) != (current, version):
            yield receipt


def write_assessment(settings: Settings, assessment: Assessment, judged: str, history: str = "") -> Outcome:
    """Keep an assessment made by `judged` against the `history` of that version. The folder appears whole: readers see the old judgement, then the new one."""
    if assessment.rows_read != assessment.rows_accepted + assessment.rows_held + assessment.rows_repeated:
        raise IdtrackerError(f"{assessment.source_id}/{assessment.submission_id}: rows read are not all accounted for")
    outcome = Outcome(
        submission_id=assessment.submission_id,
        source_id=assessment.source_id,
        verdict=assessment.verdict,
        rows_read=assessment.rows_read,
        rows_accepted=assessment.rows_accepted,
        rows_held=assessment.rows_held,
        rows_repeated=assessment.rows_repeated,
        periods=";".join(sorted({p for f in assessment.facts.values() if "period" in f for p in f["period"].dropna()})),
        rule_set_version=rule_set_version(),
        judged_by=judged,
        history=history,
    )
    target = _folder(settings, assessment.source_id, assessment.submission_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))
    for part_id, facts in assessment.facts.items():
        facts.to_parquet(draft / f"facts-{part_id}.parquet", index=False)
    findings = assessment.findings.to_frame()
    findings.insert(0, "source_id", assessment.source_id)
    findings.insert(0, "submission_id", assessment.submission_id)
    conform_types(findings, OPERATIONS["finding"]).to_parquet(draft / "findings.parquet", index=False)
    conform_types(assessment.held, OPERATIONS["held_row"]).to_parquet(draft / "held.parquet", index=False)
    (draft / "outcome.json").write_text(json.dumps(asdict(outcome), indent=1) + "\n", "utf-8")
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)
    return outcome


def facts_file(settings: Settings, source_id: str, submission_id: str, part_id: str) -> Path:
    return _folder(settings, source_id, submission_id) / f"facts-{part_id}.parquet"


def read_frames(settings: Settings, source_id: str, kind: str) -> pd.DataFrame:
    """All `findings` or `held` rows of a source, in order of submission."""
    model = OPERATIONS["finding" if kind == "findings" else "held_row"]
    files = sorted((settings.accepted / source_id).glob(f"[!.]*/{kind}.parquet"))
    frames = [pd.read_parquet(f) for f in files]
    return conform_types(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(), model)
