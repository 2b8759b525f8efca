"""Whether there is anything to do: files that wait, judgements that are due, a publication that is behind."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.judged.archive import pending
from idtracker.ingest.landing.collect import undecided
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.config.source import Source
from idtracker.model.home import Settings
from idtracker.model.instants import naive_utc
from idtracker.operate.steps.publication import versions_of
from idtracker.publish.audience import AUDIENCES
from idtracker.publish.snapshot import read_manifest
from idtracker.store.knowledge_date import day_of_knowledge


def is_due(settings: Settings, source: Source, catalogue: Catalogue) -> bool:
    """Whether a file of the source waits in its inbox or for a judgement."""
    return bool(undecided(settings, source) or pending(settings, source, catalogue))


def is_current(settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None) -> bool:
    """Whether every publication speaks of today's knowledge under today's definitions."""
    if not settings.store.exists():
        return False
    day = day_of_knowledge(settings, catalogue, now, until)
    return all(_speaks_of(settings, catalogue, audience, day, until) for audience in AUDIENCES)


def _speaks_of(
    settings: Settings, catalogue: Catalogue, audience: str, day: pd.Timestamp, until: datetime | None
) -> bool:
    manifest = read_manifest(settings, audience)
    if manifest is None or manifest["notice"] != catalogue.programme.notice:
        return False
    known, versions = manifest["versions"], versions_of(catalogue)
    if not isinstance(known, dict) or any(known.get(name) != version for name, version in versions.items()):
        return False
    is_same_day = pd.Timestamp(str(manifest["as_of"])).normalize() == day.normalize()
    return is_same_day and _published(settings, audience) == _decided(settings, catalogue, until)


def _published(settings: Settings, audience: str) -> dict[str, pd.Timestamp | None]:
    """Submissions of the current publication, with the instant of their withdrawal, its waivers and its decisions."""
    tables = settings.published / audience / "current" / "parquet"
    frame = pd.read_parquet(tables / "submission.parquet", columns=["submission_id", "withdrawn_at"])
    waivers = pd.read_parquet(tables / "waiver.parquet", columns=["waiver_id"])["waiver_id"]
    found = {
        str(submission): None if pd.isna(at) else at for submission, at in frame.itertuples(index=False, name=None)
    }
    decisions = pd.read_parquet(tables / "adjudication.parquet", columns=["adjudication_id"])["adjudication_id"]
    return {**found, **dict.fromkeys(map(str, [*waivers, *decisions]))}


def _decided(settings: Settings, catalogue: Catalogue, until: datetime | None) -> dict[str, pd.Timestamp | None]:
    """Submissions on record, with the instant of their withdrawal, waivers and decisions about cells."""
    found = {
        receipt.submission_id: naive_utc(receipt.withdrawn_at) if receipt.withdrawn_at else None
        for source_id in catalogue.sources
        for receipt in Ledger(settings, until).receipts(source_id)
    }
    waivers = [w.waiver_id for source_id in catalogue.sources for w in Waivers(settings, until).of(source_id)]
    decisions = [made.adjudication_id for made in Adjudications(settings, until).all()]
    return {**found, **dict.fromkeys([*waivers, *decisions])}
