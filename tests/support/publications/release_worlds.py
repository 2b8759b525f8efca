"""Random accepted reports, and the same without the rows that an audience may not see, as if nobody had ever sent them.

Which rows that are is said here in plain loops, and never asked of the library.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from idtracker.model.config.source import Source
from idtracker.model.published.audience import Audience

DAY = datetime(2026, 1, 1, 8, tzinfo=UTC)
MARKINGS = [
    ("OFFICIAL", "HMG"),
    ("OFFICIAL", "HMG;PARTNERS"),
    ("OFFICIAL", "PARTNERS;PUBLIC"),
    ("OFFICIAL", "PUBLIC"),
    ("OFFICIAL-SENSITIVE", "HMG;PARTNERS"),
    ("OFFICIAL", None),
    ("OFFICIAL", "GB-GOV-1"),
    ("SECRET", "PUBLIC"),
    (None, "PUBLIC"),
]
AUDIENCES = [
    Audience("partners", "Partners", ("PARTNERS", "PUBLIC"), "OFFICIAL", 5),
    Audience("cleared", "Cleared partners", ("PARTNERS",), "OFFICIAL-SENSITIVE", 0),
    Audience("public", "Public", ("PUBLIC",), "OFFICIAL", 10),
    Audience("fcdo", "FCDO", ("GB-GOV-1", "PARTNERS"), "OFFICIAL", 0),
]
_COLUMNS = "columns:\n  - {field: indicator, heading: I, required: true}\n"
OBSERVED = {
    "title": "Observed", "publisher": "GB-GOV-1", "format": {"kind": "csv"}, "cadence": {"every": "quarter"}, "feeds": "observation",
    "key": ["indicator", "place", "period"],
    "columns": [{"field": name, "heading": name, "required": True} for name in ("indicator", "place", "period", "value")],
}  # fmt: skip
JOINT = {
    "title": "Joint", "publisher": "GB-GOV-1", "format": {"kind": "csv"}, "cadence": {"every": "as_needed"},
    "parts": [
        {"name": "activities", "feeds": "activity", "key": ["reference"], "columns": [{"field": "reference", "heading": "A", "required": True}]},
        {"name": "members", "feeds": "participation", "key": ["reference", "organisation"],
         "columns": [{"field": n, "heading": n, "required": True} for n in ("reference", "organisation", "role")]},
        {"name": "decisions", "feeds": "decision", "key": ["reference"], "columns": [{"field": "reference", "heading": "D", "required": True}]},
        {"name": "products", "feeds": "analysis_product", "key": ["reference"],
         "columns": [{"field": n, "heading": n, "required": True} for n in ("reference", "product_type")]},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One accepted or held row: where it stands in its file, its marking, and what it says."""

    part: str
    kind: str
    number: int
    piece: int
    marking: tuple[str | None, str | None]
    says: dict[str, object]
    of: tuple[int, int] | None = None
    """Of a line of a correction: the file and the row that it is about."""
    fate: str = ""


@dataclass(frozen=True)
class Report:
    """One file of a source."""

    source_id: str
    received_at: datetime
    rows: tuple[Row, ...]
    withdrawn_at: datetime | None = None
    is_correction: bool = False
    is_waived: bool = False


@dataclass(frozen=True)
class World:
    """Files in order of arrival."""

    reports: tuple[Report, ...]
    handling: dict[str, list[str]] = field(default_factory=dict)

    def sources(self) -> dict[str, Source]:
        known = {}
        for name in {report.source_id for report in self.reports}:
            document = dict(OBSERVED if name.startswith("observed") else JOINT)
            document["handling"] = {"releasable_to": self.handling[name]}
            known[name] = Source.model_validate(document).located(name, Path(name), f"definition of {name}")
        return dict(sorted(known.items()))


def random_world(seed: int, families: int) -> World:
    """Sources of two kinds, each with a few files, some withdrawn, corrected or waived."""
    chance = random.Random(seed)
    reports: list[Report] = []
    handling: dict[str, list[str]] = {}
    for family in range(families):
        for kind in ("observed", "joint"):
            name = f"{kind}_{family}"
            handling[name] = chance.choice([["HMG"], ["HMG", "PARTNERS"], ["PUBLIC"]])
            for _ in range(chance.randint(1, 3)):
                at = DAY + timedelta(days=chance.randint(0, 40))
                rows = _observed(chance, family) if kind == "observed" else _joint(chance, family)
                gone = at + timedelta(days=chance.randint(1, 20)) if chance.random() < 0.2 else None
                reports.append(Report(name, at, tuple(rows), gone, is_waived=chance.random() < 0.3))
    reports.sort(key=lambda one: one.received_at)
    for name in [name for name in handling if chance.random() < 0.5]:
        reports.append(_correction(chance, name, reports))
    return World(tuple(reports), handling)


def _observed(chance: random.Random, family: int) -> list[Row]:
    rows = []
    for number in sorted(chance.sample(range(2, 40), chance.randint(1, 6))):
        says = {
            "indicator_id": chance.choice(["PEOPLE", "VOICE"]),
            "place_id": chance.choice(["JO", "JO-AM", "JO-IR", "JO-MA"]),
            "period": chance.choice(["2025-Q3", "2025-Q4"]),
            "value": float(chance.choice([1, 3, 4, 6, 12, 40])),
        }
        rows.append(
            Row(
                "observation",
                chance.choice(["facts", "facts", "held"]),
                number,
                chance.choice([0, 0, 1]),
                chance.choice(MARKINGS),
                says,
            )
        )
    return rows


def _joint(chance: random.Random, family: int) -> list[Row]:
    rows = []
    for number in sorted(chance.sample(range(2, 60), chance.randint(2, 8))):
        part = chance.choice(["activities", "members", "decisions", "products"])
        own = f"{part[0]}{family}-{chance.randint(1, 4)}"
        says: dict[str, object] = {
            "activities": {"activity_id": own, "people_reached": chance.choice([None, 2, 5, 90])},
            "members": {
                "activity_id": f"a{family}-{chance.randint(1, 4)}",
                "org_id": chance.choice(["GB-GOV-1", "GB-GOV-8"]),
                "role": "LEAD",
            },
            "decisions": {
                "decision_id": own,
                "product_ids": ";".join(f"p{family}-{n}" for n in chance.sample(range(1, 5), 2)),
            },
            "products": {"product_id": own, "product_type": "CONFLICT"},
        }[part]
        rows.append(Row(part, "facts", number, 0, chance.choice(MARKINGS), says))
    return rows


def _correction(chance: random.Random, name: str, reports: Sequence[Report]) -> Report:
    """A file of lines about rows of one earlier file of the source."""
    place = chance.choice([n for n, one in enumerate(reports) if one.source_id == name and not one.is_correction])
    first = reports[place]
    chosen = chance.sample(range(len(first.rows)), min(2, len(first.rows)))
    rows = []
    for number, at in enumerate(chosen, start=2):
        root, fate = first.rows[at], chance.choice(["accepted", "held", "left_out"])
        kind = {"accepted": "facts", "held": "held"}.get(fate, "")
        says = root.says | ({"value": 77.0} if "value" in root.says else {})
        rows.append(Row(root.part, kind, number, 0, chance.choice(MARKINGS), says, (place, at), fate))
    return Report(name, first.received_at + timedelta(days=50), tuple(rows), is_correction=True)


def may_see(audience: Audience, marking: tuple[str | None, str | None], *, guarded: bool = True) -> bool:
    """Whether a row of that marking is released to one of the groups, at or below the clearance; what is not known counts as the highest."""
    if not guarded:
        return True
    classification, released = marking
    rank = {"OFFICIAL": 0, "OFFICIAL-SENSITIVE": 1}
    allowed = rank.get(classification or "", 1) <= rank[audience.clearance]
    return allowed and any(group in (audience.groups or ()) for group in (released or "").split(";"))


def without_unseen(world: World, audience: Audience) -> World:
    """The world in which no row was sent that the audience may not see: files without any are not there."""
    kept: dict[tuple[int, int], int] = {}
    reports: list[Report] = []
    moved: dict[int, int] = {}
    for place, report in enumerate(world.reports):
        if report.is_correction:
            continue
        rows = [(n, row) for n, row in enumerate(report.rows) if may_see(audience, row.marking)]
        kept |= {(place, n): at for at, (n, _) in enumerate(rows)}
    for place, report in enumerate(world.reports):
        own = []
        for row in report.rows:
            if report.is_correction:
                is_there = row.of in kept and (row.kind == "" or may_see(audience, row.marking))
            else:
                is_there = may_see(audience, row.marking)
            if is_there:
                own.append(row)
        if own:
            moved[place] = len(reports)
            reports.append(replace(report, rows=tuple(own)))
    return World(
        tuple(
            replace(
                r, rows=tuple(replace(row, of=(moved[row.of[0]], kept[row.of])) if row.of else row for row in r.rows)
            )
            for r in reports
        ),
        world.handling,
    )
