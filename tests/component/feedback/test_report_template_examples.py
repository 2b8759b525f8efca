"""What a template shows before anybody fills it: its example is a report, its tabs have names, and Arabic is whole."""

from __future__ import annotations

import io
import re
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from idtracker.feedback.workbooks.choices import choices_of
from idtracker.feedback.workbooks.template import template_workbook
from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.judge.form import DATA_ROW, EXAMPLE_ROW, HEADING_ROW, form_of, sheet_names
from idtracker.model.config.source import Bounds
from idtracker.model.messages import LANGS, Lang

SOURCES = Path(__file__).parents[3] / "sources"
DAY = date(2026, 11, 15)
CATALOGUE = load_catalogue(SOURCES)
LATIN = re.compile(r"[A-Za-z]{2,}")
SIGNS = re.compile(r"\b[0-9a-f]{12}\b|[A-Z]{2,}[A-Za-z0-9]*(?:[-_/][A-Za-z0-9-]+)*|idtracker|\d{4}-[A-Z]\d")


@cache
def book_of(source_id: str, lang: Lang) -> openpyxl.Workbook:
    content = template_workbook(CATALOGUE.sources[source_id], CATALOGUE, DAY, lang)
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("source_id", CATALOGUE.sources)
def test_the_example_sent_as_a_row_is_accepted(source_id: str, lang: Lang) -> None:
    source = CATALOGUE.sources[source_id]
    unbound = source.model_copy(update={"bounds": Bounds()}).located(source.id, source.folder, source.fingerprint)
    book = book_of(source_id, lang)
    for table in form_of(source):
        sheet = book[table.sheets[lang]]
        for cell in sheet[EXAMPLE_ROW]:
            sheet.cell(DATA_ROW, cell.column).value = cell.value
    content = io.BytesIO()
    book.save(content)
    result = assess(content.getvalue(), "r.xlsx", unbound, CATALOGUE, submission_id="s", received_at=pd.Timestamp(DAY))
    assert [g.message() for g in result.findings.groups if g.rule.severity in ("critical", "error")] == []
    assert result.rows_accepted == len(form_of(source))
    for facts in result.facts.values():
        if "indicator_id" in facts and "value" in facts:
            known = CATALOGUE.register.indicators.set_index("indicator_id").loc[facts["indicator_id"].iat[0]]
            low, high = sorted((known["goalpost_low"], known["goalpost_high"]))
            assert low <= facts["value"].iat[0] <= high
    book_of.cache_clear()


def test_only_places_of_the_levels_that_the_indicators_mean_are_offered() -> None:
    levels = CATALOGUE.register.places.set_index("place_id")["level"]
    expected = {
        "moi_security_return": {"country", "adm1"},  # observations of governorates
        "homeoffice_border_capacity": {"country", "adm1", "adm2", "site"},  # activities, wherever they are
    }
    for source_id, wanted in expected.items():
        source = CATALOGUE.sources[source_id]
        column = next(c for t in form_of(source) for c in t.columns if c.kind == "place")
        choices = choices_of(column, source, CATALOGUE, DAY, "en")
        assert choices is not None
        offered = {m if m in levels else v for v, m in zip(choices.values, choices.meanings, strict=True)}
        assert set(levels[list(offered)]) == wanted


def test_only_the_indicators_of_the_reporter_are_offered() -> None:
    for source_id, most in (("moi_security_return", 3), ("mola_municipal_return", 8), ("ons_survey_indicators", 3)):
        column = next(c for t in form_of(CATALOGUE.sources[source_id]) for c in t.columns if c.kind == "indicator")
        lists = {
            str(v[0].value): [c.value for c in v[1:] if c.value] for v in book_of(source_id, "en")["Lists"].columns
        }
        assert 0 < len(lists[column.headings["en"]]) <= most, source_id


def test_tabs_have_names_for_people() -> None:
    for source in CATALOGUE.sources.values():
        for lang in LANGS:
            names = [table.sheets[lang] for table in form_of(source)]
            assert len({n.casefold() for n in names}) == len(names)
            assert all(0 < len(n) <= 31 and not set(n) & set("[]:*?/\\_") for n in names), names
            assert all(bool(re.search("[\u0621-\u064a]", n)) == (lang == "ar") for n in names), names
    assert sheet_names(["Results: a/b?", "results a b", "x" * 40, "x" * 40]) == [
        "Results a b", "results a b 2", "x" * 31, "x" * 29 + " 2",
    ]  # fmt: skip


@pytest.mark.parametrize("source_id", CATALOGUE.sources)
def test_nothing_is_left_in_english_in_an_arabic_template(source_id: str) -> None:
    source = CATALOGUE.sources[source_id]
    book = book_of(source_id, "ar")
    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets)
    own = {h for p in source.parts for c in p.columns for h in c.headings}
    texts = [str(c.value) for s in book.worksheets for row in s.iter_rows() for c in row if c.value is not None]
    texts += [v.prompt for s in book.worksheets for v in s.data_validations.dataValidation]
    texts += [s.title for s in book.worksheets]
    said = [t for t in texts if t not in own]
    english = [t for t in said if LATIN.search(SIGNS.sub("", t).replace(source.id, ""))]
    assert english == []


def test_a_template_of_before_whose_tab_was_called_by_the_part_is_still_read() -> None:
    source = CATALOGUE.sources["mod_military_cooperation"]
    book = book_of(source.id, "en")
    (table,) = form_of(source)
    book[table.sheets["en"]].title = table.part.id
    sheet = book[table.part.id]
    for cell in sheet[EXAMPLE_ROW]:
        sheet.cell(DATA_ROW, cell.column).value = cell.value
    content = io.BytesIO()
    book.save(content)
    assert sheet.cell(HEADING_ROW, 1).value
    result = assess(content.getvalue(), "r.xlsx", source, CATALOGUE, submission_id="s", received_at=pd.Timestamp(DAY))
    assert result.rows_read == 1
    book_of.cache_clear()
