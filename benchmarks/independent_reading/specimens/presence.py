"""Who does what where: returns of OCHA and partners in CSV, XLSX, JSON and HXL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.opening import Line, record_lines, text_lines, workbook_lines
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import (
    Expected,
    Reading,
    country,
    day,
    divided,
    epoch_day,
    facts,
    number,
    text,
)

_TABLE = "activity_cell"
_KEY = ("organisation", "sector", "place", "location")
_STORED = {"organisation": "org_name", "partner": "partner_name"}
Lines = Callable[[Path], Iterator[Line]]


def specimens() -> Iterator[Specimen]:
    yield from _workbooks()
    yield from _tagged_texts()
    yield _jordan()
    yield _services()
    yield _sahel()


def _present(
    name: str,
    file: str,
    lines: Lines,
    place: str,
    columns: Mapping[str, tuple[str, str]],
    split: str | None = None,
    **more: Any,
) -> Specimen:
    """`columns`: field -> the heading that the definition names, and the one that is read here."""
    key = [field for field in columns if field in (*_KEY, "plan", "beneficiary_type", "partner", "period")] + ["place"]
    fields: dict[str, Any] = {field: {"heading": tag} for field, (tag, _) in columns.items()}
    if split:
        fields["organisation"]["split"] = split
    definition = source(_TABLE, key, {**fields, "place": constant(place)}, **{"kind": "hxl", **more})
    readings: dict[str, Reading] = {_STORED.get(f, f): text(heading) for f, (_, heading) in columns.items()}

    def read(path: Path, _: Path) -> Iterator[Expected]:
        expected = facts(lines(path), _TABLE, place_id=place, **readings)
        return divided(expected, "org_name", split) if split else expected

    return Specimen(name, (f"01_3w/{file}",), definition, read)


def _workbooks() -> Iterator[Specimen]:
    iraq = {
        "period": ("#date+reported", "Month"),
        "location": ("#loc+name", "Location"),
        "plan": ("#response+name", "Plan"),
        "sector": ("#sector+cluster", "Cluster"),
        "beneficiary_type": ("#beneficiary+name", "Beneficiary Type"),
        "organisation": ("#org+name", "Partner Full Name"),
    }
    yield _book("irq", "irq_3w_2021_longtable.xlsx", "3W longtable Jan-Dec 2021", 1, iraq, "3W longtable*")
    libya = {
        "organisation": ("#org+acronym", "Partner"),
        "partner": ("#org+impl+name", "Implementing partner"),
        "sector": ("#sector+cluster+code", "Sector Short name"),
        "location": ("#adm2+name", "Mantika"),
    }
    yield _book("lby", "lby_3w_may2021.xlsx", "3W as of May 2021", 1, libya, "3W as of*")
    somalia = {
        "organisation": ("#org+name", "Organization"),
        "sector": ("#sector+cluster+name", "Cluster"),
        "location": ("#adm2+name", "District"),
    }
    yield _book("som", "som_3w_mar2022.xlsx", "Data", 1, somalia, "Data")
    sudan = {
        "organisation": ("#org", "#org"),
        "sector": ("#sector", "#sector"),
        "location": ("#adm2+name", "#adm2+name"),
    }
    yield _book("sdn", "sdn_3w_2021.xlsx", 0, 2, sudan, "*")
    yemen = {"organisation": ("#org+name", "#org+name"), "location": ("#adm1+name", "#adm1+name")}
    yield _book("yem", "yem_education_4w_2019.xlsx", "YHRP Dataset ( Jan-June )", 2, yemen, "YHRP Dataset*")


_COUNTRIES = {"irq": "IQ", "lby": "LY", "som": "SO", "sdn": "SD", "yem": "YE"}


def _book(
    name: str, file: str, sheet: str | int, header: int, columns: Mapping[str, tuple[str, str]], pattern: str
) -> Specimen:
    """A sheet with plain headings in the first row and tags in the second; `header` is the row that is read here."""

    def lines(path: Path) -> Iterator[Line]:
        return workbook_lines(path, sheet, header=header, data=3)

    return _present(name, file, lines, _COUNTRIES[name], columns, layout={"sheet": pattern})


def _tagged_texts() -> Iterator[Specimen]:
    guinea = {
        "organisation": ("#org", "Organisation"),
        "sector": ("#sector", "Secteur"),
        "location": ("#adm2+name", "Préfecture"),
    }
    yield _present("gin", "gin_3w_sample_hxl.csv", lambda p: text_lines(p, data=3), "GN", guinea, split="/")
    guatemala = {
        "organisation": ("#org+name", "ORGANIZACIÓN IMPLEMENTADORA"),
        "sector": ("#sector+name", "SECTOR / CLUSTER"),
        "location": ("#adm2+name", "ADMIN 2"),
    }
    yield _present("gtm", "gtm_345w.csv", lambda p: text_lines(p, data=3), "GT", guatemala)


def _jordan() -> Specimen:
    """Days are counted from 1970; the rows of an activity stand under each sector and place."""
    definition = source(
        _TABLE,
        ("reference", "sector", "location", "place"),
        {
            "reference": "#activity+id",
            "sector": "#subsector",
            "location": "#loc+name",
            "place": "#country+name",
            "status": "#status",
            "start_on": "#date+start",
            "end_on": "#date+end",
        },
        "hxl",
        format={"dates": ["epoch_days"]},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path, data=3),
            _TABLE,
            activity_id=text("aid"),
            sector=text("sector_code"),
            place_id=text("country_code"),
            location=text("location_name"),
            status=text("status_code"),
            start_on=epoch_day("day_start"),
            end_on=epoch_day("day_end"),
        )

    return Specimen("jor", ("01_3w/jor_iati_activities_hxl.csv",), definition, read)


def _services() -> Specimen:
    """Features of a map, in Arabic: each with its days of availability."""
    definition = source(
        _TABLE,
        ("reference", "place"),
        {
            "reference": "id",
            "organisation": "properties.partnerName",
            "sector": "properties.activityCategory",
            "location": "properties.locationName",
            "start_on": "properties.startDate",
            "end_on": "properties.endDate",
            "place": constant("JO"),
        },
        "json",
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            record_lines(path),
            _TABLE,
            activity_id=text("id"),
            org_name=text("properties.partnerName"),
            sector=text("properties.activityCategory"),
            location=text("properties.locationName"),
            start_on=day("properties.startDate"),
            end_on=day("properties.endDate"),
        )

    return Specimen("services_ar", ("01_3w/jor_services_ar.json",), definition, read)


def _sahel() -> Specimen:
    """Targets and achievements of partners; the country stands in a column."""
    columns: Mapping[str, str] = {
        "reference": "ReportDetailId",
        "organisation": "Organization",
        "sector": "Cluster",
        "place": "Country",
        "location": "Admin1",
        "people_targeted": "AnnualTarget",
        "people_reached": "Achieved",
    }
    definition = source(_TABLE, ("reference",), columns, layout={"header_rows": [1], "data_row": 3})

    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path, data=3),
            _TABLE,
            activity_id=text("ReportDetailId"),
            org_name=text("Organization"),
            sector=text("Cluster"),
            place_id=country("Country", "name.common")(data),
            location=text("Admin1"),
            people_targeted=number("AnnualTarget"),
            people_reached=number("Achieved"),
        )

    return Specimen("sahel", ("01_3w/rowca_3w_2014.csv",), definition, read)
