"""Values in shapes of their own: joined cells, number formats, features of maps, archives, days with a time zone."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from benchmarks.independent_reading.opening import (
    Cell,
    Line,
    joined_lines,
    legacy_lines,
    open_document_lines,
    record_lines,
    text_lines,
    workbook_lines,
)
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import Expected, country, day, facts, number, one_of, text

_FR = "09_dirty/frictionless"
_YEAR = {"place": constant("JO"), "period": constant("2020")}


def specimens() -> Iterator[Specimen]:
    yield _joined()
    yield _formats()
    yield _columns_of_days()
    yield _countries()
    yield _cities()
    yield _published_index()
    yield _bodies()
    yield from _archives()
    yield _zones()
    yield from _flags()
    yield _serial_days()
    yield _mayors()
    yield _grants_14()
    yield _movements()


def _joined() -> Specimen:
    """Cells joined over rows say the same in each row."""
    columns = {"organisation": "#org+es", "sector": "#sector+es", "location": "#adm1", "people_targeted": "#targeted+m"}
    definition = source(
        "activity_cell", ("organisation", "sector", "place", "location"), {**columns, "place": constant("JO")}, "hxl"
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            joined_lines(path, header=1, data=3),
            "activity_cell",
            org_name=text("Organización"),
            sector=text("Sector/Cluster"),
            location=text("Departamento/Provincia/Estado"),
            people_targeted=number("Hombres"),
        )

    return Specimen("joined", ("01_3w/hxlproxy/input-merged.xlsx",), definition, read)


def _formats() -> Specimen:
    """A number shown with fewer digits is stored with all of them; a day is a day however it is shown."""
    definition = source(
        "event",
        ("reference",),
        {"reference": "@row", "event_on": "m/d/yy", "event_end_on": "mmddyy", "location": "0.0000"},
        "xlsx",
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        days = {"event_on": day("m/d/yy"), "event_end_on": day("mmddyy")}
        return facts(workbook_lines(path), "event", location="1000.5577", **days)

    return Specimen("formats", (f"{_FR}/preserve-formatting.xlsx",), definition, read)


def _columns_of_days() -> Specimen:
    """Days and words in one column, numbers and words in the other."""
    columns = {"reference": "@row", "event_on": "#date", "fatalities": "#affected", "place": constant("JO")}
    definition = source("event", ("reference",), columns, "hxl", layout={"sheet": "Dataset"})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(workbook_lines(path, "Dataset"), "event", event_on=day("#date"), fatalities=number("#affected"))

    return Specimen("words_among_days", ("01_3w/hxlproxy/validation-data.xlsx",), definition, read)


def _countries() -> Specimen:
    """Features of a map: the properties of each are its cells; `-99` stands for no code."""
    at = "properties."
    columns = {
        "indicator": constant("IR-PEOPLE"),
        "place": f"{at}ISO_A3",
        "period": f"{at}POP_YEAR",
        "value": f"{at}POP_EST",
    }
    definition = source(
        "observation", ("indicator", "place", "period"), columns, "json", layout={"records": "features"}
    )

    def read(path: Path, data: Path) -> Iterator[Expected]:
        place = country(f"{at}ISO_A3")(data)
        says = {"place_id": place, "period": text(f"{at}POP_YEAR"), "value": number(f"{at}POP_EST")}
        return facts(record_lines(path, "features"), "observation", **says)

    return Specimen("map_of_countries", ("05_geo/ne_110m_admin_0_countries.json",), definition, read)


def _cities() -> Specimen:
    """Numbers of JSON, and coordinates in quotes."""
    columns = {
        "indicator": constant("IR-PEOPLE"),
        **_YEAR,
        "disaggregation": "id",
        "value": "population",
        "note": "native",
    }
    key = ("indicator", "place", "period", "disaggregation")

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {"disaggregation": text("id"), "value": number("population"), "note": text("native")}
        return facts(record_lines(path), "observation", **says)

    return Specimen(
        "cities_iq",
        ("05_geo/dr5hn_cities_IQ.json",),
        source("observation", key, columns, "json", format={"decimal": ","}),
        read,
    )


def _published_index() -> Specimen:
    """A workbook that openpyxl refuses (a drawing is missing): read by python-calamine."""
    columns = {"indicator": constant("IR-INDEX"), "place": "UnitCode", "period": "Year", "value": "Index"}
    definition = source(
        "observation", ("indicator", "place", "period"), columns, "xlsx", layout={"sheet": "DataAggregated"}
    )

    def read(path: Path, data: Path) -> Iterator[Expected]:
        says = {"place_id": country("UnitCode")(data), "period": text("Year"), "value": number("Index")}
        return facts(legacy_lines(path, "DataAggregated"), "observation", **says)

    return Specimen("asem_results", ("08_composite/TRUTH_ASEM_results.xlsx",), definition, read)


def _bodies() -> Specimen:
    """Pay of chairs: numbers, ranges and words in one column."""
    pay = "Chair's Remuneration (p.a. unless otherwise stated)"
    columns = {"reference": "@row", "title": "Name", "budget": {"heading": pay, "currency": "GBP"}}
    definition = source("activity", ("reference",), columns, "xlsx", layout={"sheet": "Full data"})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {"title": text("Name"), "budget": number(pay, missing=())}
        return facts(legacy_lines(path, "Full data"), "activity", **says)

    return Specimen("public_bodies", ("06_orgs/public_bodies_2013.xls",), definition, read)


def _archives() -> Iterator[Specimen]:
    """The one file within."""
    members: dict[str, tuple[str, str, str]] = {"table.csv.zip": ("table.csv", "name", "id")}
    for file, (member, label, value) in members.items():
        columns = {"indicator": constant("IR-NUMBER"), **_YEAR, "disaggregation": label, "value": value}
        definition = source("observation", ("indicator", "place", "period", "disaggregation"), columns)
        yield Specimen("archive", (f"{_FR}/{file}",), definition, _in_archive(member, label, value))


def _in_archive(member: str, label: str, value: str) -> Callable[[Path, Path], Iterator[Expected]]:
    def read(path: Path, _: Path) -> Iterator[Expected]:
        with zipfile.ZipFile(path) as archive:
            rows = archive.read(member).decode("utf-8").splitlines()
        heads = rows[0].split(",")
        lines = (
            Line("", n, dict(zip(heads, map(Cell, row.split(",")), strict=True))) for n, row in enumerate(rows[1:], 2)
        )
        return facts(lines, "observation", disaggregation=text(label), value=number(value))

    return read


def _zones() -> Specimen:
    """A day and time with a zone: the day as written."""
    definition = source("event", ("reference",), {"reference": "id", "event_on": "timestamp", "place": constant("JO")})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(text_lines(path, delimiter=";"), "event", event_id=text("id"), event_on=day("timestamp"))

    return Specimen("zones", (f"{_FR}/issue-1105-timezone.csv",), definition, read)


def _flags() -> Iterator[Specimen]:
    """Truth values of workbooks, stored as results that rise or fall."""
    readers: dict[str, tuple[str, Callable[[Path], Iterator[Line]]]] = {
        "flags_xls": ("table-with-booleans.xls", legacy_lines),
        "flags_ods": ("table-with-booleans.ods", open_document_lines),
    }
    for name, (file, lines) in readers.items():
        columns = {"reference": "id", "result_indicator": constant("any"), "is_ascending": "boolean"}
        definition = source("result_value", ("reference", "result_indicator"), columns, "xlsx")
        yield Specimen(name, (f"{_FR}/{file}",), definition, _flags_of(lines))


def _flags_of(lines: Callable[[Path], Iterator[Line]]) -> Callable[[Path, Path], Iterator[Expected]]:
    def read(path: Path, _: Path) -> Iterator[Expected]:
        meant = one_of("boolean", {"true": True, "false": False})
        return facts(lines(path), "result_value", activity_id=text("id"), is_ascending=meant)

    return read


def _serial_days() -> Specimen:
    """Days as numbers, without a format that shows them as days: the definition says so."""
    columns = {"reference": "ADM1_PCODE", "title": "ADM1_DA", "start_on": "DATE", "end_on": "VALIDON"}
    definition = source(
        "activity", ("reference",), columns, "xlsx", layout={"sheet": "ADM1"}, format={"dates": ["excel"]}
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        def serial(heading: str) -> Callable[[Line], object]:
            return lambda line: date.fromordinal(date(1899, 12, 30).toordinal() + int(str(line[heading].value)))

        says = {"title": text("ADM1_DA"), "start_on": serial("DATE"), "end_on": serial("VALIDON")}
        return facts(workbook_lines(path, "ADM1"), "activity", activity_id=text("ADM1_PCODE"), **says)

    return Specimen("serial_days", ("05_geo/afg_adminboundaries_tabulardata.xlsx",), definition, read)


def _mayors() -> Specimen:
    """Codes with zeros before them, and days with strokes."""
    form = "%d/%m/%Y"
    columns = {
        "reference": "comune",
        "title": "denominazione_comune",
        "sector": "codice_regione",
        "start_on": "data_entrata_in_carica",
    }
    definition = source("activity", ("reference",), columns, format={"dates": [form]})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {"title": text("denominazione_comune"), "sector": text("codice_regione")}
        days = {"start_on": day("data_entrata_in_carica", form)}
        return facts(text_lines(path, delimiter=";"), "activity", activity_id=text("comune"), **says, **days)

    return Specimen("mayors", (f"{_FR}/issue-1232.csv",), definition, read)


def _grants_14() -> Specimen:
    """Amounts in millions of pounds: the heading says so and the definition does not."""
    heading = "Amount (£m)"
    columns = {"reference": "@row", "title": "Grants Description", "budget": heading}

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {"budget": number(heading, times=1_000_000), "budget_currency": "GBP"}
        return facts(text_lines(path), "activity", title=text("Grants Description"), **says)

    return Specimen(
        "grants_14",
        ("10_ukgov/government-grant-schemes-2014-15.csv",),
        source("activity", ("reference",), columns),
        read,
    )


def _movements() -> Specimen:
    """Six lines of notes above the headings, `n/a` for what is not known, months before days."""
    form = "%m/%d/%Y"
    columns = {
        "reference": "id",
        "place": "Country",
        "event_on": "Date_from",
        "event_end_on": "Date_to",
        "location": "Location",
    }
    definition = source(
        "event",
        ("reference",),
        columns,
        layout={"header_rows": [7], "data_row": 9},
        format={"dates": [form], "missing": ["n/a"]},
    )

    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path, header=7, data=9),
            "event",
            event_id=text("id"),
            place_id=country("Country", "name.common")(data),
            event_on=day("Date_from", form),
            event_end_on=day("Date_to", form),
            location=text("Location", ("n/a",)),
        )

    return Specimen("movements", ("01_3w/brc_movement_restrictions_2014.csv",), definition, read)
