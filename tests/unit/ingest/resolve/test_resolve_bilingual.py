"""Cells that say one thing in two languages, or by name and code."""

from __future__ import annotations

from pathlib import Path

import pytest
from resolving_cases import Resolving, listed, rules

from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register


@pytest.mark.parametrize(
    "typed",
    [
        "Mafraq / المفرق",
        "المفرق/Mafraq",
        "المفرق (JO-MA)",
        "JO-MA المفرق",
        "Mafraq - المفرق",
        "Mafraq\nالمفرق",
        "Mafraq | JO-MA",
    ],
)
def test_a_place_said_twice_is_known(resolve_column: Resolving, typed: str) -> None:
    resolved = resolve_column([typed], "place")
    assert (listed(resolved.frame["thing_id"]), rules(resolved)) == (["JO-MA"], [])


@pytest.mark.parametrize(
    "typed", ["Mafraq / إربد", "Mafraq / المفرقق", "Mafraq / Mafraq", "Mafraq (north)", "Mafraq /"]
)
def test_sides_that_differ_or_are_unknown_hold_the_row(resolve_column: Resolving, typed: str) -> None:
    resolved = resolve_column([typed], "place")
    assert (listed(resolved.frame["thing_id"]), rules(resolved)) == ([None], ["name.place"])


def test_organisations_indicators_and_codes_said_twice(resolve_column: Resolving) -> None:
    partner = resolve_column(["UNHCR (XM-DAC-41121)", "UNHCR / UNICEF"], "organisation")
    assert listed(partner.frame["thing_id"])[0] == "XM-DAC-41121"
    assert rules(partner) == ["name.organisation"]
    indicator = resolve_column(["Unemployment rate / معدل البطالة"], "indicator")
    assert listed(indicator.frame["thing_id"]) == ["BSF2-UNEMP"]
    code = resolve_column(["2 - Implementation", "2 / 3"], "code", codelist="activity_status")
    assert listed(code.frame["thing"]) == ["2", None]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("{field: place, scheme: iso3166-3}", "`iso3166-3` is not a scheme of place codes. Did you mean `iso3166-2`?"),
        ("{field: place, scheme: iso3166-3, unknown: keep}", None),
        ("{field: place, scheme: unhcr-progres}", None),
        ("{field: partner, scheme: xm-dca}", "`xm-dca` is not a scheme of organisation codes. Did you mean `xm-dac`?"),
        ("{field: partner, scheme: xm-dac}", None),
    ],
)
def test_a_scheme_that_no_crosswalk_holds_is_refused(
    register: Register, tmp_path: Path, column: str, said: str | None
) -> None:
    import yaml

    definition = {
        "title": "Returns",
        "publisher": "GB-GOV-11",
        "format": {"kind": "csv"},
        "cadence": {"every": "quarter"},
        "feeds": "activity",
        "key": ["reference"],
        "columns": [{"field": "reference"}, yaml.safe_load(column)],
    }
    problems = check_source(Source.model_validate(definition).located("returns", tmp_path, "x"), register)
    assert len(problems) == (said is not None)
    assert said is None or said in problems[0]
