"""Rules of whole files: each file breaks one of them, in every kind of file and both languages, and has that finding alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fault_files import KINDS, LANGS, Kind, Lang, Sheet, render, source_of, written
from fault_tables import OBSERVATIONS, RETURNS

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

Spoil = Callable[[Sheet, Kind], bytes]
REGISTER = Register.load()


def column(sheet: Sheet, field: str) -> int:
    return sheet.headings.index(RETURNS.heading(field, sheet.lang))


def without(field: str) -> Spoil:
    def change(sheet: Sheet, kind: Kind) -> bytes:
        place = column(sheet, field)
        for row in (sheet.headings, *sheet.rows):
            del row[place]
        return render([sheet], kind)

    return change


def with_column(heading: Callable[[Lang], str]) -> Spoil:
    def change(sheet: Sheet, kind: Kind) -> bytes:
        sheet.headings.append(heading(sheet.lang))
        for row in sheet.rows:
            row.append("2")
        return render([sheet], kind)

    return change


def with_empty(field: str, count: int) -> Spoil:
    def change(sheet: Sheet, kind: Kind) -> bytes:
        for row in sheet.rows[:count]:
            row[column(sheet, field)] = None
        return render([sheet], kind)

    return change


def as_it_is(sheet: Sheet, kind: Kind) -> bytes:
    return render([sheet], kind)


def cut(sheet: Sheet, kind: Kind) -> bytes:
    content = render([sheet], kind)
    return content[: len(content) // 2]


def bytes_of(content: bytes) -> Spoil:
    return lambda sheet, kind: content


def decoded(**how: str) -> Spoil:
    """The text of the file in another encoding or with another separator."""

    def change(sheet: Sheet, kind: Kind) -> bytes:
        text = render([sheet], kind).decode().replace(",", how.get("separator", ","))
        return text.encode(how.get("encoding", "utf-8"))

    return change


def other_report(sheet: Sheet, kind: Kind) -> bytes:
    other = written(OBSERVATIONS, kind, sheet.lang, with_faults=False)
    table, other.table = other.table, sheet.table
    assert table is OBSERVATIONS
    return render([other], kind)


def remarks(lang: Lang) -> str:
    return "Internal remarks" if lang == "en" else "ملاحظات داخلية"


def status(lang: Lang) -> str:
    return RETURNS.heading("status", lang)


CASES: list[tuple[str, tuple[Kind, ...], Spoil, dict[str, Any]]] = [
    ("file.empty", KINDS, bytes_of(b""), {}),
    ("file.unknown_type", KINDS, bytes_of(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n%%EOF\n"), {}),
    ("file.unreadable", ("xlsx", "json"), cut, {}),
    ("file.sheet_missing", ("xlsx", "json"), as_it_is, {"elsewhere": True}),
    ("file.other_source", KINDS, other_report, {}),
    ("file.encoding", ("csv",), decoded(encoding="utf-16"), {}),
    ("file.delimiter", ("csv",), decoded(separator=";"), {}),
    ("heading.missing", KINDS, without("place"), {}),
    ("heading.missing_optional", KINDS, without("status"), {}),
    ("heading.duplicate", ("csv", "xlsx"), with_column(status), {}),
    ("heading.unmapped", KINDS, with_column(remarks), {}),
    ("bounds.rows_few", KINDS, as_it_is, {"bounds": {"rows": [10, 20]}}),
    ("bounds.rows_many", KINDS, as_it_is, {"bounds": {"rows": [1, 5]}}),
    ("bounds.filled", KINDS, with_empty("partner", 3), {"bounds": {"filled": {"partner": 0.9}}}),
]


def judged_rules(kind: Kind, lang: Lang, spoil: Spoil, changes: dict[str, Any]) -> list[str]:
    given = {k: v for k, v in changes.items() if k != "elsewhere"}
    source = source_of([RETURNS], kind, lang, **given)
    if changes.get("elsewhere"):
        where = {"sheet": "elsewhere"} if kind == "xlsx" else {"records": "elsewhere"}
        part = source.parts[0]
        layout = part.layout.model_copy(update=where)
        source = source.model_copy(update={"parts": [part.model_copy(update={"layout": layout})]})
    survey = source_of([OBSERVATIONS], kind, lang).located("survey", Path(), "y")
    others: dict[str, Source] = {"survey": survey}
    catalogue = ProgrammeCatalogue(Programme(title="-", country=""), others, REGISTER, {})
    content = spoil(written(RETURNS, kind, lang, with_faults=False), kind)
    received = pd.Timestamp("2026-04-20")
    found = assess(content, f"returns.{kind}", source, catalogue, submission_id="s", received_at=received)
    return list(found.findings.to_frame()["rule"])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("rule_id", "kind", "spoil", "changes"),
    [(rule_id, kind, spoil, changes) for rule_id, kinds, spoil, changes in CASES for kind in kinds],
    ids=[f"{rule_id}-{kind}" for rule_id, kinds, _, _ in CASES for kind in kinds],
)
def test_a_file_with_one_mistake_has_that_finding_alone(
    rule_id: str, kind: Kind, spoil: Spoil, changes: dict[str, Any], lang: Lang
) -> None:
    assert judged_rules(kind, lang, spoil, changes) == [rule_id]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_above_the_bound_of_held_rows_the_whole_file_is_held(kind: Kind, lang: Lang) -> None:
    found = judged_rules(kind, lang, with_empty("reference", 2), {"bounds": {"held_rate": 0.2}})
    assert found == ["bounds.held_rate", "value.required", "value.required"]
