"""Indicators of countries by year: World Bank, UNDP, Transparency International, INFORM, UNHCR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.opening import text_lines, workbook_lines
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import Expected, across, country, facts, number, text

_KEY = ("indicator", "place", "period")


def specimens() -> Iterator[Specimen]:
    wdi = {"ms.mil.xpnd.gd.zs": "IR-PERCENT", "ny.gdp.pcap.cd": "IR-USD", "sl.uem.totl.zs": "IR-PERCENT"}
    for series, indicator in {**wdi, "sm.pop.refg": "IR-PEOPLE", "sp.pop.totl": "IR-PEOPLE"}.items():
        yield _world_bank(series, indicator)
    yield _wgi()
    yield _hdr()
    yield _cpi_2017()


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

    definition = _observations(
        indicator=constant(indicator), place="Country Code", period="Year", value="Value"
    )
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
        return across(iter(lines), "observation", "value", scores, number, place_id=country("ISO3")(data), indicator_id="IR-INDEX")

    definition = _observations(indicator=constant("IR-INDEX"), place="ISO3", period="period", value="value") | {
        "format": {"kind": "xlsx"},
        "layout": {"sheet": "CPI historical data*", "header_rows": [3]},
        "unpivot": {"columns": r"(?i)CPI score (?P<period>\d{4})"},
    }
    return Specimen("cpi_2017", ("04_indicators/ti_cpi_2012_2017.xlsx",), definition, read)
