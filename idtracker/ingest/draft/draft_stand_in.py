"""What stands in a draft for a required field that no heading suits, so that the draft loads and reads the file.

A stand-in is either what the file really says elsewhere (the sheet, the file's name, the number of the row), or something
that no list and no calendar knows, which holds the rows until a person decides.
"""

from __future__ import annotations

import re

from idtracker.ingest.draft.draft_across import PERIOD_FORMS
from idtracker.ingest.draft.draft_guess import REFERENCE, CanonicalField, Sample

_ANY_TEXT = frozenset({"text", "place", "organisation", "indicator", "code"})
_UNTIL = "  # until a heading or a constant is named,"


def stand_in(field: CanonicalField, sample: Sample, name_period: str | None) -> list[str]:
    """Lines of the column; `name_period` is set where the name of the file holds the period."""
    name = field.field
    if name == REFERENCE:
        return [f"{_UNTIL} the number of the row stands in:", f'  - {{field: {name}, heading: "@row"}}']
    if name == "period" and name_period:
        return ["  # the name of the file holds it:", f'  - {{field: {name}, heading: "@name.period", required: true}}']
    if name == "indicator" and sample.also:
        return ["  # each sheet is one, perhaps:", f'  - {{field: {name}, heading: "@sheet", required: true}}']
    if field.kind in _ANY_TEXT:
        return [f"{_UNTIL} this stands in:", f"  - {{field: {name}, constant: REVIEW}}"]
    return [f"{_UNTIL} the name of the file stands in and holds the rows:", f'  - {{field: {name}, heading: "@file"}}']


def period_in_name(file_name: str) -> str | None:
    """Expression whose group `period` finds the one period that the name of a file holds; None where there is none."""
    for form in PERIOD_FORMS.values():
        if len(re.findall(rf"(?<![0-9]){form}(?![0-9])", file_name)) == 1 and not form.startswith("[A-Z]"):
            return rf"(?<![0-9])(?P<period>{form})(?![0-9])"
    return None
