"""The example row of a template: values that hold together, as a reporter of the source would type them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from idtracker.feedback.workbooks.choices import Choices
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.form import FormColumn
from idtracker.model.messages import Lang, phrase
from idtracker.model.periods import previous_period
from idtracker.model.register.register import Register

Example = str | float | date
_AROUND = {"lower": 0.95, "upper": 1.05}
_AMOUNT, _COUNT = 12_500.0, 12.0
_PSEUDONYM = "ACT-07"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One field of the form with what it offers."""

    column: FormColumn
    choices: Choices | None

    @property
    def first(self) -> str:
        """Identifier of the first value offered; empty where none is."""
        if self.choices is None or not self.choices.values:
            return ""
        return self.choices.meanings[0] or self.choices.values[0]


def example_row(
    columns: Sequence[FormColumn],
    offered: Sequence[Choices | None],
    catalogue: ProgrammeCatalogue,
    on: date,
    lang: Lang,
) -> list[Example]:
    """One value for each column: of an indicator that the source reports, at a place of its level, in its unit and range."""
    asked = {c.field: _Asked(c, o) for c, o in zip(columns, offered, strict=True)}
    indicator = _indicator(asked, catalogue.register)
    return [_example(a, asked, indicator, catalogue.register, on, lang) for a in asked.values()]


def _indicator(asked: dict[str, _Asked], register: Register) -> dict[str, Any]:
    """The indicator of the example as the register has it; empty where the form asks for none."""
    wanted = next((a.first for a in asked.values() if a.column.kind == "indicator"), "")
    rows = register.indicators[register.indicators["indicator_id"] == wanted].to_dict("records")
    return {str(k): v for k, v in rows[0].items()} if rows else {}


def _example(
    asked: _Asked, others: dict[str, _Asked], indicator: dict[str, Any], register: Register, on: date, lang: Lang
) -> Example:
    column, choices = asked.column, asked.choices
    if column.field == "score_code" and "score_scheme" in others:
        codes = register.codes(others["score_scheme"].first)
        return str(codes[0]) if codes else ""
    if column.kind == "place" and choices is not None and indicator:
        return _place(choices, str(indicator["level"]), register)
    if choices is not None and choices.values:
        is_latest_ended = column.kind == "period" and len(choices.values) > 2
        return choices.values[-3 if is_latest_ended else 0]
    match column.kind:
        case "integer" | "number" | "money":
            return _figure(column, indicator)
        case "date":
            return on - timedelta(days=30)
        case "period":
            return previous_period(on, "quarter")
    if column.field == "unit" and indicator:
        return str(indicator["unit"])
    if column.field == "actor":
        return _PSEUDONYM
    return phrase("feedback/template", "example_text", lang)


def _place(choices: Choices, level: str, register: Register) -> str:
    """The first place offered of a level, else the first place."""
    levels = dict(zip(register.places["place_id"], register.places["level"], strict=True))
    pairs = zip(choices.values, choices.meanings, strict=True)
    return next((v for v, meaning in pairs if levels.get(meaning or v) == level), choices.values[0])


def _figure(column: FormColumn, indicator: dict[str, Any]) -> float:
    """A figure within the bounds of the field; one about an indicator lies within the range of that indicator."""
    low, high = column.minimum, column.maximum
    if indicator and column.field in ("value", *_AROUND):
        ends = sorted(float(indicator[f"goalpost_{end}"]) / (column.column.scale or 1) for end in ("low", "high"))
        if ends[0] == ends[0] and ends[1] == ends[1]:
            low, high = max(ends[0], ends[0] if low is None else low), min(ends[1], ends[1] if high is None else high)
    usual = _AMOUNT if column.kind == "money" else _COUNT
    middle = (low or 0.0) + usual if high is None else ((low or 0.0) + high) / 2
    middle *= _AROUND.get(column.field, 1.0)
    return int(middle) if column.kind == "integer" else round(middle, 2)
