"""The small files of `shared/cases`: each was once read wrongly, and is the example of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.activity_files import activity_file
from benchmarks.independent_reading.opening import Line, record_lines, text_lines, workbook_lines
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.specimens.aid import DEFINITION
from benchmarks.independent_reading.stated import (
    UNSTATED,
    Expected,
    day,
    divided,
    facts,
    month,
    number,
    one_of,
    text,
)

_PLACES = {
    "Amman": "JO-AM",
    "Irbid": "JO-IR",
    "Karak": "JO-KA",
    "Mafraq": "JO-MA",
    "Tafileh": "JO-AT",
    "Maan": "JO-MN",
    "Aqaba": "JO-AQ",
    "Zarqa": "JO-AZ",
    "Balqa": "JO-BA",
    "Ajloun": "JO-AJ",
    "Jordan": "JO",
}
_INDICATORS = {
    "Unemployment rate": "IR-UNEMPLOYMENT",
    "Court cases closed within a year": "IR-COURT",
    "Hours of piped water a week": "IR-WATER",
    "Median police response time": "IR-POLICE",
    "Cross-border incidents": "IR-BORDER",
}
_TOTALS = {"": None, "Both sexes": None, "Total": None, "sex=_T": None, "كلا الجنسين": None}
_COLUMNS = {
    "place": "Governorate",
    "indicator": "Indicator",
    "period": "Period",
    "value": "Value",
    "disaggregation": "Breakdown",
    "unit": "Unit",
    "note": "Note",
}
Lines = Callable[[Path], Iterator[Line]]


def specimens() -> Iterator[Specimen]:
    yield _figures("totals", ("named_totals.csv",))
    yield _figures("order_names", ("order/water_original.csv", "order/water_corrected.csv"))
    yield _figures("order_same_name", ("order/1/same.csv", "order/2/same.csv"))
    yield _figures("order_spelling", ("order/return_z.csv", "order/return_b.csv"))
    yield _figures("revert", ("revert/a/rp_2026-Q2.csv", "revert/b/rp_2026-Q2.csv"), revision="replace_period")
    years = {"FY2025/26": "2025-10/P1Y", "Q1 FY2025/26": "2025-Q4"}
    yield _figures("fiscal_years", ("fiscal_years.csv",), periods=years, calendar={"year_starts": 10})
    yield from _workbooks()
    yield from _records()
    yield _events()
    yield _partners()
    yield _horizon()


def _figures(name: str, files: tuple[str, ...], periods: Mapping[str, str] | None = None, **more: Any) -> Specimen:
    """Figures under seven headings; of several files the last is what stands."""
    definition = source("observation", ("place", "indicator", "period", "disaggregation"), _COLUMNS, **more)

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = _figure(".") | ({"period": one_of("Period", periods)} if periods else {})
        if len(files) > 1 and str(path).endswith(files[-1]):
            says["recorded_to"] = None
        return facts(text_lines(path), "observation", **says)

    return Specimen(f"case_{name}", files, definition, read, is_case=True)


def _figure(decimal: str) -> dict[str, object]:
    return {
        "place_id": one_of("Governorate", _PLACES),
        "indicator_id": one_of("Indicator", _INDICATORS),
        "period": text("Period"),
        "value": number("Value", decimal=decimal),
        "disaggregation": one_of("Breakdown", _TOTALS, UNSTATED),
        "note": text("Note"),
    }


def _workbooks() -> Iterator[Specimen]:
    yield _book("decimal", ("decimal_on_numbers.xlsx",), workbook_lines, decimal=",", format={"decimal": ","})
    yield _book("percent", ("percent_cells.xlsx",), workbook_lines)
    yield _book("months", ("months_as_dates.xlsx",), workbook_lines, period=month("Period"))
    yield _book("noise", ("noise/1/noise_2026-Q3.xlsx", "noise/2/noise_2026-Q3_v2.xlsx"), workbook_lines)
    both = {"layout": {"sheet": ["Q2 2026", "Q3 2026"]}}
    yield _book(
        "quarters", ("sheet_per_quarter.xlsx",), lambda p: (li for n in (0, 1) for li in workbook_lines(p, n)), **both
    )


def _book(
    name: str, files: tuple[str, ...], lines: Lines, decimal: str = ".", period: object = None, **more: Any
) -> Specimen:
    key = ("place", "indicator", "period", "disaggregation")
    definition = source("observation", key, _COLUMNS, "xlsx", **more)
    says = _figure(decimal) | ({"period": period} if period else {})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(lines(path), "observation", **says)

    return Specimen(f"case_{name}", files, definition, read, is_case=True)


def _records() -> Iterator[Specimen]:
    yield _dhis()
    yield _lists()
    for name, files in {"kobo": ("kobo_export1.json", "kobo_export2.json"), "kobo_page": ("kobo_page1.json",)}.items():
        yield _kobo(name, files)


def _dhis() -> Specimen:
    elements = {"de_water": "IR-WATER", "de_incident": "IR-BORDER", "de_police": "IR-POLICE"}
    units = {"ou_amman": "JO-AM", "ou_irbid": "JO-IR"}
    periods = {
        **{f"20260{n}": f"2026-0{n}" for n in (7, 8, 9)},
        **{"2025Oct": "2025-10/P1Y", "2026April": "2026/27", "2026July": "2026-07/P1Y", "2026AprilS1": "2026-04/P6M"},
    }
    definition = source(
        "observation",
        ("place", "indicator", "period"),
        {
            "place": {"heading": "orgUnit", "map": units},
            "indicator": {"heading": "dataElement", "map": elements},
            "period": "period",
            "value": "value",
        },
        "json",
        layout={"records": "dataValues"},
        where={"deleted": "false"},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            record_lines(path, "dataValues"),
            "observation",
            when=lambda line: line["deleted"].value is False,
            place_id=one_of("orgUnit", units),
            indicator_id=one_of("dataElement", elements),
            period=one_of("period", periods),
            value=number("value"),
        )

    return Specimen("case_dhis", ("dhis_periods.json",), definition, read, is_case=True)


def _lists() -> Specimen:
    definition = source(
        "activity",
        ("reference", "place"),
        {"reference": "id", "title": "title", "place": {"heading": "areas", "split": ""}, "sector": "sectors"},
        "json",
        layout={"records": "data"},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        def areas(line: Line) -> object:
            entries = line["areas"].value
            return "|".join(entries) if isinstance(entries, list) else entries

        whole = facts(
            record_lines(path, "data"), "activity", activity_id=text("id"), title=text("title"), place_name=areas
        )
        return divided(whole, "place_name", "|")

    return Specimen("case_lists", ("json_lists.json",), definition, read, is_case=True)


def _kobo(name: str, files: tuple[str, ...]) -> Specimen:
    """A record keeps its `_id` when it is edited."""
    definition = source(
        "survey_response",
        ("response_id", "question"),
        {
            "response_id": "_id",
            "question": constant("trust_municipality"),
            "period": "round",
            "place": "group_place/governorate",
            "answer": "group_v/trust",
        },
        "json",
        layout={"records": "results"},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            record_lines(path, "results"),
            "survey_response",
            response_id=text("_id"),
            period=text("round"),
            place_id=one_of("group_place/governorate", _PLACES),
            answer=text("group_v/trust"),
        )

    return Specimen(f"case_{name}", files, definition, read, is_case=True)


def _events() -> Specimen:
    files = ("conflict_events_2026-10-01.csv", "conflict_events_2026-11-01.csv")
    definition = source(
        "event",
        ("reference",),
        {
            "reference": "event_id",
            "event_on": "event_date",
            "event_type": "event_type",
            "place": "admin1",
            "latitude": "latitude",
            "fatalities": "fatalities",
        },
        revision="replace_all",
    )
    del definition["bounds"]

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "event",
            event_id=text("event_id"),
            event_on=day("event_date"),
            event_type=text("event_type"),
            place_id=one_of("admin1", _PLACES),
            latitude=number("latitude"),
            fatalities=number("fatalities"),
            recorded_to=None,
        )

    return Specimen("case_events", files, definition, read, is_case=True)


def _partners() -> Specimen:
    definition = source(
        "activity_cell",
        ("organisation", "sector", "place"),
        {"organisation": "Organisation", "sector": "Sector", "place": "Governorate", "people_reached": "Reached"},
        "xlsx",
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            workbook_lines(path),
            "activity_cell",
            org_name=text("Organisation"),
            sector=text("Sector"),
            place_id=one_of("Governorate", _PLACES),
            people_reached=number("Reached"),
        )

    return Specimen("case_partners", ("total_rows.xlsx",), definition, read, is_case=True)


def _horizon() -> Specimen:
    """The definition takes the amounts for pounds and does not read the currency that stands beside them."""
    definition = deepcopy(DEFINITION)
    money = definition["parts"][-1]["columns"]  # type: ignore[index]
    del money[-1]
    money[-1]["currency"] = "GBP"
    return Specimen("case_horizon", ("horizon_iati_2026-H1_usd.xml",), definition, activity_file, is_case=True)
