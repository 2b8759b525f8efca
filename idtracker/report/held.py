"""The rows that are held now: how many of each submission, since when, for which rules, and whose turn it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from idtracker.catalog.source import Source
from idtracker.contract.catalogue import Catalogue
from idtracker.contract.correction import row_text
from idtracker.errors import UsageError
from idtracker.findings import column_label, rule, rules
from idtracker.intake import Ledger, Receipt, Waivers
from idtracker.report.phrases import Lang, phrase
from idtracker.settings import Settings
from idtracker.store.accepted import read_frames
from idtracker.store.claims import claims_of
from idtracker.store.facts import judged_receipts

ROOM = "held"
_DATA_TEAM = ("name.", "period.locked")
_SUGGESTED = ["rule", "column", "value", "message", "message_ar", "remedy", "remedy_ar", "suggestion"]


class NotHeldError(UsageError):
    """What was named is not held, or not any more."""


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


@dataclass(frozen=True, slots=True)
class HeldSubmission:
    """The rows of one submission that are held now. `overtaken_by` is a later edition of the file, if one came."""

    receipt: Receipt
    rows: pd.DataFrame
    overtaken_by: str = ""

    def document(self, now: pd.Timestamp) -> dict[str, Any]:
        """The JSON form, without the rows themselves."""
        listed = self.rows["rules"].str.split(";").explode()
        since = self.rows["held_from"].min()
        return {
            "submission_id": self.receipt.submission_id,
            "source": self.receipt.source_id,
            "file_name": self.receipt.file_name,
            "received_at": self.receipt.received_at,
            "rows": len(self.rows),
            "held_since": since,
            "age_days": max((now.normalize() - since.normalize()).days, 0),
            "rules": [{"rule": str(r), "rows": int(n)} for r, n in sorted(listed.value_counts().items())],
            "waivable": int(self.rows["is_waivable"].sum()),
            "whose_turn": self.whose_turn,
            "overtaken_by": self.overtaken_by or None,
        }

    @property
    def whose_turn(self) -> str:
        """Who has to act: the data team for closed periods and unknown names, else whoever sent the file."""
        named = self.rows["rules"].str.split(";").explode()
        for_team = named.str.startswith(_DATA_TEAM)
        sender = self.receipt.submitted_by
        return "the data team" if for_team.all() else f"{sender}; the data team" if for_team.any() else sender


def held_submissions(
    settings: Settings, sources: Iterable[Source], now: pd.Timestamp, *, with_overtaken: bool = False
) -> list[HeldSubmission]:
    """Submissions with rows that are held at `now` (UTC), by source and arrival; earlier editions only where asked for."""
    found: list[HeldSubmission] = []
    for source in sources:
        rows = open_rows(settings, source, now)
        later = _later_editions(Ledger(settings).receipts(source.id))
        receipts = {r.submission_id: r for r in Ledger(settings).receipts(source.id)}
        for submission, group in rows.groupby("submission_id"):
            overtaken = later.get(str(submission), "")
            if with_overtaken or not overtaken:
                found.append(HeldSubmission(receipts[str(submission)], group.reset_index(drop=True), overtaken))
    return sorted(found, key=lambda h: (h.receipt.source_id, h.receipt.received_at, h.receipt.submission_id))


def open_rows(settings: Settings, source: Source, now: pd.Timestamp) -> pd.DataFrame:
    """Rows of the table `held_row` that are held at `now`, in order of submission, part, sheet and row."""
    judged = judged_receipts(settings, source)
    claims = claims_of(settings, source, judged, Waivers(settings).of(source.id), now)
    waiting = claims.held[claims.held["held_to"].isna()]
    held = read_frames(settings, source.id, "held").drop(columns=["held_from", "held_to"])
    held = held.merge(waiting, on="held_id")
    return held.sort_values(["submission_id", "part", "sheet", "row_number", "row_piece"], ignore_index=True)


def _later_editions(receipts: Sequence[Receipt]) -> dict[str, str]:
    """Submission -> file name of the last edition of the same file, where it is an earlier one. Weakest come first."""
    standing = [r for r in receipts if r.withdrawn_at is None and not r.is_refused]
    last = {r.base_name: r for r in standing}
    return {r.submission_id: last[r.base_name].file_name for r in standing if last[r.base_name].edition != r.edition}


def rows_in_words(settings: Settings, held: pd.DataFrame) -> list[HeldRow]:
    """Held rows (of one source) with their cells and with every reason in words."""
    if held.empty:
        return []
    source_id = str(held["source_id"].iat[0])
    findings = read_frames(settings, source_id, "findings")
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
    found = [r for name in names for r in _reasons(name, row, cells, findings.get((row["submission_id"], name)))]
    return HeldRow(
        str(row["held_id"]), str(row["source_id"]), own[0], str(row["part"]), own[1], own[2], of, names,
        bool(row["is_waivable"]), row["held_from"], cells, found,
    )  # fmt: skip


def _reasons(
    name: str, row: dict[Any, Any], cells: dict[str, str | None], findings: pd.DataFrame | None
) -> list[Reason]:
    """The findings of one rule at one row; of a row that became several, those whose value stands in this one."""
    here = pd.DataFrame(columns=_SUGGESTED)
    if findings is not None:
        at_row = (findings["row"] == row["row_number"]) & (findings["sheet"].fillna("") == _text(row["sheet"]))
        here = findings[at_row] if at_row.any() else findings[findings["row"].isna()]
    said = here[here["value"].isin([v for v in cells.values() if v is not None])]
    here = said if len(said) and len(here) > 1 else here
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


def list_document(settings: Settings, catalogue: Catalogue, source_ids: Sequence[str], now: pd.Timestamp, with_overtaken: bool) -> dict[str, Any]:  # fmt: skip
    """What `held list --json` prints."""
    sources = [catalogue.source(s) for s in source_ids] or list(catalogue.sources.values())
    every = held_submissions(settings, sources, now, with_overtaken=True)
    listed = [h for h in every if with_overtaken or not h.overtaken_by]
    return {
        "as_of": now,
        "notice": catalogue.programme.notice,
        "submissions": [h.document(now) for h in listed],
        "rows": sum(len(h.rows) for h in listed),
        "overtaken_rows": sum(len(h.rows) for h in every if h.overtaken_by),
    }


def find_held(settings: Settings, catalogue: Catalogue, identifier: str, now: pd.Timestamp) -> pd.DataFrame:
    """Held rows of a submission, or the one row, that an identifier (or the unique beginning of one) names; UsageError otherwise."""
    matches: list[pd.DataFrame] = []
    for source in catalogue.sources.values():
        rows = open_rows(settings, source, now)
        for column in ("submission_id", "held_id"):
            mine = rows[rows[column].str.startswith(identifier)]
            matches += [group for _, group in mine.groupby(column)]
    if len(matches) == 1:
        return matches[0].reset_index(drop=True)
    if matches:
        raise UsageError(
            f"`{identifier}` begins the name of {len(matches)} held rows or submissions; write more of it."
        )
    raise NotHeldError(
        f"No held row and no submission with held rows is called `{identifier}`; `idtracker held list` names them."
    )


def row_document(row: HeldRow) -> dict[str, Any]:
    """The JSON form of one held row."""
    return {
        "held_id": row.held_id,
        "source": row.source_id,
        "submission_id": row.submission_id,
        "part": row.part,
        "sheet": row.sheet,
        "row": row.row,
        "corrects": None if row.of == (row.submission_id, row.sheet, row.row) else dict(zip(("submission_id", "sheet", "row"), row.of, strict=True)),
        "held_from": row.held_from,
        "is_waivable": row.is_waivable,
        "cells": row.cells,
        "reasons": [
            {"rule": r.rule, "column": r.column or None, "value": r.value or None, "message": r.message["en"], "message_ar": r.message["ar"],
             "remedy": r.remedy["en"], "remedy_ar": r.remedy["ar"], "suggestion": r.suggestion or None}
            for r in row.reasons
        ],
    }  # fmt: skip


def reason_text(reason: Reason, lang: Lang) -> str:
    """One reason in a line: what is wrong, how to put it right, and what was perhaps meant."""
    hint = phrase(ROOM, "suggestion", lang, suggestion=reason.suggestion) if reason.suggestion else ""
    return " ".join(filter(None, (reason.message[lang], reason.remedy[lang], hint)))
