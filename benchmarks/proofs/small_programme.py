"""A programme of seven small sources, and homes that received what they sent (small_deliveries.py)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pandas as pd

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.landing.collect import collect
from idtracker.ingest.landing.deliveries import submission_id_of
from idtracker.ingest.landing.inbox import WITHDRAWAL
from idtracker.model.home import Home
from tests.support.runs import run_store
from tests.support.small_programme import drop, indicators, write_programme

FACTS, PUBLICATIONS = ("tracker/registers", "tracker/facts"), ("published/*",)
START, END = datetime(2025, 1, 5, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
PLACES = ("Zarqa", "Karak", "Irbid")
QUARTERS = ("2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3")
INDICATORS = indicators(
    "VOICE,Residents with a voice,سكان مسموعون,BSF1,%,1,0,100,1,adm1,quarter,mean,200,quality_weighted,,,GB-GOV-1,",
    "WORK,Residents out of work,سكان بلا عمل,BSF2,%,-1,0,100,1,adm1,quarter,mean,100,priority,GB-GOV-24,,GB-GOV-1,",
    "EVENTS,Events,أحداث,BSF3,events,-1,0,20,1,adm1,quarter,sum,100,median,,event:count,GB-GOV-1,",
)
_VALUES = """
    format: {kind: csv}
    received: {may_backdate: true}
    cadence: {every: quarter, due_after_days: 20, since: 2024-10-01}
    feeds: observation
    key: [indicator, place, period]
    columns:
      - {field: indicator, heading: Indicator, required: true}
      - {field: place, heading: Area, required: true}
      - {field: period, heading: Quarter, required: true}
      - {field: value, heading: Value, required: true}
      - {field: obs_status, heading: Status}
"""
_AS_NEEDED = "received: {may_backdate: true}\nformat: {kind: csv}\ncadence: {every: as_needed}\n"
SOURCES = {
    "survey": "title: Survey\npublisher: GB-GOV-24\nrevision: replace_period\n"
    "grading: {reliability: A, credibility: '2'}\n" + dedent(_VALUES).lstrip(),
    "partner": "title: Partner\npublisher: XM-DAC-41121\nrevision: upsert\ngrading: {reliability: C, credibility: '3'}\n"
    + dedent(_VALUES).lstrip(),
    "activities": "title: Activities\npublisher: GB-GOV-1\nfeeds: activity\nkey: [reference]\nrevision: upsert\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: ref, required: true}, {field: partner, heading: partner}, "
    "{field: place, heading: area}, {field: start_on, heading: from}, {field: end_on, heading: to}]\n",
    "parts": "title: Participation\npublisher: GB-GOV-1\nfeeds: participation\nkey: [reference, organisation]\n"
    "revision: replace_all\nbounds: {removed_rate: 1}\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: ref, required: true}, {field: organisation, heading: org, required: true}, "
    "{field: role, heading: role, required: true}]\n",
    "feed": "title: Feed\npublisher: XX-LOCAL-JO-OBSERVATORY\nfeeds: event\nkey: [reference]\nrevision: replace_all\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: id, required: true}, {field: event_on, heading: day, required: true}, "
    "{field: place, heading: area}]\n",
    "decisions": "title: Decisions\npublisher: GB-GOV-1\nfeeds: decision\nkey: [decision_id]\nrevision: append\n"
    + _AS_NEEDED
    + "columns: [{field: decision_id, heading: id, required: true}, {field: decided_on, heading: day, required: true}]\n",
    "returns": "title: Returns\npublisher: GB-GOV-11\nfeeds: activity\nkey: [reference, period]\nrevision: upsert\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: ref, required: true}, {field: period, heading: period, required: true}, "
    "{field: people_targeted, heading: targeted, maximum: 1000}, {field: people_reached, heading: reached}]\n",
}
ORGANISATION = "org_id,name,name_ar,short_name,org_type,group_code,is_hmg,is_traditional,parent_org_id,successor_org_id,valid_from,valid_to\nXX-LOCAL-JO-OBSERVATORY,Event Observatory,,,80,ACADEMIC,false,false,,,,\n"


@dataclass(frozen=True)
class Delivery:
    """One file, or what is said of an earlier one: a notice that withdraws the file `name`, a waiver for its rows.

    A waiver has the content of the file that it is about, the rule that it lets through and its last day.
    """

    source: str
    name: str
    content: str | bytes
    at: datetime
    withdraws: bool = False
    waives: str = ""
    until: datetime = END


def write_sources(folder: Path, first: str | None) -> Path:
    """The catalogue; a programme without a first quarter begins with the first that is observed."""
    tracker = f"tracker: {{first: {first}}}\n" if first else ""
    programme = f"title: Small\ncountry: JO\n{tracker}"
    return write_programme(folder, SOURCES, programme, indicators=INDICATORS, organisations=ORGANISATION)


def receive(home: Home, sent: list[Delivery], until: datetime) -> None:
    """Put into the inbox, and among the waivers, whatever arrived by an instant."""
    for delivery in sent:
        if delivery.at > until:
            continue
        inbox, content = home.inbox / delivery.source, _bytes(delivery.content)
        if delivery.withdraws:
            notice = {"withdraws": delivery.name, "at": delivery.at.isoformat(), "by": "GB-GOV-1", "why": "wrong"}
            inbox.mkdir(parents=True, exist_ok=True)
            (inbox / f"{delivery.name}{WITHDRAWAL}").write_text(json.dumps(notice), "utf-8")
        elif delivery.waives:
            submission = submission_id_of(delivery.source, hashlib.sha256(content).hexdigest())
            waiver = "", (delivery.waives,), "GB-GOV-1", "agreed", delivery.at, delivery.until.date()
            Waivers(home).give(Waiver(delivery.source, submission, *waiver))
        else:
            drop(home.root, delivery.source, delivery.name, content, delivery.at.isoformat())


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def run(home: Home, now: datetime, *, publish: bool = True) -> None:
    """What a run does, without the orchestrator: land, judge, refresh, derive and, unless told otherwise, publish."""
    catalogue = load_catalogue(home.sources)
    held = judge(home, catalogue, now)
    assert not sum(rows for source, rows in held.items() if source != "returns"), held
    run_store(home, catalogue, now, None, *(() if publish else PUBLICATIONS))


def judge(home: Home, catalogue: ProgrammeCatalogue, now: datetime) -> dict[str, int]:
    """Land and judge what lies in the inbox: how many rows of each source are held."""
    held = {}
    for source in catalogue.sources.values():
        got = collect(home, source, now)
        assert not got.problems, got.problems
        outcomes, damaged = judge_waiting(home, catalogue, source)
        assert not damaged, damaged
        held[source.id] = sum(outcome.rows_held for outcome in outcomes)
    return held


def derive(home: Home, now: datetime, until: datetime | None = None, *, publish: bool = True) -> None:
    """Cells, scores and metrics of what has been refreshed, and the publication."""
    without = FACTS if publish else (*FACTS, *PUBLICATIONS)
    run_store(home, load_catalogue(home.sources), now, until, *without)


def stamp(at: datetime) -> pd.Timestamp:
    """An instant as the store keeps it."""
    return pd.Timestamp(at).tz_convert("UTC").tz_localize(None)
