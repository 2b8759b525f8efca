"""Events and deaths: UCDP, Humanitarian Outcomes, United Nations peace operations, Our World in Data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.independent_reading.opening import text_lines
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import Expected, across, country, day, facts, number, text


def specimens() -> Iterator[Specimen]:
    yield _ucdp()
    yield _peacekeeping()
    yield _aid_workers()
    yield _by_year()
    yield _by_kind()


def _ucdp() -> Specimen:
    definition = source(
        "event",
        ("reference",),
        {
            "reference": "id",
            "event_on": "#date+start",
            "event_end_on": "#date+end",
            "location": "#loc+name",
            "latitude": "#geo+lat",
            "longitude": "#geo+lon",
            "actor": "#group+name+first",
            "fatalities": "#affected+killed",
            "fatalities_low": "low",
            "fatalities_high": "high",
            "place": constant("BD"),
        },
        "hxl",
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path, data=3),
            "event",
            event_id=text("id"),
            event_on=day("date_start"),
            event_end_on=day("date_end"),
            place_id="BD",
            location=text("where_coordinates"),
            latitude=number("latitude"),
            longitude=number("longitude"),
            actor=text("side_a"),
            fatalities=number("best"),
            fatalities_low=number("low"),
            fatalities_high=number("high"),
        )

    return Specimen("ucdp", ("03_events/ucdp_ged191_bgd_hxl.csv",), definition, read)


def _peacekeeping() -> Specimen:
    columns = {"reference": "id", "event_on": "incident_date", "event_type": "type_of_incident", "place": "isocode3"}
    definition = source("event", ("reference",), {**columns, "location": "mission_acronym"})

    def read(path: Path, data: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "event",
            event_id=text("id"),
            event_on=day("incident_date"),
            event_type=text("type_of_incident"),
            place_id=country("isocode3")(data),
            place_name=text("isocode3"),
            location=text("mission_acronym"),
        )

    return Specimen("peacekeeping", ("03_events/un_peacekeeping_fatalities.csv",), definition, read)


def _aid_workers() -> Specimen:
    """Year, month and day stand apart; the year is the period."""
    definition = source(
        "observation",
        ("indicator", "place", "period", "disaggregation"),
        {
            "indicator": constant("IR-PEOPLE"),
            "place": "Country Code",
            "period": "Year",
            "disaggregation": "Incident ID",
            "value": "Total killed",
            "sample_size": "Total affected",
        },
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "observation",
            place_id=text("Country Code"),
            period=text("Year"),
            disaggregation=text("Incident ID"),
            value=number("Total killed"),
            sample_size=number("Total affected"),
        )

    return Specimen("aid_workers", ("03_events/aid_worker_security_afg.csv",), definition, read)


def _by_year() -> Specimen:
    """Regions beside years, deaths by kind across; `NA` stands for no value."""
    definition = source(
        "observation",
        ("indicator", "place", "period", "disaggregation", "note"),
        {
            "indicator": constant("IR-PEOPLE"),
            "place": constant("JO"),
            "period": "Year",
            "disaggregation": "Entity",
            "note": "kind",
            "value": "value",
        },
        format={"missing": ["NA"]},
        unpivot={"columns": "(?P<kind>Deaths in .*)"},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        lines = list(text_lines(path))
        kinds = {h: {"note": h} for h in lines[0].cells if h.startswith("Deaths in ")}
        fixed = {"period": text("Year"), "disaggregation": text("Entity"), "place_id": "JO"}
        return across(iter(lines), "observation", "value", kinds, number, **fixed)

    return Specimen("owid_deaths", ("03_events/owid_state_conflict_deaths.csv",), definition, read)


def _by_kind() -> Specimen:
    heading = "Number of conflicts and incidences of one-sided violence"
    definition = source(
        "observation",
        ("indicator", "place", "period", "disaggregation"),
        {
            "indicator": constant("IR-NUMBER"),
            "place": constant("JO"),
            "period": "Year",
            "disaggregation": "Entity",
            "value": heading,
        },
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {"period": text("Year"), "disaggregation": text("Entity"), "value": number(heading)}
        return facts(text_lines(path), "observation", **says)

    return Specimen("owid_conflicts", ("03_events/owid_ucdp_prio_17_2.csv",), definition, read)
