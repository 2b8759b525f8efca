"""Which received files wait for a judgement, and what a judgement depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.locks import locks_of
from idtracker.ingest.judged.archive import accepted_folder, read_outcome
from idtracker.ingest.judged.correction_context import CorrectionContextReader
from idtracker.ingest.judged.earlier_reports import EarlierReportsReader
from idtracker.ingest.judged.seals import OUTCOME
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt, by_arrival
from idtracker.ingest.read.iati.standard import standard_at_hand
from idtracker.model.config.source import Source
from idtracker.model.findings import rule_set_version
from idtracker.model.home import Home
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables.version import model_version


def judged_by(source: Source, catalogue: ProgrammeCatalogue) -> str:
    """Everything a judgement depends on beside the bytes: definition, register, limits, locks, groups, rules, data model, step.

    Of a source of IATI files, also the published standard that they are held against.
    """
    programme = catalogue.programme
    locks = json.dumps([[str(k.last), str(k.begins), k.why] for k in locks_of(programme, source.id)])
    parts = [source.fingerprint, catalogue.register.fingerprint, programme.limits.model_dump_json(), locks]
    parts += [*programme.groups, rule_set_version(), model_version(), str(VERSIONS["judging"])]
    if source.format.kind == "iati":
        parts.append(standard_at_hand().fingerprint)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def pending(home: Home, source: Source, catalogue: ProgrammeCatalogue) -> list[Receipt]:
    """Received files that wait for a judgement under the definitions now in force, in order of arrival."""
    return list(each_pending(home, source, catalogue))


def each_pending(home: Home, source: Source, catalogue: ProgrammeCatalogue) -> Iterator[Receipt]:
    """The same one by one: what is judged in between counts as history and record of those that follow."""
    current, histories, records = (
        judged_by(source, catalogue),
        EarlierReportsReader(home, source),
        CorrectionContextReader(home, source),
    )
    for receipt in sorted(Ledger(home).receipts(source.id), key=by_arrival):
        if receipt.is_refused:
            continue
        outcome = read_outcome(home, source.id, receipt.submission_id)
        version = histories.version_before(receipt)
        if outcome is None or (outcome.judged_by, outcome.history, outcome.record) != (
            current,
            version,
            records.version_before(receipt) if outcome.is_correction else "",
        ):
            yield receipt


def judge_again(home: Home, source_id: str, submissions: Iterable[str]) -> None:
    """Let submissions wait for a judgement once more, whether or not a definition has changed."""
    for submission_id in submissions:
        (accepted_folder(home, source_id, submission_id) / OUTCOME).unlink(missing_ok=True)
