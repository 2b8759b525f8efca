"""Small random histories for what `explain consequences` names: two places, five quarters, about a dozen files of nine sources.

A file speaks of several quarters at once, so that there are trends and warnings although little is sent. Some files have a second
edition, some are withdrawn, decisions cite products that other files state, claims and answers to key performance questions name
activities of others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent

from benchmarks.proofs.small_programme import END, ORGANISATION, START, Delivery
from benchmarks.proofs.small_programme import SOURCES as SEVEN
from tests.support.small_programme import indicators, write_programme

SOURCES_EACH = 4
"""Of all sources; each costs a part of every run."""
PLACES = ("Northland", "Southland")
_COUNTRY = "place_id,name,name_ar,level,parent_id,population\nLB-N1,Northland,شمال,adm1,LB,100000\nLB-S1,Southland,جنوب,adm1,LB,300000\n"
QUARTERS = ("2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3")
INDICATORS = indicators(
    "VOICE,Residents with a voice,سكان مسموعون,BSF1,%,1,0,100,1,adm1,quarter,mean,200,quality_weighted,,,GB-GOV-1,",
    "SAFE,Residents who feel safe,سكان آمنون,BSF1,%,1,0,100,3,adm1,quarter,mean,100,quality_weighted,,,GB-GOV-1,",
    "WORK,Residents out of work,سكان بلا عمل,BSF2,%,-1,0,100,1,adm1,quarter,mean,100,priority,GB-GOV-24,,GB-GOV-1,",
    "EVENTS,Events,أحداث,BSF3,events,-1,0,20,1,adm1,quarter,sum,100,median,,event:count,GB-GOV-1,",
)
_WARNINGS = {
    "voice_low": "{node: BSF1}\nwhen: {kind: threshold, level: 60}\noutcome: {below: 40, within: 1}\n",
    "work_worse": "{indicator: WORK}\nwhen: {kind: deterioration, over: 1, by: 5}\noutcome: {above: 90, within: 1}\n",
}
_TEXT = "publisher: GB-GOV-1\nreceived: {may_backdate: true}\nformat: {kind: csv}\ncadence: {every: as_needed}\n"
_STATED = {
    "products": "title: Products\nfeeds: analysis_product\nkey: [reference]\nrevision: replace_all\nbounds: {removed_rate: 1}\n"
    "columns: [{field: reference, heading: id, required: true}, {field: product_type, heading: type, required: true}]\n",
    "decisions": "title: Decisions\nfeeds: decision\nkey: [decision_id]\nrevision: upsert\n"
    "columns: [{field: decision_id, heading: id, required: true}, {field: decided_on, heading: day, required: true}, "
    "{field: products, heading: products}]\n",
    "claims": "title: Claims\nfeeds: effect_claim\nkey: [reference]\nrevision: upsert\n"
    "columns: [{field: reference, heading: id, required: true}, {field: activity, heading: activity}, "
    "{field: period, heading: quarter}, {field: tier, heading: tier, required: true}, "
    "{field: status, heading: state, required: true}]\n",
    "answers": "title: Answers\nfeeds: kpq_response\nkey: [kpq, scope, organisation, period]\nrevision: upsert\n"
    "columns: [{field: kpq, heading: question, required: true}, {field: scope, heading: scope, required: true}, "
    "{field: period, heading: quarter, required: true}, {field: organisation, heading: org, required: true}, "
    "{field: answer, heading: answer}, {field: ancr, heading: confidence}]\n",
    "experts": "title: Experts\nfeeds: judgement\nkey: [reference]\nrevision: upsert\n"
    "columns: [{field: reference, heading: id, required: true}, {field: scenario, heading: scenario, required: true}, "
    "{field: scenario_id, heading: code}, {field: organisation, heading: org}, {field: period, heading: quarter}, "
    "{field: made_on, heading: made}, {field: horizon_on, heading: until}, {field: probability, heading: best}]\n",
}
_ANY_CHANGE = "bounds: {removed_rate: 1}\n"
SOURCES = {name: _ANY_CHANGE + SEVEN[name] for name in ("survey", "partner", "feed", "activities")} | {
    name: _TEXT + text for name, text in _STATED.items()
}


def write_sources(folder: Path, seed: int) -> Path:
    """The catalogue of a seed, the survey and some others, with two warning rules."""
    others = sorted({*SOURCES} - {"survey"})
    chosen = {"survey", *random.Random(seed).sample(others, SOURCES_EACH - 1)}
    programme = f"title: Small\ncountry: LB\ntracker: {{first: {QUARTERS[0]}}}\n"
    tables = {"indicators": INDICATORS, "organisations": ORGANISATION, "places": _COUNTRY}
    root = write_programme(folder, {name: SOURCES[name] for name in SOURCES if name in chosen}, programme, **tables)
    (root / "_warnings").mkdir()
    for name, text in _WARNINGS.items():
        head = "title: {en: Worse, ar: أسوأ}\nlevel: adm1\non: "
        (root / "_warnings" / f"{name}.yml").write_text(dedent(head + text), "utf-8")
    return root


@dataclass
class _Sender:
    """What is sent in the year of a history, with its dice."""

    dice: random.Random
    sent: list[Delivery]

    def send(self, source: str, name: str, content: str, after: int, *, may_go: bool = True) -> None:
        """One file some days after the start, and sometimes the notice that withdraws it: not of one whose bytes came under another name."""
        is_again = any((one.source, one.content) == (source, content) for one in self.sent)
        at = START + timedelta(days=after, seconds=self.dice.randint(0, 80_000))
        self.sent.append(Delivery(source, name, content, at))
        if may_go and self.dice.random() < 0.2 and not is_again:
            self.sent.append(Delivery(source, name, "", at + timedelta(days=self.dice.randint(1, 25)), withdraws=True))


def deliveries(seed: int, sources: Path) -> list[Delivery]:
    """What the sources of a catalogue send: half a dozen files of a few weeks, all after the last of the quarters, and the notices that withdraw some, by the dice of a seed."""
    dice = random.Random(seed)
    year = _Sender(dice, [])
    year.send("survey", "survey.csv", _values(dice, ("VOICE", "SAFE", "WORK"), QUARTERS), 272)
    year.send("feed", "feed.csv", _events(dice), 275)
    year.send("products", "products.csv", _products(dice), 276, may_go=False)
    year.send("decisions", "decisions.csv", _decisions(dice), 284)
    others = (
        ("partner", "partner.csv", _values(dice, ("VOICE", "WORK"), QUARTERS), 280, 0.8),
        ("survey", "survey_v2.csv", _values(dice, ("VOICE", "SAFE", "WORK"), QUARTERS), 290, 0.4),
        ("partner", "partner_v2.csv", _values(dice, ("VOICE", "SAFE"), QUARTERS[2:]), 294, 0.3),
        ("feed", "feed_v2.csv", _events(dice), 297, 0.3),
        ("activities", "activities.csv", _activities(dice), 273, 0.5),
        ("products", "products_v2.csv", _products(dice), 300, 0.3),
        ("claims", "claims.csv", _claims(dice), 302, 0.6),
        ("experts", "experts.csv", _judgements(dice), 304, 0.6),
        ("answers", "answers.csv", _answers(dice), 305, 0.7),
        ("decisions", "decisions_v2.csv", _decisions(dice), 307, 0.3),
        ("answers", "answers_v2.csv", _answers(dice), 308, 0.3),
        ("claims", "claims_v2.csv", _claims(dice), 310, 0.3),
    )
    for source, name, content, after, odds in others:
        if dice.random() < odds:
            year.send(source, name, content, after)
    return [one for one in year.sent if one.at < END and (sources / one.source).is_dir()]


def _values(dice: random.Random, names: tuple[str, ...], quarters: tuple[str, ...]) -> str:
    rows = [(i, p, q) for i in names for p in PLACES for q in quarters if dice.random() < 0.85]
    rows = rows or [(names[0], PLACES[0], quarters[0])]
    status = ("A", "A", "A", "P", "B")
    lines = (f"{i},{p},{q},{dice.randint(5, 95)},{dice.choice(status)}" for i, p, q in rows)
    return "\n".join(["Indicator,Area,Quarter,Value,Status", *lines])


def _events(dice: random.Random) -> str:
    days = [START + timedelta(days=dice.randint(-270, 250)) for _ in range(8)]
    return "\n".join(["id,day,area", *(f"e{n},{d:%Y-%m-%d},{dice.choice((*PLACES, ''))}" for n, d in enumerate(days))])


def _activities(dice: random.Random) -> str:
    lines = (
        f"a{n},{dice.choice(('UNHCR', 'MOD', 'HMRC'))},{dice.choice(PLACES)},2025-0{dice.randint(1, 4)}-01,2025-08-01"
        for n in range(4)
    )
    return "\n".join(["ref,partner,area,from,to", *lines])


def _products(dice: random.Random) -> str:
    return "\n".join(["id,type", *(f"p{n},SITREP" for n in range(4) if n < 2 or dice.random() < 0.5)])


def _decisions(dice: random.Random) -> str:
    lines = (
        f"d{dice.randint(0, 9)},{_day(dice)},{';'.join(dice.sample(('p0', 'p1', 'p2'), dice.randint(0, 2)))}"
        for _ in "xx"
    )
    return "\n".join(["id,day,products", *{line.split(",")[0]: line for line in lines}.values()])


def _claims(dice: random.Random) -> str:
    lines = (
        f"c{n},a{dice.randint(0, 3)},{dice.choice(QUARTERS)},T{dice.randint(1, 2)},{dice.choice(('CLAIMED', 'REVIEWED', 'VALIDATED'))}"
        for n in range(2)
    )
    return "\n".join(["id,activity,quarter,tier,state", *lines])


def _answers(dice: random.Random) -> str:
    """Answers of two organisations about the programme and activities of the other file, on two questions."""
    asked = [(k, scope, org) for k in ("K1", "K4") for scope in ("programme", "a0", "a1") for org in ("MOD", "HMRC")]
    lines = (
        f"{kpq},{scope},{QUARTERS[-1]},{org},{dice.choice(('YES', 'PARTLY', 'NO', 'NOT_YET'))},{dice.choice(('LOW', 'HIGH'))}"
        for kpq, scope, org in sorted(dice.sample(asked, 5))
    )
    return "\n".join(["question,scope,quarter,org,answer,confidence", *lines])


def _judgements(dice: random.Random) -> str:
    lines = (
        f"j{n}{dice.randint(0, 1)},Unrest,s{dice.randint(0, 1)},{org},{QUARTERS[-1]},2025-06-0{dice.randint(1, 9)},{dice.choice(('2026-01-01', '2026-07-01'))},{dice.randint(10, 90)}"
        for n, org in enumerate(("MOD", "HMRC"))
    )
    return "\n".join(["id,scenario,code,org,quarter,made,until,best", *lines])


def _day(dice: random.Random) -> str:
    day: datetime = START + timedelta(days=dice.randint(0, 90))
    return f"{day:%Y-%m-%d}"
