"""IATI activity files of several publishers and versions, each fed to activities, participation and transactions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.independent_reading.activity_files import activity_file
from benchmarks.independent_reading.specimen import Specimen

FILES = (
    "be_dgd_2021.xml",
    "broken_activity_01.xml",
    "cove/basic_iati_ruleset_errors.xml",
    "cove/example.xml",
    "dfid_CD_v1.01_2013.xml",
    "dfid_ML_v1.02.xml",
    "dfid_PH_v1.02.xml",
    "dfid_middle_east_regional_589_v1.02_2014.xml",
    "dfid_north_sahara_activity_1.01.xml",
    "dfid_north_sahara_activity_no-version.xml",
    "globalfund_v1.0_sample.xml",
    "iom_v2.03_2019_many_refs.xml",
    "missing_dates_v1.0.xml",
    "ocha_test_data_v1.xml",
    "transaction-currencies.xml",
    "usaid_TZ_v1.0_2013.xml",
    "worldbank_TZ_v1.01_2013.xml",
    "worldbank_v1.0_sample.xml",
)


def specimens() -> Iterator[Specimen]:
    for number, file in enumerate(FILES, 1):
        yield Specimen(f"iati_{number:02d}", (f"02_iati/{file}",), DEFINITION, activity_file)


def _part(feeds: str, key: list[str], columns: list[dict[str, Any]]) -> dict[str, Any]:
    reference = {
        "field": "activity" if feeds == "transaction" else "reference",
        "heading": "iati-identifier",
        "required": True,
    }
    return {
        "feeds": feeds,
        "key": key,
        "revision": "replace_all",
        "optional": True,
        "layout": {"sheet": feeds},
        "columns": [reference, *columns],
        "ignore": ["*"],
    }


DEFINITION = {
    "title": "IATI activities",
    "publisher": "GB-1",
    "format": {"kind": "iati"},
    "cadence": {"every": "as_needed"},
    "parts": [
        _part(
            "activity",
            ["reference"],
            [
                {"field": "organisation", "heading": "reporting-org.ref"},
                {"field": "status", "heading": "activity-status"},
                {"field": "start_on", "heading": "start-date"},
                {"field": "end_on", "heading": "end-date"},
            ],
        ),
        _part(
            "participation",
            ["reference", "organisation", "role"],
            [
                {"field": "organisation", "heading": ["ref", "name"], "scheme": "xm-dac", "required": True},
                {"field": "role", "heading": "role", "required": True},
            ],
        ),
        _part(
            "transaction",
            ["activity", "reference"],
            [
                {"field": "reference", "heading": "ordinal", "required": True},
                {"field": "transaction_type", "heading": "type"},
                {"field": "transaction_on", "heading": "date"},
                {"field": "amount", "heading": "value"},
                {"field": "amount_currency", "heading": "currency"},
            ],
        ),
    ],
}
