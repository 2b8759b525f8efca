"""IATI activity files to tables."""

from __future__ import annotations

import pytest

from idtracker.ingest.read.reading import read

NEW = """<?xml version="1.0" encoding="UTF-8"?>
<!-- invented -->
<iati-activities version="2.03">
 <iati-activity default-currency="GBP" hierarchy="2" last-updated-datetime="2026-01-02T00:00:00Z" xml:lang="ar">
  <iati-identifier> GB-GOV-1-1 </iati-identifier>
  <reporting-org ref="GB-GOV-1" type="10"><narrative>Foreign Office</narrative></reporting-org>
  <title><narrative>عنوان</narrative><narrative xml:lang="en">Water <!-- note -->works &amp; roads</narrative></title>
  <description type="1"><narrative xml:lang="fr">Eau</narrative></description>
  <description type="2"><narrative xml:lang="en">Aims</narrative></description>
  <participating-org ref="JO-COA-1" role="4" type="10"><narrative>Ministry</narrative></participating-org>
  <participating-org role="1"/>
  <activity-status code="2"/>
  <activity-date type="1" iso-date="2025-01-01"/><activity-date type="2" iso-date="2025-02-01"/>
  <activity-date type="3" iso-date="2027-01-01"/>
  <contact-info><email>someone@example.org</email><person-name><narrative>Some One</narrative></person-name></contact-info>
  <recipient-country code="SY" percentage="40"/><recipient-country code="JO" percentage="60"/>
  <location ref="L1"><name><narrative>Irbid</narrative></name><location-id vocabulary="G1" code="248946"/>
   <administrative vocabulary="A4" level="1" code="JO"/><administrative vocabulary="G1" level="2" code="55"/>
   <point><pos>32.55 35.85</pos></point></location>
  <sector vocabulary="1" code="15220" percentage="70"/><sector code="15130" percentage="30"/>
  <sector vocabulary="99" code="X1"/>
  <budget type="1" status="2"><period-start iso-date="2025-04-01"/><period-end iso-date="2026-03-31"/>
   <value value-date="2025-04-01">1,000.50</value></budget>
  <transaction ref="t1"><transaction-type code="3"/><transaction-date iso-date="2025-05-01"/>
   <value currency="EUR" value-date="2025-05-02">200</value>
   <provider-org ref="GB-GOV-1"><narrative>Foreign Office</narrative></provider-org>
   <receiver-org><narrative>Ministry</narrative></receiver-org></transaction>
  <related-activity ref="GB-GOV-1-0" type="1"/>
  <result type="1" aggregation-status="1"><title><narrative>Trained</narrative></title>
   <indicator measure="1" ascending="0"><title><narrative>People</narrative></title>
    <baseline year="2024" value="5"/>
    <period><period-start iso-date="2025-01-01"/><period-end iso-date="2025-12-31"/>
     <target value="10"><dimension name="sex" value="f"/></target><target value="30"/>
     <actual value="12"><location ref="L1"/><dimension name="sex" value="f"/><dimension name="age" value="18"/></actual>
     <actual value="9"><dimension name="sex" value="f"/></actual><actual value="8"><dimension name="sex" value="f"/></actual>
    </period>
    <period><period-start iso-date="2026-01-01"/></period></indicator>
   <indicator measure="5"><title><narrative>Views</narrative></title></indicator></result>
  <result type="2"><title><narrative>Calm</narrative></title></result>
 </iati-activity>
</iati-activities>"""

OLD = """<iati-activities version="1.01">
 <iati-activity default-currency="USD">
  <iati-identifier>X-1</iati-identifier><reporting-org ref="GB-1" type="10">DFID</reporting-org>
  <title xml:lang="fr">Routes</title><title xml:lang="en">Roads</title>
  <participating-org role="Funding" ref="GB">UK</participating-org><participating-org role="implementing">Firm</participating-org>
  <activity-date type="start-planned" iso-date="2012-01-01"/><activity-date type="end-actual">2013-01-01</activity-date>
  <location percentage="50"><name>Goma</name><administrative country="CD" adm1="N" adm2="G">Goma</administrative>
   <coordinates latitude="-1.6" longitude="29.2"/></location>
  <sector vocabulary="DAC" code="21020" percentage="100">Roads</sector>
  <transaction><transaction-type code="IF"/><value value-date="2012-02-01">1,234</value><transaction-date iso-date="2012-02-01"/></transaction>
  <transaction><transaction-type code="ZZ"/><value currency="GBP">5</value></transaction>
  <unknown/>
 </iati-activity>
 <iati-activity><iati-identifier>X-2</iati-identifier></iati-activity>
</iati-activities>"""

SECTIONS = ["activity", "participation", "location", "sector", "recipient-country", "transaction", "budget", "result"]


@pytest.fixture
def section(define, table):
    def build(content, name):
        read_table = table(content, define("iati", "iati-identifier", layout={"sheet": name}))
        assert read_table.sheet == name
        assert read_table.row_numbers.tolist() == list(range(1, len(read_table) + 1))
        cells = read_table.cells
        return [{k: v for k, v in r.items() if v == v} for r in cells.to_dict("records")]

    return build


def test_an_activity_of_version_2(section):
    (activity,) = section(NEW, "activity")
    assert activity == {
        "iati-identifier": "GB-GOV-1-1",
        "reporting-org.ref": "GB-GOV-1",
        "reporting-org.name": "Foreign Office",
        "reporting-org.type": "10",
        "title": "Water works & roads",
        "description": "Eau",
        "activity-status": "2",
        "start-date": "2025-02-01",
        "end-date": "2027-01-01",
        "start-planned": "2025-01-01",
        "start-actual": "2025-02-01",
        "end-planned": "2027-01-01",
        "hierarchy": "2",
        "parent": "GB-GOV-1-0",
        "related": "GB-GOV-1-0",
        "default-currency": "GBP",
        "recipient-country": "JO;SY",
        "sector": "15130;15220",
        "last-updated-datetime": "2026-01-02T00:00:00Z",
    }


def test_an_activity_of_version_1(section):
    first, second = section(OLD, "activity")
    assert first["title"] == "Roads"
    assert (first["start-date"], first["end-date"]) == ("2012-01-01", "2013-01-01")
    assert second == {"iati-identifier": "X-2"}


def test_participation_roles_become_codes(section):
    assert [(p["role"], p.get("name"), p["ordinal"]) for p in section(OLD, "participation")] == [
        ("1", "UK", "1"),
        ("4", "Firm", "2"),
    ]
    assert section(NEW, "participation")[0] == {
        "iati-identifier": "GB-GOV-1-1",
        "ordinal": "1",
        "ref": "JO-COA-1",
        "name": "Ministry",
        "role": "4",
        "type": "10",
    }


def test_transactions(section):
    first, second = section(OLD, "transaction")
    assert (first["type"], first["value"], first["currency"], first["date"]) == ("1", "1,234", "USD", "2012-02-01")
    assert (second["type"], second["currency"], second["ordinal"]) == ("ZZ", "GBP", "2")
    (new,) = section(NEW, "transaction")
    assert new == {
        "iati-identifier": "GB-GOV-1-1",
        "ordinal": "1",
        "ref": "t1",
        "type": "3",
        "date": "2025-05-01",
        "value": "200",
        "currency": "EUR",
        "value-date": "2025-05-02",
        "provider-org.ref": "GB-GOV-1",
        "provider-org.name": "Foreign Office",
        "receiver-org.name": "Ministry",
    }


@pytest.mark.parametrize(
    ("letters", "code"),
    [("C", "2"), ("D", "3"), ("E", "4"), ("IR", "5"), ("LR", "6"), ("R", "7"), ("QP", "8"), ("QS", "9"), ("CG", "10")],
)
def test_letters_of_transaction_types_become_codes(letters, code, section):
    assert section(OLD.replace('"IF"', f'"{letters}"'), "transaction")[0]["type"] == code


def test_locations_of_both_versions(section):
    (old,), (new,) = section(OLD, "location"), section(NEW, "location")
    assert (old["country"], old["administrative.code"], old["administrative.level"]) == ("CD", "G", "2")
    assert (old["name"], old["lat"], old["lon"], old["percentage"]) == ("Goma", "-1.6", "29.2", "50")
    assert (new["ref"], new["name"], new["lat"], new["lon"]) == ("L1", "Irbid", "32.55", "35.85")
    assert (new["administrative.code"], new["administrative.level"], new["administrative.vocabulary"]) == (
        "55",
        "2",
        "G1",
    )
    assert (new["location-id.code"], new["location-id.vocabulary"]) == ("248946", "G1")


def test_shares_and_budgets(section):
    assert [(s["code"], s.get("percentage"), s.get("vocabulary")) for s in section(NEW, "sector")] == [
        ("15220", "70", "1"),
        ("15130", "30", None),
        ("X1", None, "99"),
    ]
    assert [c["code"] for c in section(NEW, "recipient-country")] == ["SY", "JO"]
    (budget,) = section(NEW, "budget")
    assert (budget["value"], budget["currency"], budget["period-end"]) == ("1,000.50", "GBP", "2026-03-31")


def test_results_have_one_row_for_each_period_and_actual(section):
    rows = section(NEW, "result")
    keys = (
        "result-ordinal",
        "indicator-title",
        "period-start",
        "target-value",
        "actual-value",
        "dimensions",
        "location",
    )
    assert [tuple(r.get(k) for k in keys) for r in rows] == [
        ("1", "People", "2025-01-01", None, "12", "age=18;sex=f", "L1"),
        ("1", "People", "2025-01-01", "10", "9", "sex=f", None),
        ("1", "People", "2025-01-01", None, "8", "sex=f", None),
        ("1", "People", "2025-01-01", "30", None, None, None),
        ("1", "People", "2026-01-01", None, None, None, None),
        ("1", "Views", None, None, None, None, None),
        ("2", None, None, None, None, None, None),
    ]
    first = rows[0]
    assert (first["measure"], first["ascending"], first["aggregation-status"]) == ("1", "0", "1")
    assert (first["baseline-year"], first["baseline-value"], first["result-type"]) == ("2024", "5", "1")


def test_contact_details_are_never_read(define):
    for name in SECTIONS:
        (read_table,) = read(NEW.encode(), "f", define("iati", layout={"sheet": name})).tables["activity"]
        cells = read_table.cells.to_csv()
        assert "someone@example.org" not in cells
        assert "Some One" not in cells


def test_namespaces_are_ignored(section):
    content = OLD.replace("<iati-activities", '<iati-activities xmlns="http://example.org/x"')
    assert [a["iati-identifier"] for a in section(content, "activity")] == ["X-1", "X-2"]


def test_a_part_without_a_section_takes_the_one_with_its_headings(define, table):
    assert table(NEW, define("iati", "provider-org.ref", "value")).sheet == "transaction"


@pytest.mark.parametrize(("optional", "rules"), [(False, ["file.sheet_missing"]), (True, [])])
def test_a_section_that_is_absent(optional, rules, define):
    reading = read(OLD.encode(), "f", define("iati", layout={"sheet": "result"}, optional=optional))
    assert [g.rule.id for g in reading.findings.groups] == rules
    assert reading.tables == {}


@pytest.mark.parametrize(
    ("content", "rule", "details"),
    [
        ("<iati-activities>\n<iati-activity>", "file.unreadable", {"reason": "it is not well-formed XML (line 2)"}),
        (OLD[:-30], "file.unreadable", {"reason": "it is not well-formed XML (line 14)"}),
        ("<iati-activities/>", "file.empty", {}),
        ("<codelist/>", "file.unknown_type", {"expected": "IATI activity XML", "found": "XML of another kind"}),
        (
            "<iati-organisations/>",
            "file.unknown_type",
            {"expected": "IATI activity XML", "found": "an IATI organisation file"},
        ),
    ],
)
def test_what_is_refused(content, rule, details, refused, define):
    assert refused(content, define("iati")) == (rule, details)


def entities(definitions, use):
    return (
        f"<!DOCTYPE iati-activities [{definitions}]><iati-activities><iati-activity>"
        f"<iati-identifier>X</iati-identifier><title>a{use}b</title></iati-activity></iati-activities>"
    )


def test_other_files_are_not_fetched(tmp_path, refused, define):
    secret = tmp_path / "other.txt"
    secret.write_text("secret", encoding="utf-8")
    rule, details = refused(entities(f'<!ENTITY e SYSTEM "{secret.as_uri()}">', "&e;"), define("iati"))
    assert rule == "file.unreadable"
    assert "secret" not in str(details)


def test_entities_are_not_expanded(refused, define):
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(12))
    for text in (entities('<!ENTITY e "expanded">', "&e;"), entities(laughs, "&l11;")):
        for codec in ("utf-8", "utf-16"):
            rule, details = refused(text.encode(codec) if isinstance(text, str) else text, define("iati"))
            assert (rule, details) == (
                "file.unreadable",
                {"reason": "it declares XML entities of its own, which are never expanded"},
            )
