"""Who does what where: returns of OCHA, UNHCR and partners in CSV, XLSX, XLS, JSON and HXL, and HXL's own examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.opening import Line, legacy_lines, record_lines, text_lines, workbook_lines
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
    yield from _long_tables()
    yield from _examples_of_hxl()
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


def _long_tables() -> Iterator[Specimen]:
    yield _present(
        "irq",
        "irq_3w_2021_longtable.xlsx",
        lambda p: workbook_lines(p, "3W longtable Jan-Dec 2021", data=3),
        "IQ",
        {
            "period": ("#date+reported", "Month"),
            "location": ("#loc+name", "Location"),
            "plan": ("#response+name", "Plan"),
            "sector": ("#sector+cluster", "Cluster"),
            "beneficiary_type": ("#beneficiary+name", "Beneficiary Type"),
            "organisation": ("#org+name", "Partner Full Name"),
        },
        layout={"sheet": "3W longtable*"},
    )
    yield _present(
        "lby",
        "lby_3w_may2021.xlsx",
        lambda p: workbook_lines(p, "3W as of May 2021", data=3),
        "LY",
        {
            "organisation": ("#org+acronym", "Partner"),
            "partner": ("#org+impl+name", "Implementing partner"),
            "sector": ("#sector+cluster+code", "Sector Short name"),
            "location": ("#adm2+name", "Mantika"),
        },
        layout={"sheet": "3W as of*"},
    )
    yield _present(
        "sdn",
        "sdn_3w_2021.xlsx",
        lambda p: workbook_lines(p, 0, header=2, data=3),
        "SD",
        {"organisation": ("#org", "#org"), "sector": ("#sector", "#sector"), "location": ("#adm2+name", "#adm2+name")},
    )
    yield _present(
        "som",
        "som_3w_mar2022.xlsx",
        lambda p: workbook_lines(p, "Data", data=3),
        "SO",
        {
            "organisation": ("#org+name", "Organization"),
            "sector": ("#sector+cluster+name", "Cluster"),
            "location": ("#adm2+name", "District"),
        },
        layout={"sheet": "Data"},
    )
    yield _present(
        "gin",
        "gin_3w_sample_hxl.csv",
        lambda p: text_lines(p, data=3),
        "GN",
        {
            "organisation": ("#org", "Organisation"),
            "sector": ("#sector", "Secteur"),
            "location": ("#adm2+name", "Préfecture"),
        },
        split="/",
    )
    yield _present(
        "gtm",
        "gtm_345w.csv",
        lambda p: text_lines(p, data=3),
        "GT",
        {
            "organisation": ("#org+name", "ORGANIZACIÓN IMPLEMENTADORA"),
            "sector": ("#sector+name", "SECTOR / CLUSTER"),
            "location": ("#adm2+name", "ADMIN 2"),
        },
    )
    yield _present(
        "yem",
        "yem_education_4w_2019.xlsx",
        lambda p: workbook_lines(p, "YHRP Dataset ( Jan-June )", header=2, data=3),
        "YE",
        {"organisation": ("#org+name", "#org+name"), "location": ("#adm1+name", "#adm1+name")},
        layout={"sheet": "YHRP Dataset*"},
    )


def _examples_of_hxl() -> Iterator[Specimen]:
    """The same five rows in every format, with counts of people and a day, as HXL's own tests have them."""
    tags = [
        ("libhxl/input-valid.csv", lambda p: text_lines(p, header=2, data=4), {}),
        (
            "libhxl/input-valid-latin1.csv",
            lambda p: text_lines(p, header=2, data=4, encoding="latin-1"),
            {"format": {"encoding": "latin-1"}},
        ),
        ("libhxl/output-valid.csv", lambda p: text_lines(p, header=1, data=3), {}),
        ("libhxl/input-valid.xlsx", lambda p: workbook_lines(p, header=2, data=4), {}),
        (
            "libhxl/input-quality.xls",
            lambda p: legacy_lines(p, 1, header=2, data=4),
            {"layout": {"sheet": "input-quality-hxl"}},
        ),
        (
            "libhxl/input-quality.xlsx",
            lambda p: workbook_lines(p, 1, header=2, data=4),
            {"layout": {"sheet": "input-quality-hxl"}},
        ),
        (
            "hxlproxy/input-info.xls",
            lambda p: legacy_lines(p, 1, header=1, data=3),
            {"layout": {"sheet": "input-quality-hxl"}},
        ),
        (
            "hxlproxy/input-info.xlsx",
            lambda p: workbook_lines(p, 1, header=1, data=3),
            {"layout": {"sheet": "input-quality-hxl"}},
        ),
    ]
    for place, (file, lines, more) in enumerate(tags):
        yield _example(
            f"hxl_{place}",
            file,
            lines,
            {
                "men": "Hombres",
                "org": "Organización",
                "sector": "Sector/Cluster",
                "adm1": "Departamento/Provincia/Estado",
            },
            "hxl",
            more,
        )
    records = {"men": "#targeted+f", "org": "#org+es", "sector": "#sector+es", "adm1": "#adm1"}
    yield _example("hxl_objects", "libhxl/input-valid-objects.json", record_lines, records, "json", {})
    yield _example(
        "hxl_nested", "libhxl/input-valid-nested.json", lambda p: record_lines(p, "results"), records, "json", {}
    )


def _example(
    name: str, file: str, lines: Lines, headings: Mapping[str, str], kind: str, more: Mapping[str, Any]
) -> Specimen:
    definition = source(
        _TABLE,
        _KEY,
        {
            "organisation": "#org+es",
            "sector": "#sector+es",
            "location": "#adm1",
            "people_targeted": "#targeted+f",
            "place": constant("JO"),
        },
        kind,
        **more,
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            lines(path),
            _TABLE,
            org_name=text(headings["org"]),
            sector=text(headings["sector"]),
            location=text(headings["adm1"]),
            people_targeted=number(headings["men"]),
        )

    return Specimen(name, (f"01_3w/{file}",), definition, read)


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
