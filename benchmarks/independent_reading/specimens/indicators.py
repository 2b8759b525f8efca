"""Indicators of countries by year: World Bank, UNDP, Transparency International, INFORM, UNHCR."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.independent_reading.opening import Line, text_lines, workbook_lines
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import (
    UNSTATED,
    Expected,
    across,
    countries,
    country,
    day,
    facts,
    number,
    text,
)

_KEY = ("indicator", "place", "period")


def specimens() -> Iterator[Specimen]:
    wdi = {"ms.mil.xpnd.gd.zs": "IR-PERCENT", "ny.gdp.pcap.cd": "IR-USD", "sl.uem.totl.zs": "IR-PERCENT"}
    for series, indicator in {**wdi, "sm.pop.refg": "IR-PEOPLE", "sp.pop.totl": "IR-PEOPLE"}.items():
        yield _world_bank(series, indicator)
    yield _wgi()
    yield _hdr()
    yield _cpi_2017()
    yield _cpi_2012()
    yield _wgi_workbook()
    yield _inform()
    yield _inform_trends()
    yield _displaced()
    yield _needs()


def _observations(**columns: str | Mapping[str, Any]) -> dict[str, Any]:
    return source("observation", _KEY, columns)


def _world_bank(series: str, indicator: str) -> Specimen:
    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "observation",
            place_id=country("Country Code")(data),
            place_name=text("Country Code"),
            period=text("Year"),
            value=number("Value"),
            indicator_id=indicator,
        )

    definition = _observations(indicator=constant(indicator), place="Country Code", period="Year", value="Value")
    return Specimen(f"wdi_{series.replace('.', '_')}", (f"04_indicators/wdi_{series}.csv",), definition, read)


def _wgi() -> Specimen:
    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "observation",
            place_id=country("wb_code")(data),
            period=text("year"),
            value=number("Estimate"),
            standard_error=number("StdErr"),
            sample_size=number("NumSrc"),
        )

    columns = {"indicator": constant("IR-INDEX"), "place": "wb_code", "period": "year", "value": "Estimate"}
    definition = _observations(**columns, standard_error="StdErr", sample_size="NumSrc")
    return Specimen("wgi_long", ("04_indicators/_derived/wgi.csv",), definition, read)


def _hdr() -> Specimen:
    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "observation",
            place_id=country("country", "name.common")(data),
            place_name=text("country"),
            period=text("year"),
            value=number("hdi"),
        )

    definition = _observations(indicator=constant("IR-INDEX"), place="country", period="year", value="hdi")
    return Specimen("hdr", ("04_indicators/undp_hdr2324_composite_time_series.csv",), definition, read)


def _cpi_2017() -> Specimen:
    years = range(2012, 2018)

    def read(path: Path, data: Path) -> Iterator[Expected]:
        lines = list(workbook_lines(path, "CPI historical data 2012-2017", header=3))
        scores = {next(h for h in lines[0].cells if h.lower() == f"cpi score {y}"): {"period": str(y)} for y in years}
        return across(
            iter(lines), "observation", "value", scores, number, place_id=country("ISO3")(data), indicator_id="IR-INDEX"
        )

    definition = _observations(indicator=constant("IR-INDEX"), place="ISO3", period="period", value="value") | {
        "format": {"kind": "xlsx"},
        "layout": {"sheet": "CPI historical data*", "header_rows": [3]},
        "unpivot": {"columns": r"(?i)CPI score (?P<period>\d{4})"},
    }
    return Specimen("cpi_2017", ("04_indicators/ti_cpi_2012_2017.xlsx",), definition, read)


def _cpi_2012() -> Specimen:
    """Two rows of headings, joined cells among them; the interval stands under a heading of its own."""
    headings = {"value": "CPI 2012 Score", "standard_error": "Standard Error"}
    bounds = {"lower": "90% Confidence interval / Lower", "upper": "90% Confidence interval / Upper"}
    columns = {
        "indicator": constant("IR-INDEX"),
        "place": "Country / Territory",
        "period": constant("2012"),
        **headings,
        **bounds,
    }
    definition = _observations(**columns) | {
        "format": {"kind": "xlsx"},
        "layout": {"header_rows": [1, 2], "data_row": 3},
    }

    def read(path: Path, data: Path) -> Iterator[Expected]:
        first, second = workbook_lines(path, header=1, data=3), workbook_lines(path, header=2, data=3)
        for above, below in zip(first, second, strict=True):
            line = Line(above.sheet, above.row, {**above.cells, **{h: below[h] for h in ("Lower", "Upper")}})
            readings = {name: number(heading) for name, heading in headings.items()}
            place = country("Country / Territory", "name.common")(data)
            interval = {"lower": number("Lower"), "upper": number("Upper")}
            yield from facts(iter([line]), "observation", place_id=place, period="2012", **readings, **interval)

    return Specimen("cpi_2012", ("04_indicators/ti_cpi_2012.xlsx",), definition, read)


_WGI = (
    "VoiceandAccountability",
    "Political StabilityNoViolence",
    "GovernmentEffectiveness",
    "RegulatoryQuality",
    "RuleofLaw",
    "ControlofCorruption",
)


def _wgi_workbook() -> Specimen:
    """Six sheets; the years stand above, estimate, error and number of sources below them."""
    definition = source(
        "observation",
        ("indicator", "place", "period", "note"),
        {
            "indicator": constant("IR-INDEX"),
            "note": "@sheet",
            "place": "Code",
            "period": "period",
            "value": "Estimate",
            "standard_error": "StdErr",
            "sample_size": "NumSrc",
        },
        "xlsx",
        format={"missing": ["#N/A"]},
        layout={"sheet": list(_WGI), "header_rows": [14, 15]},
        unpivot={"columns": r"(?P<period>\d{4}) / (?P<measure>Estimate|StdErr|NumSrc)"},
    )

    def read(path: Path, data: Path) -> Iterator[Expected]:
        known = countries(data, "cca3")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for sheet in _WGI:
            rows = list(book[sheet].iter_rows(min_row=14, values_only=True))
            blocks = [(n, str(y)) for n, (y, m) in enumerate(zip(rows[0], rows[1], strict=True)) if m == "Estimate"]
            for number_, row in enumerate(rows[2:], 16):
                for at, year in blocks:
                    if isinstance(row[at], float | int):
                        figures = dict(zip(("value", "standard_error", "sample_size"), row[at : at + 3], strict=True))
                        place = {"place_id": known.get(str(row[1]), UNSTATED), "place_name": row[1]}
                        yield Expected(
                            "observation", sheet, number_, {"period": year, "note": sheet, **place, **figures}
                        )

    return Specimen("wgi_workbook", ("04_indicators/worldbank_wgi.xlsx",), definition, read)


def _inform() -> Specimen:
    """Indicators of many units, each named beside its value; unknown ones are kept under their names."""
    columns = {"indicator": constant("IR-INDEX"), "place": "Iso3", "period": "ValidityYear", "value": "IndicatorScore"}
    key = (*_KEY, "disaggregation")
    definition = source("observation", key, {**columns, "disaggregation": "IndicatorName", "note": "Unit"})

    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "observation",
            place_id=country("Iso3")(data),
            period=text("ValidityYear"),
            value=number("IndicatorScore"),
            disaggregation=text("IndicatorName"),
            note=text("Unit"),
        )

    return Specimen("inform", ("04_indicators/inform_risk_index.csv",), definition, read)


def _inform_trends() -> Specimen:
    columns = {"indicator": constant("IR-INDEX"), "place": "Iso3", "period": "GNAYear", "value": "IndicatorScore"}
    key = (*_KEY, "disaggregation")
    definition = source("observation", key, {**columns, "disaggregation": "IndicatorId", "note": "FullName"})

    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "observation",
            place_id=country("Iso3")(data),
            period=text("GNAYear"),
            value=number("IndicatorScore"),
            disaggregation=text("IndicatorId"),
            note=text("FullName"),
        )

    return Specimen("inform_trends", ("04_indicators/inform_risk_index_trends.csv",), definition, read)


def _displaced() -> Specimen:
    """Groups of people side by side; some counts are written as powers of ten (`1e+05`)."""
    groups = ("REF", "IDP", "ASY", "OOC", "STA", "VDA")
    columns = {"indicator": constant("IR-PEOPLE"), "place": "ISO3CoA", "period": "Year", "value": "value"}
    definition = source(
        "observation",
        (*_KEY, "disaggregation", "note"),
        {**columns, "disaggregation": "ISO3CoO", "note": "people"},
        unpivot={"columns": f"(?P<people>{'|'.join(groups)})"},
    )

    def read(path: Path, data: Path) -> Iterator[Expected]:
        fixed = {"place_id": country("ISO3CoA")(data), "period": text("Year"), "disaggregation": text("ISO3CoO")}
        says = {group: {"note": group} for group in groups}
        return across(text_lines(path), "observation", "value", says, number, **fixed)

    return Specimen("displaced", ("04_indicators/unhcr_end_year_population.csv",), definition, read)


def _needs() -> Specimen:
    """People in need, by status, sector and district."""
    columns = {
        "reference": "@row",
        "place": "location_code",
        "location": "admin2_code",
        "sector": "sector_code",
        "plan": "population_status",
        "people_targeted": "population",
        "start_on": "reference_period_start",
        "end_on": "reference_period_end",
    }
    definition = source("activity_cell", ("reference",), columns)

    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "activity_cell",
            place_id=country("location_code")(data),
            location=text("admin2_code"),
            sector=text("sector_code"),
            plan=text("population_status"),
            people_targeted=number("population"),
            start_on=day("reference_period_start"),
            end_on=day("reference_period_end"),
        )

    return Specimen("needs", ("04_indicators/hno_2024_hapi.csv",), definition, read)
