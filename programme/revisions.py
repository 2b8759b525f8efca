"""Corrected returns and the withdrawn file: planted truths about what was known when."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

from programme.delivery import Delivery

# source, first file, corrected file, days until it comes, changes: heading, new value and the cells that find the record
CORRECTIONS = (
    (
        "ons_survey_indicators",
        "ons_survey_2025-Q2.csv",
        "ons_survey_2025-Q2_v2.csv",
        48,
        (
            ("Estimate", 24.6, {"Indicator": "Unemployment rate", "Area": "Mafraq"}),
            ("Lower 90", 21.0, {"Indicator": "Unemployment rate", "Area": "Mafraq"}),
            ("Upper 90", 28.2, {"Indicator": "Unemployment rate", "Area": "Mafraq"}),
            ("Estimate", 19.3, {"Indicator": "Unemployment rate", "Area": "Karak"}),
            ("Lower 90", 16.1, {"Indicator": "Unemployment rate", "Area": "Karak"}),
            ("Upper 90", 22.5, {"Indicator": "Unemployment rate", "Area": "Karak"}),
        ),
    ),
    (
        "fcdo_logframe_results",
        "fcdo_logframe_2025-Q3.xlsx",
        "fcdo_logframe_2025-Q3_v2.xlsx",
        35,
        (("Actual", 33, {"Indicator": "Officers trained in community policing"}),),
    ),
)
# source, file, days until it is withdrawn, why
WITHDRAWAL = (
    "wadi_university_barometer",
    "barometer_2025-Q4.csv",
    40,
    "Interviews in three governorates were not done as designed",
)
# The file that takes its place, days after the withdrawal, without the governorates that were in doubt
REPLACEMENT = ("barometer_2025-Q4_v2.csv", 12, ("Mafraq", "Maan", "Tafileh"))


def revise(found: list[Delivery]) -> list[Delivery]:
    """The same deliveries with the corrected files added and the withdrawal noted."""
    by_name = {(d.source, d.name): d for d in found}
    for source, name, corrected, days, changes in CORRECTIONS:
        first = by_name[source, name]
        again = deepcopy(first)
        again.name, again.received_at = corrected, first.received_at + timedelta(days=days)
        for heading, value, wanted in changes:
            grid = again.grids[0]
            places = {grid.headings.index(k): v for k, v in wanted.items()}
            record = next(i for i, row in enumerate(grid.rows) if all(row[p] == v for p, v in places.items()))
            grid.put(record, heading, value)
        found.append(again)
    source, name, days, why = WITHDRAWAL
    withdrawn = by_name[source, name]
    replacement = deepcopy(withdrawn)
    withdrawn.withdrawn_at, withdrawn.withdrawn_why = withdrawn.received_at + timedelta(days=days), why
    replacement.name, later, left_out = REPLACEMENT
    replacement.received_at = withdrawn.withdrawn_at + timedelta(days=later)
    grid = replacement.grids[0]
    where = grid.headings.index("governorate")
    grid.rows = [row for row in grid.rows if row[where] not in left_out]
    return [*found, replacement]
