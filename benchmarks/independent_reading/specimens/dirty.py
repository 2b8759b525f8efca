"""Small files made to be awkward: separators, encodings, decimal marks, dates, per cent, blanks, in every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
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
from benchmarks.independent_reading.stated import Expected, Reading, across, facts, number, text

_FD, _FR = "09_dirty/fd-datasets", "09_dirty/frictionless"
_COMMA: dict[str, Any] = {"format": {"decimal": ","}}
"""Also where the file stores numbers, which have no mark, or writes a point."""
Lines = Callable[[Path], Iterator[Line]]


_SEPARATORS = {"carets": "^", "colon": ":", "comma": ",", "pipes": "|", "semicolon": ";", "tab": "\t"}
_WORKBOOKS: tuple[tuple[str, str, Lines, str, str], ...] = (
    ("ods_output", "frictionless/table-output.ods", open_document_lines, "name", "id"),
    ("ods", "frictionless/table.ods", open_document_lines, "name", "id"),
    ("xls", "frictionless/table.xls", legacy_lines, "name", "id"),
    ("xlsx", "frictionless/table.xlsx", workbook_lines, "name", "id"),
    ("xls_sample", "fd-datasets/excel/sample-1-sheet.xls", legacy_lines, "string", "number"),
    ("xlsx_sample", "fd-datasets/excel/sample-1-sheet.xlsx", workbook_lines, "string", "number"),
    ("second_sheet", "frictionless/sheet2.xlsx", partial(workbook_lines, sheet=1), "name", "id"),
    ("second_xls", "frictionless/sheet2.xls", partial(legacy_lines, sheet=1), "name", "id"),
    ("multicode", "frictionless/number-format-multicode.xlsx", workbook_lines, "@row", "col1"),
    ("noise", "frictionless/adjust-floating-point-error.xlsx", workbook_lines, "Sample Name", "peak PO4"),
)
_TEXTS: tuple[tuple[str, str, Lines, str, str], ...] = (
    ("tsv", "fd-datasets/csv/separators/tab.tsv", partial(text_lines, delimiter="\t"), "string", "number"),
    ("latin", "fd-datasets/csv/encodings/iso8859.csv", partial(text_lines, encoding="latin-1"), "Year", "Value"),
    ("floats", "frictionless/floats.csv", text_lines, "@row", "number"),
    ("zeros", "frictionless/leading-zeros.csv", text_lines, "@row", "value"),
    ("countries", "frictionless/country-1.csv", text_lines, "name", "population"),
    ("quoted", "frictionless/issue-1109.csv", text_lines, "string", "number"),
    ("amounts", "frictionless/data.csv", text_lines, "name", "amount"),
)


def specimens() -> Iterator[Specimen]:
    yield from _named_values()
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
    for sign, delimiter in _SEPARATORS.items():
        file = f"{_FD}/csv/separators/{sign}.csv"
        declared = {"format": {"delimiter": delimiter}} if sign in ("carets", "colon") else {}
        yield _numbers(sign, file, partial(text_lines, delimiter=delimiter), "string", "number", **declared)
    for name, file, lines, label, value in _WORKBOOKS:
        yield _numbers(name, f"09_dirty/{file}", lines, label, value, "xlsx", **_COMMA)
    for name, file, lines, label, value in _TEXTS:
        yield _numbers(name, f"09_dirty/{file}", lines, label, value)
    yield _numbers("ndjson", f"{_FR}/table.ndjson", record_lines, "name", "id", "json")
    commented = partial(text_lines, header=2, comment="#")
    yield _numbers("comment", f"{_FR}/matrix-with-comment.csv", commented, "f1", "f2", format={"comment": "#"})
    salaries = f"{_FR}/analysis-data.csv"
    yield _numbers("points", salaries, text_lines, "@row", "house_area", decimal=",", **_COMMA)
    hotels, french = f"{_FR}/table-with-accents.csv", partial(text_lines, delimiter=";", encoding="latin-1")
    yield _numbers("hotels", hotels, french, "Classement", "RevPAR", decimal=",", **_COMMA)
    shares = f"{_FR}/preserve-formatting-percentage.xlsx"
    yield _numbers("percentage", shares, workbook_lines, "col1", "col2", "xlsx", indicator="IR-PERCENT")


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
