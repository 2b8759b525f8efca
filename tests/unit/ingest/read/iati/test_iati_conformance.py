"""Conformance with the IATI standard: schema, codelists and version, by the standard's own names of its rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree
from toy_standard import CODES, MAPPING, codelist, write_codelists, write_schema, write_standard

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.queue import judged_by
from idtracker.ingest.read.iati import standard
from idtracker.ingest.read.iati.schema import standard_name
from idtracker.ingest.read.reading import read
from idtracker.model.config.programme import Programme
from idtracker.model.findings import Group
from idtracker.model.register.register import Register

HEAD = '<iati-activities version="9.07">\n'
ACTIVITY = """<iati-activity default-currency="GBP">
<iati-identifier>XM-1</iati-identifier>
<title><narrative>Roads</narrative></title>
<activity-status code="2"/>
<activity-date type="1" iso-date="2026-01-01"/>
<contact-info><email>a@b.org</email></contact-info>
<sector code="15110" percentage="50"/>
<flag>yes</flag>
</iati-activity>
"""
FILE = f"{HEAD}{ACTIVITY}</iati-activities>"


@pytest.fixture(autouse=True)
def toy(tmp_path, monkeypatch) -> Path:
    root = write_standard(tmp_path / "iati")
    monkeypatch.setenv(standard.SETTING, str(root))
    return root


@pytest.fixture
def found(define):
    def of(content: str) -> list[Group]:
        reading = read(content.encode(), "a.xml", define("iati", "iati-identifier"))
        return [g for g in reading.findings.groups if g.rule.id.startswith("iati.")]

    return of


def told(group: Group) -> tuple[str, str, str, str]:
    return group.rule.id, group.details["name"], group.column, group.details["lines"]


def test_a_valid_file_has_no_finding(found):
    assert found(FILE) == []


BROKEN = [
    ('<title><narrative>Roads</narrative></title>\n', "", "cvc-complex-type.2.4", "activity-status", "4"),
    ('</title>\n', "</title>\n<title/>\n", "cvc-complex-type.2.4", "title", "5"),
    ("<flag>", "<other/>\n<flag>", "cvc-complex-type.2.4", "other", "9"),
    ("<narrative>Roads</narrative>", "", "cvc-complex-type.2.4", "title", "4"),
    ('date type="1"', "date", "cvc-complex-type.4", "activity-date/@type", "6"),
    ("<sector ", '<sector level="2" ', "cvc-complex-type.3.2.2", "sector/@level", "8"),
    ("2026-01-01", "01/02/2026", "cvc-datatype-valid.1.2.1", "activity-date/@iso-date", "6"),
    ('percentage="50"', 'percentage="half"', "cvc-datatype-valid.1.2.1", "sector/@percentage", "8"),
    ("<flag>yes", "<flag>perhaps", "cvc-enumeration-valid", "flag", "9"),
    ("a@b.org", "nobody", "cvc-pattern-valid", "contact-info/email", "7"),
    ('"1" iso-date="2026-01-01"/>', '"1">text</activity-date>', "cvc-complex-type.2.1", "activity-date", "6"),
    ("<flag>", "words <flag>", "cvc-complex-type.2.3", "iati-activity", "2"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "instead", "name", "place", "line"), BROKEN)
def test_a_break_of_the_schema_has_the_name_that_xml_schema_gives_it(found, part, instead, name, place, line):
    assert part in FILE
    groups = found(FILE.replace(part, instead))
    assert told(groups[0]) == ("iati.schema", name, place, line)
    assert groups[0].rule.severity == "warning" and list(groups[0].rows) == [1]
    for lang in ("en", "ar"):
        assert name in groups[0].message(lang) and "Element '" not in groups[0].message(lang)
        assert "9.07" in groups[0].message(lang)


def test_rows_are_read_whatever_the_standard_says(define):
    broken = FILE.replace("<sector ", '<sector level="2" ').replace('code="2"', 'code="7"')
    reading = read(broken.encode(), "a.xml", define("iati", "iati-identifier"))
    ((table,),) = reading.tables.values()
    assert len(table) == 1 and not any(g.rule.severity in ("error", "critical") for g in reading.findings.groups)


def test_what_is_wrong_is_said_with_what_is_wanted_and_the_value_with_its_activity(found):
    (group,) = found(FILE.replace("2026-01-01", "01/02/2026"))
    assert "a day such as 2026-03-31" in group.message() and list(group.values) == ["XM-1: 01/02/2026"]
    (group,) = found(FILE.replace("<title><narrative>Roads</narrative></title>\n", ""))
    assert "wrong order" in group.message() and "the standard has title in its place" in group.message()
    (group,) = found(FILE.replace("<narrative>Roads</narrative>", ""))
    assert "narrative" in group.message() and list(group.values) == ["XM-1"]


def test_rules_of_libxml2_have_names_of_xml_schema():
    assert standard_name("SCHEMAV_CVC_COMPLEX_TYPE_3_2_2") == "cvc-complex-type.3.2.2"
    assert standard_name("SCHEMAV_ELEMENT_CONTENT") == "cvc-complex-type.2.4"
    assert standard_name("SCHEMAV_CVC_MININCLUSIVE_VALID") == "cvc-minInclusive-valid"
    known = [name for name in dir(etree.ErrorTypes) if name.startswith("SCHEMAV_CVC_")]
    assert len(known) > 50
    for name in known:
        assert re.fullmatch(r"cvc(-[a-zA-Z]+)+(\.\d)*", standard_name(name)), name


CODED = [
    ('status code="2"', 'status code="7"', "iati.codelist", "ActivityStatus: activity-status/@code", "7"),
    ('status code="2"', 'status code=""', "iati.codelist", "ActivityStatus: activity-status/@code", "“”"),
    ('="GBP"', '="XBT"', "iati.codelist", "Currency: iati-activity/@default-currency", "XBT"),
    ('code="15110"', 'code="1"', "iati.published_codelist", "Sector: sector/@code", "1"),
    ('code="15110"', 'vocabulary="1" code="1"', "iati.published_codelist", "Sector: sector/@code", "1"),
    ('="GBP"', '="GBP" xml:lang="fr"', "iati.published_codelist", "Language: @xml:lang", "fr"),
]


@pytest.mark.parametrize(("part", "instead", "rule", "name", "value"), CODED)
def test_a_code_outside_its_codelist_is_named_by_list_and_path(found, part, instead, rule, name, value):
    (group,) = found(FILE.replace(part, instead))
    assert (group.rule.id, group.details["name"], list(group.values)) == (rule, name, [f"XM-1: {value}"])
    assert "iati (" in group.message()  # what it was held against, with a digest of its content


def test_a_code_of_another_vocabulary_is_not_held_against_the_list(found):
    assert found(FILE.replace('code="15110"', 'vocabulary="99" code="1"')) == []


def test_contact_details_are_never_quoted(found):
    (by_schema,) = [g for g in found(FILE.replace("a@b.org", "nobody here")) if g.rule.id == "iati.schema"]
    (by_list,) = found(FILE.replace("a@b.org", "some@one.org"))
    assert list(by_schema.values) == list(by_list.values) == ["XM-1"]
    assert "nobody" not in by_schema.message() and "some@one" not in by_list.message()


def test_what_would_steer_a_screen_is_shown_and_what_is_endless_is_cut(found):
    (group,) = found(FILE.replace('status code="2"', f'status code="&#x202e;{"9" * 500}"'))
    assert str(group.values[0]).startswith("XM-1: \\u202e999") and len(str(group.values[0])) < 100


VERSIONS = [
    ("", "iati.version", "1.01", "does not say"),
    (' version="1.0"', "iati.version", "1.01", "1.0 of"),
    (' version="3.7"', "iati.version", "3.7", "1.01, 9.07"),
    (' version="nine\x7f"', "iati.version", "nine", "not checked"),
]


@pytest.mark.parametrize(("stated", "rule", "version", "said"), VERSIONS)
def test_a_version_that_is_missing_or_unknown_is_said(found, stated, rule, version, said, monkeypatch):
    monkeypatch.setattr(standard, "_package", lambda: None)
    first, *others = found(FILE.replace(' version="9.07"', stated).replace('status code="2"', 'status code="7"'))
    assert told(first)[:3] == (rule, "Version: iati-activities/@version", "iati-activities/@version")
    assert said in first.message() and "\x7f" not in first.message()
    assert [g.details["version"] for g in others] == (["1.01"] if version == "1.01" else [])


def test_a_version_is_trimmed_and_an_activity_may_state_its_own(found):
    assert found(FILE.replace("9.07", " 9.07 ")) == []
    alone = ACTIVITY.replace("<iati-activity ", '<iati-activity version="9.07" ')
    assert found(alone) == []
    assert [g.rule.id for g in found(ACTIVITY)] == ["iati.version"]


def test_what_is_around_the_activities_is_held_against_the_schema(found):
    content = FILE.replace('"9.07"', '"9.07" generated-datetime="today"').replace("</iati-act", "<x/>\n</iati-act", 2)
    between = f"{HEAD}{ACTIVITY}<note/>{ACTIVITY.replace('XM-1', 'XM-2')}<last/></iati-activities>"
    assert ("iati.schema", "cvc-datatype-valid.1.2.1", "iati-activities/@generated-datetime", "1") in map(
        told, found(content)
    )
    assert [told(g) for g in found(between)] == [("iati.schema", "cvc-complex-type.2.4", "iati-activities/note", "11")]


def test_lines_further_down_than_the_parser_counts_are_not_made_up(found):
    wrong = FILE.replace('status code="2"', 'status code="7"').replace("</iati-activities", "<x/>\n</iati-activities")
    assert [g.details["lines"] for g in found(wrong.replace(HEAD, HEAD + "\n" * 65_529))] == ["65534", "beyond 65534"]
    assert [g.details["lines"] for g in found(wrong.replace(HEAD, HEAD + "\n" * 70_000))] == ["beyond 65534"] * 2


def test_ten_thousand_violations_are_few_findings(found):
    wrong = ACTIVITY.replace('status code="2"', 'status code="7"')
    (group,) = found(HEAD + wrong * 2_000 + "</iati-activities>")
    assert (group.details["count"], group.details["lines"]) == ("2,000", "5, 14, 23, 32, 41, and more")
    assert list(group.rows) == [1, 2, 3, 4, 5] and len(group.values) == 5
    kinds = "".join(f"<sector x{n}=''/>" for n in range(100))
    groups = found(FILE.replace("<sector ", f"{kinds}<sector "))
    assert [g.rule.id for g in groups] == ["iati.schema"] * 40 + ["iati.more"]
    assert groups[-1].details["count"] == "60"


def test_where_no_standard_is_at_hand_one_finding_says_so(found, monkeypatch, toy):
    monkeypatch.setattr(standard, "_package", lambda: None)
    monkeypatch.delenv(standard.SETTING)
    (group,) = found(FILE)
    assert (group.rule.id, group.rule.severity) == ("iati.unchecked", "advisory")
    assert "not installed" in group.message() and standard.SETTING in group.team()


def test_a_named_folder_that_does_not_hold_the_standard_is_no_reason_to_take_another(found, monkeypatch, tmp_path):
    for folder in (tmp_path / "nowhere", tmp_path):
        monkeypatch.setenv(standard.SETTING, str(folder))
        (group,) = found(FILE)
        assert group.rule.id == "iati.unchecked" and "does not hold it" in group.message()


def test_where_no_check_is_wanted_nothing_is_said(found, monkeypatch):
    monkeypatch.setenv(standard.SETTING, "none")
    assert found(FILE.replace('status code="2"', 'status code="7"')) == []


def test_a_damaged_standard_is_said(found, toy):
    (toy / "9-07" / "schemas" / "iati-common.xsd").write_text("<broken")
    (group,) = found(FILE)
    assert group.rule.id == "iati.unchecked" and "9.07" in group.message()


def test_codelists_that_are_not_at_hand_are_said(found, toy):
    (toy / "9-07" / "codelists" / "Currency.xml").unlink()
    (group,) = found(FILE.replace('"GBP"', '"XBT"'))
    assert group.rule.id == "iati.unchecked" and "Currency" in group.message()
    (toy / "9-07" / "codelist-mapping.xml").unlink()
    (group,) = found(FILE)
    assert group.rule.id == "iati.unchecked" and "only its schema" in group.message()


def test_a_flat_folder_has_the_version_of_its_schema(found, tmp_path, monkeypatch):
    write_schema(tmp_path / "flat" / "schema", "9.08")
    write_codelists(tmp_path / "flat" / "codelists")
    (tmp_path / "flat" / "codelist-mapping.xml").write_text(MAPPING)
    monkeypatch.setenv(standard.SETTING, str(tmp_path / "flat" / "schema"))
    content = FILE.replace("9.07", "9.08").replace('status code="2"', 'status code="7"')
    assert [g.rule.id for g in found(content)] == ["iati.codelist"]


def test_another_content_of_the_folder_is_another_standard(toy):
    before = standard.standard_at_hand().fingerprint
    assert standard.standard_at_hand().fingerprint == before
    path = toy / "9-07" / "codelists" / "Currency.xml"
    path.write_text(codelist("Currency", f"{CODES['Currency']} XBT"))
    assert standard.standard_at_hand().fingerprint != before


def test_a_newer_codelist_counts_in_the_same_process(found, toy):
    content = FILE.replace('"GBP"', '"XBT"')
    assert [g.rule.id for g in found(content)] == ["iati.codelist"]
    (toy / "9-07" / "codelists" / "Currency.xml").write_text(codelist("Currency", "XBT"))
    assert found(content) == []


def test_what_files_were_judged_by_changes_with_the_standard_for_iati_alone(toy, define, tmp_path):
    (tmp_path / "sources" / "_reference").mkdir(parents=True)
    register = Register.load(tmp_path / "sources")
    catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, register, {})
    sources = [define("iati"), define("csv")]
    before = [judged_by(source, catalogue) for source in sources]
    (toy / "9-07" / "codelists" / "Currency.xml").write_text(codelist("Currency", "XBT"))
    after = [judged_by(source, catalogue) for source in sources]
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, True]
