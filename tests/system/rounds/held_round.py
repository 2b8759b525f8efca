"""A round held over a small home, and what its tests ask of it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.cli.output import installed
from idtracker.model.home import Home
from tests.support.cli_programme import Program
from tests.support.runs import METRICS, SUITES, runner_without
from tests.support.small_programme import (
    INDICATORS,
    PRODUCTS_HEAD,
    PROGRAMME,
    SURVEY_HEAD,
    drop,
    text_of,
    write_programme,
)

LIVING = PROGRAMME.replace("clock: 2026-02-10\n", "").replace("last: 2025-Q4", "last: 2026-Q1")
BY = ("--by", "joint analysis team")
RECORD = """\
---
attended: [GB-GOV-1, GB-GOV-8]
actions:
  - {text: {en: Ask Zarqa again., ar: اسألوا الزرقاء من جديد.}, owner: GB-GOV-24, due: 2026-02-01}
  - {text: Tell the ministry., owner: GB-GOV-1, due: 2199-01-01}
  - {text: Thank the reporters., owner: GB-GOV-1, due: 2026-02-01, done: 2026-01-30}
---
Water is scarce.
"""


def _quick(group: str, remedy: str) -> object:
    return runner_without(SUITES) if group == "idtracker.orchestrator" else installed(group, remedy)


def _few(group: str, remedy: str) -> object:
    left_out = (SUITES, "tracker/uncertainty", "tracker/judgements", "tracker/warnings", METRICS)
    return runner_without(*left_out) if group == "idtracker.orchestrator" else installed(group, remedy)


def run_again(program: Program, code: int | None = 0) -> None:
    """A run without the steps that have nothing to do with rounds; its exit code (None: any)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("idtracker.cli.output.installed", _few)
        program("run", code=code)


def rows(quarter: str, **values: int) -> list[str]:
    """Both indicators in both governorates and the country: 60 and 25, where nothing else is named."""
    places = ("Zarqa", "Karak", "Jordan")
    return [f"{i},{p},{quarter},{values.get(f'{i}_{p}', v)}" for i, v in (("VOICE", 60), ("WORK", 25)) for p in places]


def hold(home: Home) -> None:
    """A round of 2025-Q4 with a cut-off on 20 January, held on the 25th; one file came in time, one after."""
    write_programme(home.sources, programme=LIVING, indicators=INDICATORS.replace(",adm1,", ",both,"))
    root, program = home.root, Program(home)
    drop(root, "survey", "survey_2025-Q4.csv", text_of(SURVEY_HEAD, rows("2025-Q4")), "2026-01-10T09:00:00Z")
    products = [f"P-{n},SITREP,2026-02-0{n}" for n in range(1, 6)]
    drop(root, "products", "products_1.csv", text_of(PRODUCTS_HEAD, products), "2026-03-06T09:00:00Z")
    record = root.parent / "record.md"
    record.write_text(RECORD, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("idtracker.cli.output.installed", _quick)
        program("run")
        program("round", "open", "2025-Q4", "--cutoff", "2026-01-20T12:00:00Z", "--held-on", "2026-01-25", *BY)
        program("round", "freeze", "2025-Q4", *BY)
        program("round", "publish", "2025-Q4", *BY, "--record", record)
        changed = rows("2025-Q4", VOICE_Jordan=50, VOICE_Zarqa=40)
        drop(root, "survey", "survey_2025-Q4_v2.csv", text_of(SURVEY_HEAD, changed), "2026-02-01T09:00:00Z")
        program("run")


def shown(program: Program, *words: str, code: int = 0) -> dict[str, Any]:
    document: dict[str, Any] = program.document("round", "show", "2025-Q4", *words, code=code)
    jsonschema.Draft202012Validator(schema_of("round show")).validate(document)
    return document


def files(home: Home) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (home.published / "hmg" / "rounds" / "2025-Q4").iterdir()}


def query(program: Program, sql: str) -> Any:
    return program.document("query", sql)
