"""The answer in words, as a document and as a page: complete, safe to show, in both languages, bounded."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import jsonschema
import pytest
from answer_files import HEAD, NOTICE, Desk, csv_of

from docs_builder.json_schemas import schema_of
from idtracker.feedback.check.html import check_page
from idtracker.feedback.check.json import json_lines
from idtracker.feedback.check.mistakes import mistakes_of
from idtracker.feedback.check.rule import find_rule, rule_document, rule_lines
from idtracker.feedback.check.view import ViewLimits, view_of
from idtracker.feedback.check.wording import visible
from idtracker.model.errors import UsageError
from idtracker.model.findings import Findings, rules
from idtracker.model.messages import LANGS, Lang, counted, plural_form

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "a\u202egpj.exe", "\x1b[31mred\x1b[0m", "\u0661\u066b", "=cmd()", "&lt;b&gt;"]  # fmt: skip
LIMITS = ViewLimits(places=12, places_in_all=480, groups=40, characters=80)


class Page(HTMLParser):
    """Elements and text of a page as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return sum(t == tag for t, _ in self.tags)


def hostile_file() -> bytes:
    return csv_of(*(f'TRUST,Zarqa,2026-Q1,"{cell.replace(chr(34), chr(34) * 2)}",' for cell in HOSTILE))


# Words


@pytest.mark.parametrize(
    ("lang", "counts"),
    [
        ("en", {"one": [1], "other": [0, 2, 5, 11, 101]}),
        ("ar", {"zero": [0], "one": [1], "two": [2], "few": [3, 10, 103, 1010], "many": [11, 99, 111, 2345], "other": [100, 101, 102, 200, 1000]}),
    ],
)  # fmt: skip
def test_plural_forms_are_those_of_the_unicode_rules(lang: Lang, counts: dict[str, list[int]]) -> None:
    assert {form: [n for n in numbers if plural_form(lang, n) == form] for form, numbers in counts.items()} == counts


def test_counted_rows_in_arabic() -> None:
    said = [counted("feedback/answer", "rows", "ar", n) for n in (0, 1, 2, 3, 11, 100, 2016)]
    assert said == ["لا صفوف", "صف واحد", "صفان", "3 صفوف", "11 صفاً", "100 صف", "2,016 صفاً"]


def test_the_verdict_is_one_line_with_its_consequence(desk: Desk) -> None:
    found = desk.ask(csv_of("TRUST,Zarqa,2026-Q1,50,", "TRUST,Karak,2026-Q1,many,"))
    assert found.sentence() == (
        "Partly accepted: 1 of 2 rows accepted; 1 held; the valid rows would be used, the others held until they are corrected."
    )
    assert found.sentence("ar") == (
        "مقبول جزئياً: قُبل 1 من أصل صفين؛ وحُجز صف واحد؛ تُستخدم الصفوف الصحيحة وتبقى البقية محجوزة حتى تُصحَّح."
    )
    assert desk.ask(b"").sentence("ar") == "مرفوض: لم يُقرأ أي صف؛ لا يمكن استخدام الملف."


def test_no_name_of_ours_reaches_the_submitter(desk: Desk) -> None:
    desk.define(period='"@name.period"')
    content = csv_of("TRUST,Zarqa,,50,", "TRUST,Zarqa,,51,", "TRUST,Irbid,,-1,")
    found = desk.ask(content, "trust_2026-Q1.csv")
    groups = found.document()["groups"]
    said, arabic = ([(g["rule"], g[key]) for g in groups] for key in ("message", "message_ar"))
    assert any("(Measure, Governorate, period in the file name)" in m for r, m in said if r == "row.duplicate_key")
    assert any("at least 0" in m for r, m in said if r == "value.range")
    assert any("الفترة في اسم الملف" in m for r, m in arabic if r == "row.duplicate_key")
    assert any("0 على الأقل" in m for r, m in arabic if r == "value.range")
    assert not [m for _, m in said + arabic if "@" in m]


def test_hidden_characters_are_seen() -> None:
    assert visible("a\x1b[0m\x00\n\x9b\u202eb\u200b\udc80") == "a␛[0m␀↵⟨U+009B⟩⟨U+202E⟩b⟨U+200B⟩⟨U+DC80⟩"
    assert visible("عربي \u200f(1)") == "عربي \u200f(1)"


# What both outputs show


def test_the_same_mistake_is_one_group_with_every_location(desk: Desk) -> None:
    found = Findings()
    for row in (2, 3, 4):
        found.add("value.number", column="Share", position=3, rows=[row], values=[f"x{row}"])
    found.add("value.number", column="Other", rows=[9])
    found.add("heading.missing", column="Measure", found="-")
    groups = [mistake.group for mistake in mistakes_of(found)]
    assert [(g.rule.id, g.column, list(g.rows)) for g in groups] == [
        ("heading.missing", "Measure", []),
        ("value.number", "Share", [2, 3, 4]),
        ("value.number", "Other", [9]),
    ]
    assert list(groups[1].values) == ["x2", "x3", "x4"]


def test_severities_are_counted_in_the_submitters_terms(desk: Desk) -> None:
    found = desk.ask(
        csv_of("TRUST,Zarqa,2026-Q1,many,", "TRUST,Nowhere at all,2026-Q1,some,", "TRUST,Irbid,2026-Q1,1,")
    )
    [tally] = view_of(found, "en", LIMITS, isolate=False).tallies
    assert (tally.label, tally.extent) == ("Must be corrected", "2 rows held · 3 cells · 2 kinds of mistake")
    [tally] = view_of(found, "ar", LIMITS, isolate=False).tallies
    assert tally.extent == "صفان محجوزان · 3 خلايا · نوعان من الملاحظات"
    assert view_of(found, "en", LIMITS, isolate=False).concerned == [("Share", 2), ("Governorate", 1)]


def test_a_cell_with_two_mistakes_is_one_cell(desk: Desk) -> None:
    found = Findings()
    for bounds in ("0 to 100", "0 to 100 %"):
        found.add("value.range", column="Share", position=3, rows=[2], values=["127"], bounds=bounds)
    asked = desk.ask(csv_of("TRUST,Zarqa,2026-Q1,1,"))
    asked.assessment.findings.extend(found)
    view = view_of(asked, "en", LIMITS, isolate=False)
    assert "1 cell · 1 kind of mistake" in view.tallies[0].extent
    assert view.concerned == [("Share", 1)]


def test_a_long_value_is_cut_and_says_so(desk: Desk) -> None:
    found = desk.ask(csv_of(f"TRUST,Zarqa,2026-Q1,{'x' * 9_000},"))
    [place] = view_of(found, "en", LIMITS, isolate=False).cards[0].places
    assert place.typed == "x" * 79 + "…" and place.characters == 9_000
    assert len(place.full) == 4_000 and place.full.endswith("…")
    assert found.document()["findings"][0]["value"] == "x" * 9_000


def test_unknown_columns_share_one_card(desk: Desk) -> None:
    more = ",".join(f"Extra {n}" for n in range(100))
    found = desk.ask(f"{HEAD},{more}\nTRUST,Zarqa,2026-Q1,1,,{',' * 99}\n".encode())
    view = view_of(found, "en", LIMITS, isolate=False)
    [card] = [c for c in view.cards if c.rule == "heading.unmapped"]
    assert (card.columns_in_all, len(card.columns), view.groups_left_out) == (99, 60, 0)


# The page


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_needs_nothing_and_runs_nothing(desk: Desk, lang: Lang) -> None:
    page = Page(check_page(desk.ask(hostile_file(), 'trust_"><svg onload=x>.csv'), lang))
    assert [t for t in ("script", "img", "link", "iframe", "svg", "object", "form", "base") if page.count(t)] == []
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on") or a in ("src", "href", "action")]
    assert [attrs for tag, attrs in page.tags if tag == "html"] == [
        {"lang": lang, "dir": "rtl" if lang == "ar" else "ltr"}
    ]
    for cell in HOSTILE:
        assert visible(cell) in page.text
    assert "\u202e" not in page.text and "\x1b" not in page.text
    assert NOTICE in page.text and 'trust_"><svg onload=x>.csv' in page.text


@pytest.mark.parametrize("lang", LANGS)
def test_every_value_from_the_file_has_a_direction_of_its_own(desk: Desk, lang: Lang) -> None:
    page = Page(check_page(desk.ask(hostile_file()), lang))
    typed = [attrs for tag, attrs in page.tags if tag == "bdi" and attrs.get("class") == "typed"]
    assert len(typed) >= len(HOSTILE) - 1 and {a["dir"] for a in typed} == {"auto"}
    codes = [attrs for tag, attrs in page.tags if attrs.get("class") == "code"]
    assert codes and {a["dir"] for a in codes} == {"ltr"}


def test_the_page_tells_what_the_answer_tells(desk: Desk) -> None:
    found = desk.ask(csv_of("TRUST,Zarqa,2026-Q1,50,", "TRUST,Nowhere at all,2026-Q1,51,"))
    text = Page(check_page(found, "en")).text
    for words in (found.sentence().split(": ")[0], found.sha256, found.submission_id, "Trust <returns>", "Nowhere at all",
                  "Foreign, Commonwealth & Development Office", "name.place", "D2" and "B3", "2026-05-01 09:00 UTC"):  # fmt: skip
        assert words in text, words
    arabic = Page(check_page(found, "ar")).text
    for words in ("الرد على التقرير", "يجب تصحيحه", "صف محجوز واحد", "وزارة الخارجية والكومنولث والتنمية البريطانية"):
        assert words in arabic, words


@pytest.mark.parametrize("lang", LANGS)
def test_a_refused_file_gets_a_page_as_well(desk: Desk, lang: Lang) -> None:
    found = desk.ask(b"%PDF-1.7\n")
    text = Page(check_page(found, lang)).text
    assert found.exit_code == 4 and found.sha256 in text and "file.unknown_type" in text
    marked = desk.ask(f"SECRET\n{HEAD}\nTRUST,Zarqa,2026-Q1,7,zebra falcon\n".encode())
    text = Page(check_page(marked, lang)).text
    assert "file.protective_marking" in text and "zebra" not in text
    assert marked.document()["file"]["sha256"] is None


def test_a_hundred_thousand_findings_make_a_page_of_bounded_size(desk: Desk) -> None:
    found = desk.ask(csv_of("TRUST,Zarqa,2026-Q1,50,"))
    rows = list(range(2, 100_002))
    for column in ("Share", "Remarks"):
        found.assessment.findings.add(
            "value.number",
            column=column,
            position=3,
            rows=rows[::2],
            values=[f"{n:06}{'x' * 194}" for n in range(50_000)],
        )
    page = check_page(found, "en")
    assert len(page) < 8_000_000
    assert page.count("This page lists the first 1,000; 49,000 more places are in the JSON answer") == 2
    lines = list(json_lines(found))
    assert sum(line.startswith("  {") for line in lines) == 100_000
    assert max(map(len, lines)) < 10_000


# The document


def holds(document: Any, command: str = "check") -> bool:
    jsonschema.Draft202012Validator(schema_of(command)).validate(document)
    return True


@pytest.mark.parametrize(
    "content", [b"", hostile_file(), csv_of("TRUST,Zarqa,2026-Q1,50,")], ids=["empty", "bad", "good"]
)
def test_the_lines_are_the_document_and_it_holds_what_is_promised(desk: Desk, content: bytes) -> None:
    desk.publish(csv_of("TRUST,Zarqa,2026-Q1,49,", "TRUST,Irbid,2026-Q1,49,"))
    found = desk.ask(content)
    text = "\n".join(json_lines(found, written=["a.html"]))
    assert json.loads(text) == found.document() | {"written": ["a.html"]}
    assert holds(json.loads(text))
    assert not holds_nothing_a_screen_obeys(text)


def holds_nothing_a_screen_obeys(text: str) -> list[str]:
    return [c for c in text if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or c in "\u202e\u2066\u2069")]


def test_findings_are_listed_gravest_first_and_name_their_group(desk: Desk) -> None:
    found = desk.ask(csv_of("TRUST,Zarqa,2026-Q1,many,", "TRUST,Nowhere at all,2026-Q1,some,"))
    document = found.document()
    assert [(f["rule"], f["row"]) for f in document["findings"]] == [
        ("value.number", 2),
        ("name.place", 3),
        ("value.number", 3),
    ]
    for finding in document["findings"]:
        group = document["groups"][finding["group"]]
        assert (group["rule"], group["message"], group["remedy_ar"]) == (
            finding["rule"], finding["message"], finding["remedy_ar"])  # fmt: skip
    assert sum(g["locations"] for g in document["groups"]) == len(document["findings"])


def test_a_document_without_what_is_promised_is_refused() -> None:
    assert not jsonschema.Draft202012Validator(schema_of("check")).is_valid(
        {"submission_id": "a", "rule": "value.number"}
    )


def test_every_rule_is_explained_in_full_in_both_languages() -> None:
    schema = jsonschema.Draft202012Validator(schema_of("check"))
    for rule in map(find_rule, rules()):
        schema.validate(rule_document(rule).printed())
        for lang in LANGS:
            said = rule_lines(rule, lang)
            assert len(said) == 7 + bool(rule.team) and all(text and "{" not in text for _, text in said[:5]), said


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("value.nmber", "`value.number`"),
        ("VALUE.NUMBER", "`value.number`"),
        ("number", "`value.number`"),
        ("zzz", "Families are: "),
    ],
)
def test_an_unknown_rule_is_told_with_the_nearest(asked: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"There is no rule `{asked}`") as told:
        find_rule(asked)
    assert hint in str(told.value)
