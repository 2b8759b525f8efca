"""HXL's own examples: the same rows in every format, with counts of people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.opening import Line, legacy_lines, record_lines, text_lines, workbook_lines
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import Expected, facts, number, text

Lines = Callable[[Path], Iterator[Line]]
_PLAIN = {
    "people": "Hombres",
    "organisation": "Organización",
    "sector": "Sector/Cluster",
    "location": "Departamento/Provincia/Estado",
}
_TAGS = {"people": "#targeted+f", "organisation": "#org+es", "sector": "#sector+es", "location": "#adm1"}


def specimens() -> Iterator[Specimen]:
    below = {"header": 2, "data": 4}
    yield _example("hxl_csv", "libhxl/input-valid.csv", partial(text_lines, **below), _PLAIN)
    latin = partial(text_lines, **below, encoding="latin-1")
    yield _example("hxl_latin", "libhxl/input-valid-latin1.csv", latin, _PLAIN, format={"encoding": "latin-1"})
    yield _example("hxl_output", "libhxl/output-valid.csv", partial(text_lines, data=3), _PLAIN)
    yield _example("hxl_xlsx", "libhxl/input-valid.xlsx", partial(workbook_lines, **below), _PLAIN)
    second: dict[str, Any] = {"layout": {"sheet": "input-quality-hxl"}}
    yield _example("hxl_xls", "libhxl/input-quality.xls", partial(legacy_lines, sheet=1, **below), _PLAIN, **second)
    pages = partial(workbook_lines, sheet=1, **below)
    yield _example("hxl_quality", "libhxl/input-quality.xlsx", pages, _PLAIN, **second)
    proxied = "hxlproxy/input-info"
    yield _example("hxl_proxy_xls", f"{proxied}.xls", partial(legacy_lines, sheet=1, data=3), _PLAIN, **second)
    yield _example("hxl_proxy", f"{proxied}.xlsx", partial(workbook_lines, sheet=1, data=3), _PLAIN, **second)
    yield _example("hxl_objects", "libhxl/input-valid-objects.json", record_lines, _TAGS, "json")
    nested = partial(record_lines, at="results")
    at: dict[str, Any] = {"layout": {"records": "results"}}
    yield _example("hxl_nested", "libhxl/input-valid-nested.json", nested, _TAGS, "json", **at)


def _example(
    name: str, file: str, lines: Lines, headings: Mapping[str, str], kind: str = "hxl", **more: Any
) -> Specimen:
    """The definition names the tags; what is read here stands under the headings above them, except in JSON."""
    columns = {"organisation": "#org+es", "sector": "#sector+es", "location": "#adm1", "people_targeted": "#targeted+f"}
    key = ("organisation", "sector", "place", "location")
    definition = source("activity_cell", key, {**columns, "place": constant("JO")}, kind, **more)

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            lines(path),
            "activity_cell",
            org_name=text(headings["organisation"]),
            sector=text(headings["sector"]),
            location=text(headings["location"]),
            people_targeted=number(headings["people"]),
        )

    return Specimen(name, (f"01_3w/{file}",), definition, read)
