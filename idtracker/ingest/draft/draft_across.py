"""Periods that stand side by side in the headings of a file, and what its table is once they have become rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

PERIOD_FORMS = {
    "quarter": r"\d{4}[ -]?Q[1-4]|Q[1-4][ -]\d{4}",
    "month": r"\d{4}-\d{2}|[A-Z][a-z]{2,8}[ -]\d{4}",
    "half_year": r"\d{4}[ -]?H[12]|H[12][ -]\d{4}",
    "financial_year": r"\d{4}/\d{2}",
    "year": r"(?:19|20)\d{2}",
    "week": r"\d{4}-W\d{2}",
    "day": r"\d{4}-\d{2}-\d{2}",
}


def periods_across(headings: Sequence[str]) -> str | None:
    """Expression that three or more headings fit which are periods, so that columns must become rows.

    A period may stand alone, or above a measure: `1996 / Estimate`.
    """
    for measure in ("", " / (?P<measure>.+)"):
        for form in PERIOD_FORMS.values():
            across = f"^(?P<period>{form}){measure}$"
            if sum(bool(re.fullmatch(across, h)) for h in headings) >= 3:
                return across
    return None


def with_measures(across: str, measures: Sequence[str]) -> str:
    """The expression with the measures that fill a field; others stay as they are."""
    listed = "|".join(re.escape(m).replace("\\ ", " ") for m in measures)
    return across.replace("(?P<measure>.+)", f"(?P<measure>{listed})")


def long_form(columns: Mapping[str, Sequence[str]], across: str | None) -> dict[str, Sequence[str]]:
    """Headings as they will be once periods across have become rows."""
    if across is None:
        return dict(columns)
    matches = {h: re.fullmatch(across, h) for h in columns}
    others = {h: v for h, v in columns.items() if not matches[h]}
    wide = {(m["period"], m.groupdict().get("measure", "value")): columns[h] for h, m in matches.items() if m}
    periods = list(dict.fromkeys(period for period, _ in wide))
    count = max((len(v) for v in columns.values()), default=0)
    return {
        **{h: list(v) * len(periods) for h, v in others.items()},
        "period": [p for p in periods for _ in range(count)],
        **{
            measure: [cell for p in periods for cell in wide.get((p, measure), [""] * count)]
            for measure in dict.fromkeys(m for _, m in wide)
        },
    }
