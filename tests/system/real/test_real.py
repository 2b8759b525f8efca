"""Files that others published, held against counts made without the library's own readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from real_files import FILES, read_csv, read_sheets, read_xml

from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue

Judge = Callable[[str], Assessment]


HELD_BY = {
    "dfid_congo_activities": {},
    "fco_spending": {},
    "iati_jordan_activities": {"name.place": 5, "period.order": 12},
    "iom_humanitarian_activities": {},
    "ocha_guatemala_presence": {},
    "ocha_guinea_presence": {},
    "ocha_iraq_presence": {},
    "ocha_libya_presence": {},
    "ocha_somalia_presence": {},
    "ocha_sudan_presence": {},
    "ocha_syria_presence": {},
    "rowca_sahel_reporting": {},
    "ucdp_bangladesh_events": {"interval.order": 1},
    "unhcr_refugee_presence": {"name.place": 223},
    "worldbank_governance_indicators": {"name.place": 60},
    "yemen_education_presence": {},
}
ADVISED_BY = {
    "name.organisation",
    "row.control_characters",
    "row.duplicate",
    "sheet.not_read",
}  # Syria: counts by district
NO_PLACES = {
    "Newton Jordan is a national project and is delivered in Amman",
    "covering the entire country.",
    "Jordán Bajo",
    "Rural Development: Rural Economic Growth and Employment Project",
    "Credit and Financial Services: Small Ruminants Investment and Graduating Households in Transition Project",
}


def day(number: str) -> str:
    """Days since 1970 as a date."""
    return (date(1970, 1, 1) + timedelta(days=int(number))).isoformat()


def row_of(frame: Any, **wanted: str) -> dict[str, Any]:
    """The one row with these values."""
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, wanted
    found: dict[str, Any] = frame.iloc[0].to_dict()
    return found


def test_the_folder_is_a_catalogue_of_its_own(catalogue: ProgrammeCatalogue) -> None:
    assert sorted(catalogue.sources) == sorted(FILES)
    assert [p for source, names in catalogue.names.items() for p in names.check(catalogue.register)] == []


@pytest.mark.parametrize("source_id", FILES)
def test_every_row_is_accounted_for_and_held_only_for_a_known_reason(source_id: str, judge: Judge) -> None:
    result = judge(source_id)
    assert result.rows_read == result.rows_accepted + result.rows_held + result.rows_repeated
    assert Counter(result.held["rules"]) == HELD_BY[source_id]
    assert result.verdict == ("partly_accepted" if HELD_BY[source_id] else "accepted")
    milder = {g.rule.id for g in result.findings.groups if g.rule.severity in ("warning", "advisory")}
    assert milder <= ADVISED_BY


def test_presence_in_iraq(judge: Judge, real_files: dict[str, Path]) -> None:
    rows = read_sheets(real_files["ocha_iraq_presence"])["3W longtable Jan-Dec 2021"]
    place_of = {name: number for number, name in enumerate(rows[0])}
    read = ["Month", "ADM1_PCODE", "Location", "Plan", "Cluster", "Beneficiary Type", "Partner Full Name"]
    different = {tuple(str(row[place_of[name]]).strip() for name in read) for row in rows[2:]}
    result = judge("ocha_iraq_presence")
    cells = result.facts["activity_cell"]
    assert result.rows_read == len(rows) - 2 == 21092
    assert len(cells) == len(different) == 16715
    by_code = Counter(row[1] for row in different)
    assert cells["place_id"].value_counts()["IQ-NI"] == by_code["IQG15"]
    assert cells["place_id"].value_counts()["IQ-MA"] == by_code["IQG14"]
    assert cells["place_id"].nunique() == len(by_code) == 18
    by_month = Counter(row[0] for row in different)
    assert cells["period"].value_counts().to_dict() == by_month
    migration = sum(row[6] == "International Organization of Migration" for row in different)
    assert (cells["org_id"] == "XM-DAC-47066").sum() == migration
    assert (cells["org_id"] == "DK-CVR-20699310").sum() == sum(row[6] == "Danish Refugee Council" for row in different)


def test_activities_in_jordan(judge: Judge, real_files: dict[str, Path]) -> None:
    rows = read_csv(real_files["iati_jordan_activities"])
    sound = [row for row in rows if int(row["day_start"]) <= int(row["day_end"])]
    pieces = [(row, piece.strip()) for row in rows for piece in row["location_name"].split(",")]
    placed = [(row, place) for row, place in pieces if row in sound and place not in NO_PLACES]
    result = judge("iati_jordan_activities")
    activities, cells = result.facts["activity"], result.facts["activity_cell"]
    assert len(rows) == 1354
    assert result.rows_read == 2 * len(rows) + len(pieces)
    assert len(activities) == len(result.facts["participation"]) == len({row["aid"] for row in sound})
    assert len(cells) == len({(row["aid"], row["sector_code"], place) for row, place in placed})
    assert (cells["place_id"] == "JO-AQ").sum() == len(
        {
            (row["aid"], row["sector_code"], place)
            for row, place in placed
            if place in ("Aqaba", "AQABA", "aqaba", "Al  Aqaba")
        }
    )
    assert cells.loc[cells["place_id"] == "JO-AQ", "place_name"].nunique() == 4
    assert cells.loc[cells["location"].isna(), "place_id"].unique().tolist() == ["JO"]
    first = row_of(activities, activity_id="US-GOV-1-AID-OAA-A-15-00046")
    assert (str(first["start_on"].date()), str(first["end_on"].date())) == (day("16679"), day("19112"))
    assert (first["org_id"], first["status"], first["place_id"]) == ("US-GOV-1", "2", "JO")
    bank = cells[cells["org_name"] == "44000"]
    assert set(bank["org_id"]) == {"XM-DAC-44000"}


@pytest.mark.parametrize("source_id", ["dfid_congo_activities", "iom_humanitarian_activities"])
def test_iati_sections_and_their_money(source_id: str, judge: Judge, real_files: dict[str, Path]) -> None:
    document = read_xml(real_files[source_id])
    result = judge(source_id)
    counts = {name: len(facts) for name, facts in result.facts.items()}
    assert counts == {
        "activity": len(document.xpath("//iati-activity")),
        "participation": len(document.xpath("//iati-activity/participating-org")),
        "transaction": len(document.xpath("//iati-activity/transaction")),
    }
    amounts = document.xpath("//iati-activity/transaction/value/text()")
    facts = result.facts["transaction"]
    assert sum(Decimal(repr(a)) for a in facts["amount"]) == sum(Decimal(str(a)) for a in amounts)
    coded = Counter(document.xpath("//participating-org/@role"))
    words = {"Funding": "1", "Extending": "3", "Implementing": "4"}
    roles = Counter({words.get(role, role): count for role, count in coded.items()})
    assert result.facts["participation"]["role"].value_counts().to_dict() == roles
    addresses = {str(text).strip() for text in document.xpath("//contact-info//email/text()")}
    text = " ".join(frame.to_csv() for frame in result.facts.values())
    assert addresses
    assert not [a for a in addresses if a in text]


def test_spot_values_of_the_old_iati_version(judge: Judge) -> None:
    facts = judge("dfid_congo_activities").facts
    money = row_of(facts["transaction"], activity_id="GB-1-105838-101", reference="1")
    assert (money["amount"], money["amount_currency"], money["transaction_type"]) == (1067912.0, "GBP", "2")
    assert str(money["transaction_on"].date()) == "2004-01-01"
    assert (money["org_id"], money["receiver_org_id"] == money["receiver_org_id"]) == ("GB-1", False)
    activity = row_of(facts["activity"], activity_id="GB-1-105838-101")
    assert (activity["place_id"], activity["status"], activity["hierarchy"]) == ("CD", "4", "2")
    assert activity["sector"] == "15110;15111;16010;16062"
    assert str(activity["end_on"].date()) == "2008-11-30"


def test_receivers_that_are_withheld_are_no_organisations(judge: Judge, real_files: dict[str, Path]) -> None:
    names = read_xml(real_files["dfid_congo_activities"]).xpath("//transaction/receiver-org/text()")
    withheld = {"Supplier Name Withheld", "Customer", "Government Procurement Card", "Journal Transaction"}
    receivers = judge("dfid_congo_activities").facts["transaction"]["receiver_org_id"]
    assert receivers.notna().sum() == sum(name not in withheld for name in names)


def test_spot_values_of_the_new_iati_version(judge: Judge, real_files: dict[str, Path]) -> None:
    facts = judge("iom_humanitarian_activities").facts
    money = row_of(facts["transaction"], activity_id="XM-DAC-47066-CC.0001")
    assert (money["amount"], money["amount_currency"], money["transaction_type"]) == (200000.06, "USD", "11")
    assert (money["org_id"], money["receiver_org_id"]) == ("XI-IATI-UNPF", "XM-DAC-47066")
    document = read_xml(real_files["iom_humanitarian_activities"])
    named = document.xpath("count(//participating-org[contains(narrative, '(DFID)')])")
    assert (facts["transaction"]["org_id"] == "GB-1").sum() == named == 22
    assert facts["activity"]["place_id"].notna().sum() == document.xpath("count(//iati-activity[recipient-country])")


def test_conflict_events(judge: Judge, real_files: dict[str, Path]) -> None:
    rows = read_csv(real_files["ucdp_bangladesh_events"])
    broken = [row["id"] for row in rows if not int(row["low"]) <= int(row["best"]) <= int(row["high"])]
    result = judge("ucdp_bangladesh_events")
    events = result.facts["event"]
    assert result.rows_read == len(rows) == 601
    assert broken == ["84006"]
    assert '"id": "84006"' in result.held["cells"].item()
    assert sorted(events["event_id"]) == sorted(row["id"] for row in rows if row["id"] not in broken)
    assert events["fatalities"].sum() == sum(int(row["best"]) for row in rows if row["id"] not in broken)
    assert events["place_id"].isna().sum() == sum(not row["adm_1"] for row in rows if row["id"] not in broken)
    first = row_of(events, event_id="71663")
    assert (first["place_id"], first["place_name"], first["event_type"]) == (
        "BD-A",
        "Barisāl Division",
        "non-state conflict",
    )
    assert (first["latitude"], first["longitude"]) == (22.488976, 90.062732)
    assert (str(first["event_on"].date()), str(first["event_end_on"].date())) == ("2013-12-13", "2013-12-14")


def test_governance_indicators(judge: Judge, real_files: dict[str, Path]) -> None:
    sheets = read_sheets(real_files["worldbank_governance_indicators"])
    wanted = {}
    for sheet, rows in sheets.items():
        if sheet != "Introduction":
            years, measures = rows[13], rows[14]
            for row in rows[15:]:
                for place in range(2, len(measures)):
                    if measures[place] == "Estimate" and isinstance(row[place], float | int):
                        stored = (row[place], row[place + 1], row[place + 2])
                        wanted[sheet, row[1], str(years[place])] = tuple(float(f"{v:.15g}") for v in stored)
    result = judge("worldbank_governance_indicators")
    facts = result.facts["observation"]
    dissolved = {key for key in wanted if key[1] == "ANT"}
    assert result.rows_read == len(wanted) == 24730
    assert result.rows_held == len(dissolved)
    said = zip(facts["value"], facts["standard_error"], facts["sample_size"], strict=True)
    keys = zip(facts["indicator_name"], facts["place_name"], facts["period"], strict=True)
    assert dict(zip(keys, said, strict=True)) == {k: v for k, v in wanted.items() if k not in dissolved}


def test_spot_values_of_governance_indicators(judge: Judge) -> None:
    facts = judge("worldbank_governance_indicators").facts["observation"]
    jordan = row_of(facts, indicator_id="WGI-PV", place_id="JO", period="2018")
    assert (jordan["value"], jordan["standard_error"]) == (-0.37940514087677, 0.211271017789841)
    andorra = row_of(facts, indicator_id="WGI-VA", place_id="AD", period="1996")
    assert (andorra["value"], andorra["place_name"]) == (1.56321668624878, "ADO")
    assert facts["indicator_id"].nunique() == 6
    assert facts["place_id"].nunique() == 213


def test_departmental_spending(judge: Judge, real_files: dict[str, Path]) -> None:
    rows = read_csv(real_files["fco_spending"])
    facts = judge("fco_spending").facts["transaction"]
    wanted = {row["Transaction Number"]: Decimal(row["Invoice Amount"].replace(",", "")) for row in rows}
    assert len(facts) == len(rows) == len(wanted) == 370
    assert {ref: Decimal(repr(a)) for ref, a in zip(facts["reference"], facts["amount"], strict=True)} == wanted
    assert (facts["amount"] < 0).sum() == sum(amount < 0 for amount in wanted.values()) == 7
    refund = row_of(facts, reference="5,351,009")
    assert (refund["amount"], refund["amount_currency"]) == (-316234.60, "GBP")
    assert (refund["org_id"], str(refund["transaction_on"].date())) == ("GB-GOV-3", "2016-01-29")
    assert refund["receiver_name"] == "VODAFONE LTD CABLE AND WIRELESS UK"
    assert set(facts.loc[facts["receiver_name"].str.startswith("IOM "), "receiver_org_id"]) == {"XM-DAC-47066"}
