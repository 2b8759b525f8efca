"""Names, codes and days: lists of organisations and places, and days in the forms that each file declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.independent_reading.opening import (
    Line,
    legacy_lines,
    open_document_lines,
    record_lines,
    text_lines,
    workbook_lines,
)
from benchmarks.independent_reading.specimen import Specimen, source
from benchmarks.independent_reading.stated import Expected, day, facts, text

_FD, _FR = "09_dirty/fd-datasets", "09_dirty/frictionless"
Lines = Callable[[Path], Iterator[Line]]
_TABS, _SEMICOLONS = partial(text_lines, delimiter="\t"), partial(text_lines, delimiter=";")
NAMED: tuple[tuple[str, str, Lines, str, str, str], ...] = (
    ("coins", "06_orgs/coins_list.tsv", _TABS, "coins", "name", "csv"),
    ("govuk", "06_orgs/govuk_organisations_list.tsv", _TABS, "government-organisation", "name", "csv"),
    ("ministries_ma", "06_orgs/gov_ids/MA.xlsx", partial(workbook_lines, sheet="MA"), "code", "name_en", "xlsx"),
    ("ministries_ng", "06_orgs/gov_ids/NG.csv", text_lines, "code", "name_en", "csv"),
    ("codes_xlsx", f"{_FR}/cast-int-to-string-issue-1251.xlsx", workbook_lines, "A", "B", "xlsx"),
    ("codes_xls", f"{_FR}/cast-int-to-string-issue-1251.xls", legacy_lines, "A", "B", "xlsx"),
    ("scripts", f"{_FD}/csv/various-characters.csv", text_lines, "a", "b", "csv"),
    ("cities", "05_geo/dr5hn_cities_JO.json", record_lines, "id", "native", "json"),
    ("agencies", f"{_FR}/encoding-issue-274.csv", text_lines, "id", "name", "csv"),
)
"""Name, file, how it is opened, headings of code and name, kind."""
_REGISTER = ("government-organisation", "start-date", "end-date")
_ADDED = ("HR.info ID", "Date Added (dd/mm/yyyy)", "Date updated (dd/mm/yyyy)")
_CREATED = ("HRinfo ID", "Date Created (Post Date)", "Updated date")
_GERMAN = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y")
DATED: tuple[tuple[str, str, Lines, tuple[str, str, str], tuple[str, ...], str], ...] = (
    ("register", "06_orgs/uk_government_organisation_register.tsv", _TABS, _REGISTER, (), "csv"),
    ("org_types", "01_3w/op/org_types.csv", text_lines, _ADDED, ("%d/%m/%Y",), "csv"),
    ("sectors", "01_3w/op/sectors.csv", text_lines, _CREATED, ("%m/%d/%Y",), "csv"),
    ("ods", f"{_FR}/table-with-ints-floats-dates.ods", open_document_lines, ("Int", "Date", "Datetime"), (), "xlsx"),
    ("xls", f"{_FR}/table-with-ints-floats-dates.xls", legacy_lines, ("Int", "Date", "Date"), (), "xlsx"),
    ("levels", f"{_FR}/issue-1138.csv", _SEMICOLONS, ("Wasserstand", "Zeit [MEZ]", "Zeit [MEZ]"), _GERMAN, "csv"),
    ("vix", f"{_FR}/vix.csv", _SEMICOLONS, ("VIXClose", "Date", "Date"), (), "csv"),
    ("types", f"{_FD}/csv/all-schema-types.csv", text_lines, ("integer", "date", "datetime"), (), "csv"),
    ("mixed", f"{_FR}/issue-870.xlsx", workbook_lines, ("Id", "Date", "Date"), ("%d/%m/%Y",), "xlsx"),
)
"""Name, file, how it is opened, headings of code, first and last day, declared forms, kind."""


def specimens() -> Iterator[Specimen]:
    for name, file, lines, code, title, kind in NAMED:
        yield _named(name, file, lines, code, title, kind)
    for name, file, lines, headings, forms, kind in DATED:
        yield _days(name, file, lines, headings, forms, kind)


def _named(name: str, file: str, lines: Lines, code: str, title: str, kind: str) -> Specimen:
    definition = source("activity", ("reference",), {"reference": code, "title": title}, kind)

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(lines(path), "activity", activity_id=text(code), title=text(title))

    return Specimen(f"named_{name}", (file,), definition, read)


def _days(
    name: str, file: str, lines: Lines, headings: tuple[str, str, str], forms: tuple[str, ...], kind: str
) -> Specimen:
    code, start, end = headings
    declared = {"format": {"dates": list(forms)}} if forms else {}
    columns = {"reference": code, "start_on": start, "end_on": end}
    definition = source("activity", ("reference",), columns, kind, **declared)

    def read(path: Path, _: Path) -> Iterator[Expected]:
        days = {"start_on": day(start, *forms), "end_on": day(end, *forms)}
        return facts(lines(path), "activity", activity_id=text(code), **days)

    return Specimen(f"dated_{name}", (file,), definition, read)
