"""What the sections of an IATI file feed: the standard says what each heading means, so nothing has to be guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Section(NamedTuple):
    """Canonical table, the headings of each field (the first that the file fills), and the fields that identify a row."""

    feeds: str
    headings: dict[str, Sequence[str]]
    key: Sequence[str]


SECTIONS: dict[str, Section] = {
    "activity": Section(
        "activity",
        {
            "reference": ["iati-identifier"],
            "title": ["title"],
            "description": ["description"],
            "organisation": ["reporting-org.ref", "reporting-org.name"],
            "place": ["recipient-country"],
            "sector": ["sector"],
            "status": ["activity-status"],
            "hierarchy": ["hierarchy"],
            "start_on": ["start-date"],
            "end_on": ["end-date"],
        },
        ["reference"],
    ),
    "participation": Section(
        "participation",
        {"reference": ["iati-identifier"], "organisation": ["ref", "name"], "role": ["role"]},
        ["reference", "organisation", "role"],
    ),
    "transaction": Section(
        "transaction",
        {
            "activity": ["iati-identifier"],
            "reference": ["ordinal"],
            "transaction_type": ["type"],
            "transaction_on": ["date"],
            "amount": ["value"],
            "amount_currency": ["currency"],
            "organisation": ["provider-org.ref", "provider-org.name"],
            "receiver": ["receiver-org.ref", "receiver-org.name"],
            "description": ["description"],
        },
        ["activity", "reference"],
    ),
    "result": Section(
        "result_value",
        {
            "reference": ["iati-identifier"],
            "result_type": ["result-type"],
            "result_title": ["result-title"],
            "result_indicator": ["indicator-title"],
            "measure": ["measure"],
            "is_ascending": ["ascending"],
            "is_aggregable": ["aggregation-status"],
            "start_on": ["period-start"],
            "end_on": ["period-end"],
            "baseline": ["baseline-value"],
            "target": ["target-value"],
            "actual": ["actual-value"],
            "disaggregation": ["dimensions"],
        },
        ["reference", "result_title", "result_indicator", "start_on", "disaggregation"],
    ),
}
