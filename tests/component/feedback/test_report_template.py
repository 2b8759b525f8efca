"""A template filled by a machine and sent back is a report of its source: every value comes back as it was meant."""

from __future__ import annotations

import io
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.packaging.custom import StringProperty

from idtracker.feedback.workbooks.choices import Choices, choices_of
from idtracker.feedback.workbooks.template import template_workbook
from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.judge.form import DATA_ROW, EXAMPLE_ROW, HEADING_ROW, FormColumn, FormTable, form_of, form_version
from idtracker.model.config.source import Bounds, Source
from idtracker.model.messages import LANGS, Lang
from idtracker.model.periods import is_period

SOURCES = Path(__file__).parents[3] / "sources"
DAY = date(2026, 11, 15)
CATALOGUE = load_catalogue(SOURCES)
FORMS = [(source_id, LANGS[n % 2]) for n, source_id in enumerate(CATALOGUE.sources)]


def judge(source: Source, content: bytes, catalogue: ProgrammeCatalogue = CATALOGUE) -> Assessment:
    unbound = source.model_copy(update={"bounds": Bounds()}).located(source.id, source.folder, source.fingerprint)
    return assess(content, "returned.xlsx", unbound, catalogue, submission_id="s", received_at=pd.Timestamp(DAY))


def filled(template: bytes, sheet: str, rows: list[list[Any]]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template))
    for place, row in enumerate(rows, DATA_ROW):
        for number, value in enumerate(row, 1):
            book[sheet].cell(place, number).value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


OFFERED: dict[tuple[str, ...], Choices | None] = {}
"""By source, kind, codelist, field and language: what a column offers is asked for each value."""


def offered(source: Source, column: FormColumn, lang: Lang) -> Choices | None:
    key = (source.id, column.kind, column.codelist or "", column.field, lang)
    if key not in OFFERED:
        OFFERED[key] = choices_of(column, source, CATALOGUE, DAY, lang)
    return OFFERED[key]


def values_of(source: Source, column: FormColumn, lang: Lang, figure: float, day: date, words: str, pick: int) -> Any:
    """What a reporter may type into one cell."""
    choices = offered(source, column, lang)
    if choices is not None:
        shown = choices.values[:-2] if column.kind == "period" and len(choices.values) > 2 else choices.values
        return shown[pick % len(shown)]
    match column.kind:
        case "integer" | "number" | "money":
            low = column.minimum or 0.0
            high = low + 1000 if column.maximum is None else column.maximum
            value = min(max(figure / (column.column.scale or 1), low), high)
            return int(value) if column.kind == "integer" else value
        case "date":
            return day
        case "period":
            return "2026-Q1"
    return f"ACT-{pick}" if column.field == "actor" else f"{words} {pick}"


def canonical(source: Source, column: FormColumn, lang: Lang, typed: Any) -> Any:
    """What the store should say for it."""
    choices = offered(source, column, lang)
    if column.kind == "flag" and choices is not None:
        return typed == choices.values[0]
    if column.kind == "date":
        return pd.Timestamp(typed)
    if column.kind in ("number", "money"):
        return pytest.approx(typed * (column.column.scale or 1))
    if choices is not None and column.kind != "period":
        meaning = dict(zip(choices.values, choices.meanings, strict=True))[typed]
        known = {
            "code": set(CATALOGUE.register.codes(column.codelist)),
            "place": set(CATALOGUE.register.places["place_id"]),
            "organisation": set(CATALOGUE.register.organisations["org_id"]),
            "indicator": set(CATALOGUE.register.indicators["indicator_id"]),
        }[column.kind]
        assert (meaning in known) != (typed in known)
        return meaning if meaning in known else typed
    return typed


@cache
def template_of(source_id: str, lang: Lang) -> bytes:
    return template_workbook(CATALOGUE.sources[source_id], CATALOGUE, DAY, lang)


@pytest.mark.parametrize(("source_id", "lang"), FORMS, ids=[f"{s}-{lang}" for s, lang in FORMS])
@settings(max_examples=5, derandomize=True)
@given(data=st.data())
def test_a_filled_template_is_a_report_of_its_source(source_id: str, lang: Lang, data: st.DataObject) -> None:
    """Five workbooks of up to forty rows for each form, over a hundred in all, as writing and reading one is what is dear.

    Whole columns of a source are drawn; which texts a column takes is the business of tests/unit/ingest/shape.
    """
    source = CATALOGUE.sources[source_id]
    table = data.draw(st.sampled_from(form_of(source)))
    rows = data.draw(st.lists(_row(source, table, lang), min_size=1, max_size=40, unique_by=lambda r: _key(table, r)))
    result = judge(source, filled(template_of(source_id, lang), table.sheets[lang], rows))
    assert [g.rule.id for g in result.findings.groups if g.rule.severity in ("critical", "error")] == []
    assert (result.rows_read, result.rows_held) == (len(rows), 0)
    facts = result.facts[table.part.id].sort_values("row_number").reset_index(drop=True)
    specs = specs_of(table.part)
    for number, column in enumerate(table.columns):
        if column.field in specs:
            expected = [canonical(source, column, lang, row[number]) for row in rows]
            assert facts[specs[column.field].name].tolist() == expected, column.field


def _row(source: Source, table: FormTable, lang: Lang) -> st.SearchStrategy[list[Any]]:
    """One row; figures and days of a row are alike, so that rules between fields are kept."""
    words = "نشاط مشترك" if lang == "ar" else "Joint work"

    def build(figure: int, days: int, pick: int) -> list[Any]:
        day = DAY - timedelta(days=40 + days)
        row = [values_of(source, c, lang, float(figure), day, words, pick + n) for n, c in enumerate(table.columns)]
        return _with_score(source, table, lang, row, pick)

    return st.builds(build, st.integers(2, 99), st.integers(0, 300), st.integers(0, 500))


def _with_score(source: Source, table: FormTable, lang: Lang, row: list[Any], pick: int) -> list[Any]:
    """The row with a score of the scheme that it names."""
    at = {c.field: n for n, c in enumerate(table.columns)}
    if "score_code" in at and "score_scheme" in at:
        scheme = at["score_scheme"]
        codes = CATALOGUE.register.codes(canonical(source, table.columns[scheme], lang, row[scheme]))
        row[at["score_code"]] = codes[pick % len(codes)]
    return row


def _key(table: FormTable, row: list[Any]) -> tuple[Any, ...]:
    return tuple(row[n] for n, c in enumerate(table.columns) if c.field in table.part.key)


@pytest.mark.parametrize("lang", LANGS)
def test_the_example_row_is_not_read_and_an_unfilled_template_holds_no_row(lang: Lang) -> None:
    source = CATALOGUE.sources["mod_military_cooperation"]
    assert judge(source, template_of(source.id, lang)).rows_read == 0


def test_only_valid_codes_of_the_day_are_offered() -> None:
    source = CATALOGUE.sources["embassy_participation_register"]
    column = next(c for t in form_of(source) for c in t.columns if c.kind == "organisation")
    early = choices_of(column, source, CATALOGUE, date(2019, 1, 1), "en")
    late = choices_of(column, source, CATALOGUE, DAY, "en")
    assert early is not None and late is not None
    assert "GB-GOV-3" in early.values + early.meanings and "GB-GOV-1" not in early.values + early.meanings
    assert "GB-GOV-1" in late.values + late.meanings and "GB-GOV-3" not in late.values + late.meanings


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbook_guides_and_keeps_its_structure(lang: Lang) -> None:
    source = CATALOGUE.sources["mod_military_cooperation"]
    book = openpyxl.load_workbook(io.BytesIO(template_of(source.id, lang)))
    table = form_of(source)[0]
    sheet = book[table.sheets[lang]]
    assert [c.value for c in sheet[HEADING_ROW]] == [c.headings[lang] for c in table.columns]
    assert all(c.value is not None for c in sheet[EXAMPLE_ROW])
    assert sheet.sheet_view.rightToLeft is (lang == "ar")
    assert sheet.protection.sheet and book.security.lockStructure
    assert sheet.cell(HEADING_ROW, 1).protection.locked and not sheet.column_dimensions["A"].protection.locked
    by_column = {str(v.sqref)[0]: v for v in sheet.data_validations.dataValidation}
    assert len(by_column) == len(table.columns) and all(v.prompt for v in by_column.values())
    place = next(n for n, c in enumerate(table.columns) if c.kind == "place")
    listed = by_column[chr(65 + place)]
    assert listed.type == "list" and listed.errorStyle == "stop"
    title, span = str(listed.formula1).rsplit("!", 1)
    cells = [c[0].value for c in book[title.strip("'")][span.replace("$", "")]]
    assert ("عمّان" if lang == "ar" else "Amman") in cells


def test_a_template_of_an_earlier_form_is_read_with_a_warning_and_one_of_another_source_is_refused() -> None:
    source = CATALOGUE.sources["mod_military_cooperation"]

    def stamped(**said: str) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(template_of(source.id, "en")))
        for name, value in said.items():
            del book.custom_doc_props[f"idtracker.{name}"]
            book.custom_doc_props.append(StringProperty(name=f"idtracker.{name}", value=value))
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    assert form_version(source) != "0" * 12
    assert next(g.rule.id for g in judge(source, stamped(form="0" * 12)).findings.groups) == "template.outdated"
    other = judge(source, stamped(source="moi_security_return"))
    assert [g.rule.id for g in other.findings.groups] == ["template.other_source"]
    assert other.verdict == "rejected"


def test_periods_offered_are_periods() -> None:
    for source in CATALOGUE.sources.values():
        for table in form_of(source):
            for column in table.columns:
                choices = offered(source, column, "en")
                if column.kind == "period" and choices is not None:
                    assert all(map(is_period, choices.values))
