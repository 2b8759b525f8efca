"""A row is released to groups of a declared list: a code that is none is an error of the definition, with the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.discover import load_source
from idtracker.model.config.programme import load_programme
from idtracker.model.errors import DefinitionError
from idtracker.model.marking import marking_of
from idtracker.model.register.register import Register

SOURCE = """\
title: Border capacity
publisher: GB-GOV-6
format: {kind: csv}
cadence: {every: month}
feeds: observation
key: [indicator, place, period]
columns: [{field: indicator}, {field: place}, {field: period}, {field: value}]
handling: {releasable_to: [%s]}
"""


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


def problems(folder: Path, register: Register, codes: str, *groups: str) -> list[str]:
    (folder / "border").mkdir(exist_ok=True)
    (folder / "border" / "source.yml").write_text(SOURCE % codes, "utf-8")
    source = load_source(folder / "border")
    found = check_source(source, register, groups) if groups else check_source(source, register)
    return [p.partition("source.yml:")[2] for p in found]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("PARTNRES", "PARTNERS"),
        ("hmg", "HMG"),
        ("PUBLC", "PUBLIC"),
        ("originator", "ORIGINATOR"),
        ("GB-GOV-111", "GB-GOV-11"),
    ],
)
def test_a_typo_in_a_source_names_the_nearest(tmp_path: Path, register: Register, typed: str, meant: str) -> None:
    assert problems(tmp_path, register, f"HMG, {typed}") == [
        f"8: handling: releasable_to: `{typed}` is not a group of this programme; did you mean `{meant}`?"
    ]


def test_codes_of_the_list_organisations_and_the_originator_are_known(tmp_path: Path, register: Register) -> None:
    assert problems(tmp_path, register, "HMG, PARTNERS, PUBLIC, ORIGINATOR, GB-GOV-11") == []
    assert problems(tmp_path, register, "EMBASSY", "EMBASSY", "NGO") == []
    assert (
        "is not a group of this programme (one of: EMBASSY, NGO)"
        in problems(tmp_path, register, "HMG", "EMBASSY", "NGO")[0]
    )


def test_a_programme_declares_its_groups_and_marks_its_register(tmp_path: Path) -> None:
    path = tmp_path / "programme.yml"
    path.write_text("title: x\ncountry: JO\n", "utf-8")
    assert load_programme(tmp_path).groups == ["HMG", "PARTNERS", "PUBLIC"]
    assert load_programme(tmp_path).marking == marking_of("OFFICIAL", "HMG")
    path.write_text("title: x\ncountry: JO\ngroups: [EMBASSY, NGO]\n", "utf-8")
    assert load_programme(tmp_path).marking == marking_of("OFFICIAL", "EMBASSY")
    path.write_text(
        "title: x\ncountry: JO\nhandling: {classification: OFFICIAL-SENSITIVE, releasable_to: [HMG, PUBLIC]}\n", "utf-8"
    )
    assert load_programme(tmp_path).marking == marking_of("OFFICIAL-SENSITIVE", "HMG;PUBLIC")


def test_a_typo_in_the_programme_names_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "programme.yml"
    path.write_text("title: x\ncountry: JO\ngroups: [HMG, PARTNERS]\nhandling: {releasable_to: [PARTNER]}\n", "utf-8")
    with pytest.raises(DefinitionError, match=r"programme.yml:4: .*`PARTNER` is not a group.*did you mean `PARTNERS`"):
        load_programme(tmp_path)
    path.write_text("title: x\ncountry: JO\ngroups: [hmg]\n", "utf-8")
    with pytest.raises(DefinitionError, match="groups"):
        load_programme(tmp_path)
