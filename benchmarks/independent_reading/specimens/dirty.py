"""Small files made to be awkward: separators, encodings, decimal marks, dates, per cent, blanks, in every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.opening import (
    Line,
    legacy_lines,
    open_document_lines,
    record_lines,
    text_lines,
    workbook_lines,
)
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import Expected, Reading, across, day, facts, number, text

_FD, _FR = "09_dirty/fd-datasets", "09_dirty/frictionless"
_COMMA: dict[str, Any] = {"format": {"decimal": ","}}
"""Also where the file stores numbers, which have no mark, or writes a point."""
Lines = Callable[[Path], Iterator[Line]]


def specimens() -> Iterator[Specimen]:
    yield from _named_values()
    yield from _titles()
    yield from _dated()
    yield from _wide()


def _numbers(
    name: str, file: str, lines: Lines, label: str, value: str, kind: str = "csv", decimal: str = ".", **more: Any
) -> Specimen:
    """One value for each label, without place or period of its own."""
    definition = source(
        "observation",
        ("indicator", "place", "period", "disaggregation", "note"),
        {
            "indicator": constant(more.pop("indicator", "IR-NUMBER")),
            "place": constant("JO"),
            "period": constant("2020"),
            "disaggregation": label,
            "value": value,
            "note": "@row",
        },
        kind,
        **more,
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {"disaggregation": _label(label), "value": number(value, decimal=decimal)}
        return facts(lines(path), "observation", place_id="JO", period="2020", **says)

    return Specimen(f"dirty_{name}", (file,), definition, read)


def _label(heading: str) -> Reading:
    """A text; `All` is a total, and has no label."""
    return lambda line: (
        str(line.row) if heading == "@row" else {"All": None}.get(str(found := text(heading)(line)), found)
    )


def _named_values() -> Iterator[Specimen]:
    for sign, delimiter in {
        "carets": "^",
        "colon": ":",
        "comma": ",",
        "pipes": "|",
        "semicolon": ";",
        "tab": "\t",
    }.items():
        file = f"{_FD}/csv/separators/{sign}.csv"
        declared = {"format": {"delimiter": delimiter}} if sign in ("carets", "colon") else {}
        yield _numbers(sign, file, _separated(delimiter), "string", "number", **declared)
    yield _numbers("tsv", f"{_FD}/csv/separators/tab.tsv", _separated("\t"), "string", "number")
    yield _numbers(
        "latin", f"{_FD}/csv/encodings/iso8859.csv", lambda p: text_lines(p, encoding="latin-1"), "Year", "Value"
    )
    yield _numbers("ods_output", f"{_FR}/table-output.ods", open_document_lines, "name", "id", "xlsx")
    yield _numbers("ods", f"{_FR}/table.ods", open_document_lines, "name", "id", "xlsx")
    yield _numbers("xls", f"{_FR}/table.xls", legacy_lines, "name", "id", "xlsx")
    yield _numbers("xlsx", f"{_FR}/table.xlsx", workbook_lines, "name", "id", "xlsx")
    yield _numbers("xls_sample", f"{_FD}/excel/sample-1-sheet.xls", legacy_lines, "string", "number", "xlsx")
    yield _numbers("xlsx_sample", f"{_FD}/excel/sample-1-sheet.xlsx", workbook_lines, "string", "number", "xlsx")
    yield _numbers("ndjson", f"{_FR}/table.ndjson", record_lines, "name", "id", "json")
    yield _numbers("second_sheet", f"{_FR}/sheet2.xlsx", lambda p: workbook_lines(p, 1), "name", "id", "xlsx")
    yield _numbers("second_xls", f"{_FR}/sheet2.xls", lambda p: legacy_lines(p, 1), "name", "id", "xlsx")
    yield _numbers("multicode", f"{_FR}/number-format-multicode.xlsx", workbook_lines, "@row", "col1", "xlsx", **_COMMA)
    yield _numbers(
        "floats_by_comma", f"{_FR}/analysis-data.csv", text_lines, "@row", "house_area", decimal=",", **_COMMA
    )
    percent = {"indicator": "IR-PERCENT"}
    yield _numbers(
        "percentage", f"{_FR}/preserve-formatting-percentage.xlsx", workbook_lines, "col1", "col2", "xlsx", **percent
    )
    yield _numbers(
        "noise", f"{_FR}/adjust-floating-point-error.xlsx", workbook_lines, "Sample Name", "peak PO4", "xlsx"
    )
    yield _numbers("floats", f"{_FR}/floats.csv", text_lines, "@row", "number")
    yield _numbers("zeros", f"{_FR}/leading-zeros.csv", text_lines, "@row", "value")
    yield _numbers("countries", f"{_FR}/country-1.csv", text_lines, "name", "population")
    yield _numbers("comment", f"{_FR}/matrix-with-comment.csv", _commented, "f1", "f2", format={"comment": "#"})
    yield _numbers("quoted", f"{_FR}/issue-1109.csv", text_lines, "string", "number")
    hotels = f"{_FR}/table-with-accents.csv"
    yield _numbers(
        "hotels",
        hotels,
        lambda p: text_lines(p, delimiter=";", encoding="latin-1"),
        "Classement",
        "RevPAR",
        decimal=",",
        **_COMMA,
    )
    yield _numbers("amounts", f"{_FR}/data.csv", text_lines, "name", "amount")


def _separated(delimiter: str) -> Lines:
    return lambda path: text_lines(path, delimiter=delimiter)


def _commented(path: Path) -> Iterator[Line]:
    return text_lines(path, header=2, comment="#")


def _titles() -> Iterator[Specimen]:
    """Names and codes alone: what is stored is the text."""
    yield _named("public_bodies_codes", "06_orgs/coins_list.tsv", _separated("\t"), "coins", "name")
    yield _named("govuk", "06_orgs/govuk_organisations_list.tsv", _separated("\t"), "government-organisation", "name")
    yield _named(
        "ministries_ma", "06_orgs/gov_ids/MA.xlsx", lambda p: workbook_lines(p, "MA"), "code", "name_en", "xlsx"
    )
    yield _named("ministries_ng", "06_orgs/gov_ids/NG.csv", text_lines, "code", "name_en")
    yield _named("text_codes", f"{_FR}/cast-int-to-string-issue-1251.xlsx", workbook_lines, "A", "B", "xlsx")
    yield _named("text_codes_xls", f"{_FR}/cast-int-to-string-issue-1251.xls", legacy_lines, "A", "B", "xlsx")
    yield _named("scripts", f"{_FD}/csv/various-characters.csv", text_lines, "a", "b")
    yield _named("cities", "05_geo/dr5hn_cities_JO.json", record_lines, "id", "native", "json")
    yield _named("agencies", "09_dirty/frictionless/encoding-issue-274.csv", text_lines, "id", "name")


def _named(name: str, file: str, lines: Lines, code: str, title: str, kind: str = "csv") -> Specimen:
    definition = source("activity", ("reference",), {"reference": code, "title": title}, kind)

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(lines(path), "activity", activity_id=text(code), title=text(title))

    return Specimen(f"named_{name}", (file,), definition, read)


def _dated() -> Iterator[Specimen]:
    """Days in the forms that each file declares."""
    yield _days(
        "register",
        "06_orgs/uk_government_organisation_register.tsv",
        _separated("\t"),
        "government-organisation",
        "start-date",
        "end-date",
    )
    yield _days(
        "org_types",
        "01_3w/op/org_types.csv",
        text_lines,
        "HR.info ID",
        "Date Added (dd/mm/yyyy)",
        "Date updated (dd/mm/yyyy)",
        "%d/%m/%Y",
    )
    yield _days(
        "sectors",
        "01_3w/op/sectors.csv",
        text_lines,
        "HRinfo ID",
        "Date Created (Post Date)",
        "Updated date",
        "%m/%d/%Y",
    )
    yield _days(
        "ods", f"{_FR}/table-with-ints-floats-dates.ods", open_document_lines, "Int", "Date", "Datetime", kind="xlsx"
    )
    yield _days("xls", f"{_FR}/table-with-ints-floats-dates.xls", legacy_lines, "Int", "Date", "Date", kind="xlsx")
    yield _days(
        "levels",
        f"{_FR}/issue-1138.csv",
        _separated(";"),
        "Wasserstand",
        "Zeit [MEZ]",
        "Zeit [MEZ]",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%Y",
    )
    yield _days("vix", f"{_FR}/vix.csv", _separated(";"), "VIXClose", "Date", "Date")
    yield _days("types", f"{_FD}/csv/all-schema-types.csv", text_lines, "integer", "date", "datetime")
    yield _days("mixed", f"{_FR}/issue-870.xlsx", workbook_lines, "Id", "Date", "Date", "%d/%m/%Y", kind="xlsx")


def _days(
    name: str, file: str, lines: Lines, code: str, start: str, end: str, *forms: str, kind: str = "csv"
) -> Specimen:
    declared = {"format": {"dates": list(forms)}} if forms else {}
    columns = {"reference": code, "start_on": start, "end_on": end}
    definition = source("activity", ("reference",), columns, kind, **declared)

    def read(path: Path, _: Path) -> Iterator[Expected]:
        days = {"start_on": day(start, *forms), "end_on": day(end, *forms)}
        return facts(lines(path), "activity", activity_id=text(code), **days)

    return Specimen(f"dated_{name}", (file,), definition, read)


def _wide() -> Iterator[Specimen]:
    """Values side by side: years, or parts of an index."""
    asem = {
        "pattern": "(?P<part>LPI|Goods|Services|FDI|CO2|CPI|Tariff|TBTs)",
        "group": "part",
        "label": "uName",
        "period": "Time",
    }
    for name, file in {"asem": "ASEM_iData", "asem_panel": "ASEM_iData_p", "coin": "example_COIN_Data_Raw"}.items():
        label = {"label": "UnitName", "period": "Year"} if name == "coin" else {}
        yield _table(name, f"08_composite/_derived/{file}.csv", text_lines, {**asem, **label})
    museums = {"pattern": r"(?P<year>\d{4})", "group": "year", "label": "Musei"}
    yield _table("museums", f"{_FR}/issue-825.csv", text_lines, museums)
    transposed = {"pattern": r"(?P<column>[123])", "group": "column", "label": "id"}
    yield _table("matrix", f"{_FR}/matrix.csv", text_lines, {"pattern": "(?P<f>f[234])", "group": "f", "label": "f1"})
    yield _table("transposed", f"{_FR}/transpose.csv", text_lines, transposed)


def _table(name: str, file: str, lines: Lines, says: Mapping[str, str]) -> Specimen:
    import re

    definition = source(
        "observation",
        ("indicator", "place", "period", "disaggregation", "note"),
        {
            "indicator": constant("IR-INDEX"),
            "place": constant("JO"),
            "period": says["period"] if "period" in says else constant("2020"),
            "disaggregation": says["label"],
            "note": says["group"],
            "value": "value",
        },
        unpivot={"columns": says["pattern"]},
        format={"missing": ["NA"]},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        found = list(lines(path))
        headings = {h: {"note": h} for h in found[0].cells if re.fullmatch(says["pattern"], h)}
        period: object = text(says["period"]) if "period" in says else "2020"
        fixed = {"disaggregation": text(says["label"]), "period": period}
        return across(iter(found), "observation", "value", headings, number, **fixed)

    return Specimen(f"wide_{name}", (file,), definition, read)
