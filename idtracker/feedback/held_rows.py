"""Held rows as people read them: the cells as typed, and every reason in words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from idtracker.ingest.judge.correction import row_text
from idtracker.ingest.judged.archive import read_frames
from idtracker.model.findings import column_label, rule, rules
from idtracker.model.home import Home
from idtracker.model.messages import Lang, phrase

MESSAGES = "feedback/held"
_SUGGESTED = ["rule", "column", "value", "message", "message_ar", "remedy", "remedy_ar", "suggestion"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is held: the rule in words, the column and value concerned and the nearest known value, where there are any."""

    rule: str
    message: dict[str, str]
    remedy: dict[str, str]
    column: str = ""
    value: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One row that is held now. `cells` are as typed; `of` is the row of the first file that it is about."""

    held_id: str
    source_id: str
    submission_id: str
    part: str
    sheet: str
    row: str
    of: tuple[str, str, str]
    rules: tuple[str, ...]
    is_waivable: bool
    held_from: pd.Timestamp
    cells: dict[str, str | None]
    reasons: list[Reason] = field(default_factory=list)


def rows_in_words(home: Home, held: pd.DataFrame) -> list[HeldRow]:
    """Held rows (of one source) with their cells and with every reason in words."""
    if held.empty:
        return []
    source_id = str(held["source_id"].iat[0])
    findings = read_frames(home, source_id, "findings")
    findings = findings[findings["severity"].isin(["error", "critical"])]
    places = dict(list(findings.groupby(["submission_id", "rule"], sort=False)))
    return [_in_words(row, places) for row in held.to_dict("records")]


def _in_words(row: dict[Any, Any], findings: dict[Any, pd.DataFrame]) -> HeldRow:
    cells: dict[str, str | None] = json.loads(row["cells"])
    names = tuple(str(row["rules"]).split(";"))
    own = (str(row["submission_id"]), _text(row["sheet"]), row_text(int(row["row_number"]), int(row["row_piece"])))
    of = own
    if pd.notna(row["of_submission_id"]):
        place = row_text(int(row["of_row_number"]), int(row["of_row_piece"]))
        of = (str(row["of_submission_id"]), _text(row["of_sheet"]), place)
    reasons = [r for name in names for r in _reasons(name, row, cells, findings.get((row["submission_id"], name)))]
    return HeldRow(
        str(row["held_id"]), str(row["source_id"]), own[0], str(row["part"]), own[1], own[2], of, names,
        bool(row["is_waivable"]), row["held_from"], cells, reasons,
    )  # fmt: skip


def _reasons(
    name: str, row: dict[Any, Any], cells: dict[str, str | None], findings: pd.DataFrame | None
) -> list[Reason]:
    """The findings of one rule at one row; of a row that became several, those whose value stands in this one."""
    here = pd.DataFrame(columns=_SUGGESTED)
    if findings is not None:
        at_row = (findings["row"] == row["row_number"]) & (findings["sheet"].fillna("") == _text(row["sheet"]))
        here = findings[at_row] if at_row.any() else findings[findings["row"].isna()]
    reported = here[here["value"].isin([v for v in cells.values() if v is not None])]
    here = reported if len(reported) and len(here) > 1 else here
    records = here.drop_duplicates(["column", "value"])[_SUGGESTED].to_dict("records")
    if not records:
        known = rules().get(name)
        plain = known.text if known else {"en": name, "ar": name}
        return [Reason(name, plain, rule(name).remedy if known else plain)]
    return [
        Reason(
            name,
            {"en": r["message"], "ar": r["message_ar"]},
            {"en": r["remedy"], "ar": r["remedy_ar"]},
            column_of(cells, _text(r["column"]), _text(r["value"])),
            _text(r["value"]),
            _text(r["suggestion"]),
        )
        for r in records
    ]


def column_of(cells: dict[str, str | None], column: str, value: str) -> str:
    """The heading of the row under which a finding's value stands; columns side by side have become one."""
    labels = {label: key for key in cells for label in (key, column_label(key))}
    if column in labels:
        return labels[column]
    return next((key for key in reversed(cells) if value and cells[key] == value), column)


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def reason_text(reason: Reason, lang: Lang) -> str:
    """One reason in a line: what is wrong, how to put it right, and what was perhaps meant."""
    hint = phrase(MESSAGES, "suggestion", lang, suggestion=reason.suggestion) if reason.suggestion else ""
    return " ".join(filter(None, (reason.message[lang], reason.remedy[lang], hint)))
