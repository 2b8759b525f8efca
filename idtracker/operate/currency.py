"""Whether there is anything to do: files that wait, judgements that are due, a publication that is behind."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.decisions.resolutions import Resolutions
from idtracker.ingest.decisions.rounds import Rounds
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.queue import pending
from idtracker.ingest.landing.collect import undecided
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.published.audience import OWNER
from idtracker.operate.audiences.publish_seen import is_current_for
from idtracker.operate.definition_versions import owner_versions, versions_of
from idtracker.operate.step import Context
from idtracker.publish.manifest import read_manifest, whole_manifest
from idtracker.store.knowledge_date import day_of_knowledge


def is_due(home: Home, source: Source, catalogue: ProgrammeCatalogue) -> bool:
    """Whether a file of the source waits in its inbox or for a judgement."""
    return bool(undecided(home, source) or pending(home, source, catalogue))


def is_current(home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None) -> bool:
    """Whether every publication speaks of today's knowledge under today's definitions."""
    if not home.store.exists():
        return False
    day = day_of_knowledge(home, catalogue, now, until)
    context = Context(home, catalogue, now, until)
    others = (a for a in catalogue.programme.audience_by_id.values() if not a.is_owner)
    return _speaks_of(home, catalogue, OWNER.id, day, until) and all(is_current_for(context, a) for a in others)


def _speaks_of(
    home: Home, catalogue: ProgrammeCatalogue, audience: str, day: pd.Timestamp, until: datetime | None
) -> bool:
    manifest = whole_manifest(home, audience)
    if manifest is None or manifest["notice"] != catalogue.programme.notice:
        return False
    known, versions = manifest["versions"], owner_versions(home, catalogue)
    if not isinstance(known, dict) or any(known.get(name) != version for name, version in versions.items()):
        return False
    is_same_day = pd.Timestamp(str(manifest["as_of"])).normalize() == day.normalize()
    has_rounds = _published_round_acts(home, audience) == _round_acts(home, until)
    return is_same_day and has_rounds and _published(home, audience) == _decided(home, catalogue, until)


def missing_in_store(home: Home, catalogue: ProgrammeCatalogue, at: datetime) -> str | None:
    """What keeps the store from saying all that is known at an instant; None where nothing does. Acts about rounds may wait."""
    waiting = [s for s in catalogue.running if is_due(home, catalogue.sources[s], catalogue)]
    if waiting:
        return f"files of {', '.join(waiting)} wait to be taken in or judged"
    manifest = read_manifest(home, OWNER.id)
    if manifest is None or not home.store.exists():
        return "nothing is published yet"
    known = manifest["versions"]
    if not isinstance(known, dict) or any(known.get(n) != v for n, v in versions_of(home, catalogue).items()):
        return "definitions changed since the last run"
    if pd.Timestamp(str(manifest["as_of"])).normalize() < naive_utc(at).normalize():
        return f"the last run speaks of {str(manifest['as_of'])[:10]}"
    if _published(home, OWNER.id) != _decided(home, catalogue, None):
        return "there are decisions or withdrawals that the last run did not see"
    return None


def _published_round_acts(home: Home, audience: str) -> list[tuple[str, ...]]:
    """Acts about rounds that the current publication tells of: instant, act, round."""
    tables = home.published / audience / "current" / "parquet"
    frame = pd.read_parquet(tables / "audit.parquet", columns=["at", "action", "subject"])
    frame = frame[frame["action"].str.startswith("round_")]
    return sorted((str(at), str(what), str(which)) for at, what, which in frame.itertuples(index=False, name=None))


def _round_acts(home: Home, until: datetime | None) -> list[tuple[str, ...]]:
    """Acts about rounds on record."""
    return sorted((str(naive_utc(a.acted_at)), f"round_{a.action}", a.round_id) for a in Rounds(home, until).acts())


def _published(home: Home, audience: str) -> dict[str, pd.Timestamp | None]:
    """Submissions of the current publication, with the instant of their withdrawal, when they were away, its waivers and its decisions."""
    tables = home.published / audience / "current" / "parquet"
    frame = pd.read_parquet(tables / "submission.parquet", columns=["submission_id", "withdrawn_at"])
    waivers = pd.read_parquet(tables / "waiver.parquet", columns=["waiver_id"])["waiver_id"]
    submissions = {
        str(submission): None if pd.isna(at) else at for submission, at in frame.itertuples(index=False, name=None)
    }
    decisions = pd.read_parquet(tables / "adjudication.parquet", columns=["adjudication_id"])["adjudication_id"]
    resolved = pd.read_parquet(tables / "resolution.parquet", columns=["resolution_id"])["resolution_id"]
    states = pd.read_parquet(tables / "submission_state.parquet", columns=["submission_id", "state", "since", "until"])
    states = states[(states["state"] == "withdrawn") & states["until"].notna()]
    away = [_away(name, since) for name, since in zip(states["submission_id"], states["since"], strict=True)]
    return {**submissions, **dict.fromkeys(map(str, [*waivers, *decisions, *resolved, *away]))}


def _away(submission: object, since: pd.Timestamp) -> str:
    """What stands for a withdrawal that was revoked."""
    return f"{submission} away since {since}"


def _decided(home: Home, catalogue: ProgrammeCatalogue, until: datetime | None) -> dict[str, pd.Timestamp | None]:
    """Submissions on record, with the instant of their withdrawal, when they were away, waivers and decisions about cells."""
    receipts = [receipt for source_id in catalogue.known for receipt in Ledger(home, until).receipts(source_id)]
    decided = {r.submission_id: naive_utc(r.withdrawn_at) if r.withdrawn_at else None for r in receipts}
    away = [_away(r.submission_id, naive_utc(since)) for r in receipts for since in _absences(r)]
    waivers = [w.waiver_id for source_id in catalogue.known for w in Waivers(home, until).of(source_id)]
    decisions = [decision.adjudication_id for decision in Adjudications(home, until).all()]
    decisions += [decision.resolution_id for decision in Resolutions(home, until).all()]
    return {**decided, **dict.fromkeys([*waivers, *decisions, *away])}


def _absences(receipt: Receipt) -> list[datetime]:
    """From when on a file did not count that counts again: one that begins as the last one ends goes on with it."""
    gone = [(since, until) for since, until in receipt.absences if since < until]
    return [since for n, (since, _) in enumerate(gone) if not n or gone[n - 1][1] < since]
