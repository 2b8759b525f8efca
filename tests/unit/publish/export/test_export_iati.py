"""IATI written and read back: what a file said is what its export says; what cannot be said is listed, row by row."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from iati_facts import Facts, content_of, facts_of
from lxml import etree
from published_rows import publish_rows, row_of

from idtracker.ingest.read.iati import standard
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.publish.export.iati.elements import MARKING
from idtracker.publish.export.write_export import export_publication

EXAMPLE = Path(__file__).parents[4] / "sources" / "horizon_iati_activities" / "example.xml"
REAL = {
    "be_dgd_2021.xml": 0,
    "dfid_PH_v1.02.xml": 12,
    "iom_v2.03_2019_many_refs.xml": 1700,
    "repeated_participation_v1.0.xml": 127,
}
"""Files of others, and how many rows of each come back at least: activities without a description or title cannot be said."""


@pytest.fixture(autouse=True)
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installed standard, which other tests do without."""
    monkeypatch.delenv(standard.SETTING, raising=False)
    if not standard.standard_at_hand().editions:
        pytest.skip("the extra iati is not installed")


def round_trip(tmp_path: Path, content: bytes) -> tuple[Facts, list[dict[str, str]], bytes]:
    """(facts, rows left out, exported file) of a file that is published and exported."""
    facts = facts_of(content)
    orgs = {r["org_id"] for rows in facts.values() for r in rows if r.get("org_id")} | {
        r["receiver_org_id"] for r in facts["transaction"] if r["receiver_org_id"]
    }
    countries = {c for r in facts["activity"] if (c := r["place_id"])}
    beside = {
        "organisation": [row_of("organisation", org_id=o, name=None or o, org_type="10") for o in sorted(orgs)],
        "place": [row_of("place", place_id=p, name=p, level="country") for p in sorted(countries)],
    }
    export_publication(publish_rows(tmp_path, {**facts, **beside}), tmp_path / "out", formats="iati")
    listing = tmp_path / "out" / "iati" / "left_out.csv"
    left_out = list(csv.DictReader(listing.open(encoding="utf-8", newline=""))) if listing.is_file() else []
    path = tmp_path / "out" / "iati" / "s.xml"
    return facts, left_out, path.read_bytes() if path.is_file() else b""


def check_round_trip(tmp_path: Path, content: bytes) -> int:
    facts, left_out, exported = round_trip(tmp_path, content)
    if not exported:
        assert {r["fact_id"] for r in left_out} == {r["fact_id"] for rows in facts.values() for r in rows}
        return 0
    held = standard.standard_at_hand().edition("2.03")
    assert held is not None
    etree.XMLSchema(etree.parse(held.schemas[0].path)).assertValid(etree.fromstring(exported).getroottree())
    again = facts_of(exported)
    assert content_of(again) == content_of(facts, [r["fact_id"] for r in left_out])
    return sum(len(rows) for rows in again.values())


def test_the_bundled_file_comes_back_as_it_was(tmp_path: Path) -> None:
    content = EXAMPLE.read_bytes()
    rows = sum(len(r) for r in facts_of(content).values())
    assert check_round_trip(tmp_path, content) == rows >= 10


@pytest.mark.parametrize("name", REAL)
def test_published_files_come_back_as_they_were(tmp_path: Path, shared_data: Path, name: str) -> None:
    content = (shared_data / "02_iati" / name).read_bytes()
    assert check_round_trip(tmp_path, content) >= REAL[name]


ACTIVITY = {
    "fact_id": "a", "source_id": "s", "activity_id": "X-1", "recorded_to": None, "org_id": "O", "title": "T <&> \x0b", "description": "D--",
    "status": "3", "start_on": pd.Timestamp("2025-01-02"), "end_on": pd.Timestamp("2025-12-31"), "place_id": "JO-AM", "sector": "WASH;11110",
    "period": None, "period_end": None,
}  # fmt: skip
PART = {"fact_id": "p", "source_id": "s", "activity_id": "X-1", "recorded_to": None, "org_id": "O", "role": "4"}
MONEY = {
    "fact_id": "t", "source_id": "s", "activity_id": "X-1", "recorded_to": None, "transaction_type": "3", "amount": 1.5e-7,
    "transaction_on": pd.Timestamp("2025-02-03"), "amount_currency": "JOD",
}  # fmt: skip
RESULT = {
    "fact_id": "r", "source_id": "s", "activity_id": "X-1", "recorded_to": None, "result_type": "1", "result_title": "R", "measure": "1",
    "result_indicator": "I", "start_on": pd.Timestamp("2025-01-01"), "end_on": pd.Timestamp("2025-06-30"), "target": 10.0,
}  # fmt: skip


def exported(tmp_path: Path, rows: dict[str, list[dict[str, Any]]], lang: Any = "en") -> Any:
    beside = {
        "organisation": [row_of("organisation", org_id="O", name="Ö", org_type="21")],
        "place": [
            row_of("place", place_id="JO", level="country", parent_id=None),
            row_of("place", place_id="JO-AM", name="Amman", level="adm1", parent_id="JO"),
        ],
    }
    given = {table: [row_of(table, **r) for r in own] for table, own in rows.items()}
    return export_publication(publish_rows(tmp_path, {**beside, **given}), tmp_path / "out", formats="iati", lang=lang)


def tree(tmp_path: Path) -> Any:
    return etree.parse(tmp_path / "out" / "iati" / "s.xml").getroot()


def test_elements_say_what_the_rows_say_and_no_more(tmp_path: Path) -> None:
    secret = RESULT | {
        "fact_id": "r2",
        "actual": 3.0,
        "disaggregation": "sex=f",
        "place_id": "JO-AM",
        "classification": "OFFICIAL-SENSITIVE",
    }
    rows = {
        "activity": [ACTIVITY],
        "participation": [PART],
        "transaction": [MONEY],
        "result_value": [RESULT | {"baseline": 1.0}, secret],
    }
    written = exported(tmp_path, rows)
    root = tree(tmp_path)
    assert root.get("version") == "2.03" and root.get("generated-datetime") == "2026-06-30T12:00:00Z"
    assert [(d.get("type"), d.get("iso-date")) for d in root.iter("activity-date")] == [
        ("2", "2025-01-02"),
        ("4", "2025-12-31"),
    ]
    assert root.findtext("iati-activity/title/narrative") == "T <&> \ufffd"
    assert [(s.get("vocabulary"), s.get("code")) for s in root.iter("sector")] == [("99", "WASH"), ("99", "11110")]
    assert [c.get("code") for c in root.iter("recipient-country")] == ["JO"]
    assert [(u.get("code"), u.get("level")) for u in root.iter("administrative")] == [("JO-AM", "1")]
    assert root.findtext("iati-activity/transaction/value") == "0.00000015"
    (period,) = root.iter("period")
    assert [(t.get("value"), len(t)) for t in period.iter("target")] == [("10", 0), ("10", 2)]
    assert [(a.get("value"), a.find("dimension").get("name")) for a in period.iter("actual")] == [("3", "sex")]
    (mark,) = root.iter(f"{{{MARKING}}}marking")
    assert dict(mark.attrib) == {"classification": "OFFICIAL-SENSITIVE", "releasable-to": "HMG;PARTNERS"}
    comments = [
        str(c.text)
        for c in etree.parse(tmp_path / "out" / "iati" / "s.xml").getroot().itersiblings(etree.Comment, preceding=True)
    ]
    assert any("notice: Invented figures." in c for c in comments) and any("OFFICIAL-SENSITIVE" in c for c in comments)
    assert [left.why for left in written.left_out] == [
        "One result is in IATI without `baseline`: the standard wants the year of a baseline, which is not held."
    ]


WRONG = [
    ("activity", {"org_id": None}, "not in the register"),
    ("activity", {"org_id": "NOBODY"}, "no type"),
    ("activity", {"title": None}, "no title"),
    ("activity", {"description": None}, "no description"),
    ("activity", {"status": None}, "no status"),
    ("activity", {"start_on": None, "end_on": None}, "neither a start nor an end"),
    ("participation", {"role": "DATA_PROVIDER"}, "no such role"),
    ("participation", {"activity_id": "X-2"}, "does not report"),
    ("transaction", {"activity_id": None}, "does not report"),
    ("participation", {"source_id": "other"}, "does not report"),
    ("transaction", {"amount": None}, "of the transaction is missing"),
    ("transaction", {"amount_currency": None}, "of the transaction is missing"),
    ("result_value", {"result_type": None}, "of the result is missing"),
    ("result_value", {"measure": None}, "no measure"),
    ("result_value", {"end_on": None}, "of the period is missing"),
    ("result_value", {"disaggregation": "women"}, "name=value"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "wrong", "why"), WRONG)
def test_a_row_that_cannot_be_said_is_listed_and_the_others_are_there(
    tmp_path: Path, table: str, wrong: dict[str, Any], why: str
) -> None:
    sound = {"activity": ACTIVITY, "participation": PART, "transaction": MONEY, "result_value": RESULT}
    bad = sound[table] | {"fact_id": "bad"} | wrong
    if table == "activity":
        bad |= {"activity_id": "X-9"}
    written = exported(tmp_path, {t: [r, bad] if t == table else [r] for t, r in sound.items()})
    left = list(csv.DictReader((tmp_path / "out" / "iati" / "left_out.csv").open(encoding="utf-8", newline="")))
    assert [(r["table"], r["fact_id"]) for r in left] == [(table, "bad")]
    assert why in left[0]["why"] and any(why in said.why for said in written.left_out)
    assert sum(f.rows for f in written.files if f.path.endswith(".xml")) == 4
    assert len(list(tree(tmp_path))) == 1


def test_an_activity_that_is_left_out_takes_its_rows_along(tmp_path: Path) -> None:
    rows = {
        "activity": [ACTIVITY],
        "participation": [PART | {"role": "DATA_PROVIDER"}],
        "transaction": [MONEY],
        "result_value": [RESULT],
    }
    written = exported(tmp_path, rows, "ar")
    left = list(csv.DictReader((tmp_path / "out" / "iati" / "left_out.csv").open(encoding="utf-8", newline="")))
    assert sorted((r["table"], r["fact_id"]) for r in left) == [
        ("activity", "a"), ("participation", "p"), ("result_value", "r"), ("transaction", "t"),
    ]  # fmt: skip
    assert [f.path for f in written.files] == ["iati/left_out.csv"]
    assert all("IATI" in said.why and "ا" in said.why for said in written.left_out)


def test_the_latest_period_of_an_activity_is_its_state(tmp_path: Path) -> None:
    later = {"fact_id": "b", "title": "Later", "period_end": pd.Timestamp("2026-03-31")}
    exported(
        tmp_path,
        {
            "activity": [ACTIVITY | {"period_end": pd.Timestamp("2025-12-31")}, ACTIVITY | later],
            "participation": [PART],
        },
    )
    assert tree(tmp_path).findtext("iati-activity/title/narrative") == "Later"


def test_what_would_break_the_schema_is_left_out(tmp_path: Path) -> None:
    rows = {
        "activity": [ACTIVITY, ACTIVITY | {"fact_id": "b", "activity_id": "X-2"}],
        "participation": [PART, PART | {"fact_id": "q", "activity_id": "X-2"}],
    }
    rows["transaction"] = [MONEY | {"activity_id": "X-2", "amount": float("inf")}]
    exported(tmp_path, rows)
    left = list(csv.DictReader((tmp_path / "out" / "iati" / "left_out.csv").open(encoding="utf-8", newline="")))
    assert {r["table"] for r in left} == {"activity", "participation", "transaction"}
    assert any("would break the schema" in r["why"] for r in left)
    assert [a.findtext("iati-identifier") for a in tree(tmp_path)] == ["X-1"]


def test_it_is_the_same_each_time_and_needs_the_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = exported(tmp_path, {"activity": [ACTIVITY], "participation": [PART]})
    from idtracker.model.home import Home

    home = Home((tmp_path / "home").resolve(), tmp_path / "sources")
    assert export_publication(home, tmp_path / "again", formats="iati").files == first.files
    monkeypatch.setenv(standard.SETTING, "none")
    with pytest.raises(IdtrackerError, match=r"idtracker\[iati\]"):
        export_publication(home, tmp_path / "third", formats="iati")
    with pytest.raises(UsageError, match="activity"):
        export_publication(home, tmp_path / "third", formats="iati", tables="participation")
    assert not (tmp_path / "third").exists()
