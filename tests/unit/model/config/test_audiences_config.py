"""Audiences in programme.yml: what they may see, and a definition that cannot be meant is refused with its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.config.programme import load_programme
from idtracker.model.errors import DefinitionError
from idtracker.model.marking import Marking
from idtracker.model.published.audience import OWNER
from tests.support.small_programme import write_programme

HEAD = "title: Programme\ncountry: JO\n"


def loaded(folder: Path, text: str) -> object:
    (folder / "programme.yml").write_text(HEAD + dedent(text), "utf-8")
    return load_programme(folder)


def test_the_owner_is_always_there_and_first(tmp_path: Path) -> None:
    programme = load_programme(tmp_path)
    assert list(programme.audience_by_id.values()) == [OWNER]
    assert OWNER.sees(Marking("OFFICIAL-SENSITIVE", frozenset())) and OWNER.sees_held_rows


def test_an_audience_is_read_with_everything_it_says(tmp_path: Path) -> None:
    text = """\
        groups: [HMG, PARTNERS, PUBLIC]
        handling: {releasable_to: [HMG, PARTNERS]}
        audiences:
          - id: partners
            title: Partners
            groups: [PARTNERS, XM-DAC-41114, PARTNERS]
            clearance: OFFICIAL-SENSITIVE
            smallest_count: 3
            delay_days: 2
            embargoes: [{until: "2026-12-01T12:00:00+03:00", periods: [2026-Q3]}]
            languages: [ar]
            tlp: AMBER+STRICT
        """
    audience = loaded(tmp_path, text).audience_by_id["partners"]  # type: ignore[attr-defined]
    assert audience.groups == ("PARTNERS", "XM-DAC-41114")
    assert (
        audience.delay == timedelta(days=2)
        and audience.smallest_count == 3
        and audience.languages == ("ar",)
        and audience.tlp == "AMBER+STRICT"
    )
    until = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert [e.until for e in audience.embargoed(until - timedelta(seconds=1))] == [until]
    assert audience.embargoed(until) == () == audience.embargoed(until + timedelta(seconds=1))
    assert not audience.sees_held_rows
    assert audience.shown(Marking("OFFICIAL", frozenset({"HMG", "PUBLIC", "XM-DAC-41114"}))).groups == {
        "PARTNERS",
        "XM-DAC-41114",
    }


@pytest.mark.parametrize(
    ("audiences", "problem"),
    [
        ("{id: hmg, title: A, groups: [PARTNERS]}", "`hmg` is the name of another audience"),
        (
            "{id: a, title: A, groups: [PARTNERS]}, {id: a, title: B, groups: [PARTNERS]}",
            "`a` is the name of another audience",
        ),
        ("{id: a, title: A, groups: [PARTNER]}", "did you mean `PARTNERS`?"),
        ("{id: a, title: A, groups: []}", "at least 1"),
        ("{id: a, title: A, groups: [PUBLIC]}", "may not see the places, organisations and indicators"),
        ("{id: ../a, title: A, groups: [PARTNERS]}", "id"),
        ("{id: a, title: A, groups: [PARTNERS], smallest_count: -1}", "smallest_count"),
        (
            "{id: a, title: A, groups: [PARTNERS], embargoes: [{until: 2026-12-01T09:00:00}]}",
            "an instant needs its zone",
        ),
        ("{id: a, title: A, groups: [PARTNERS], sees_everything: true}", "sees_everything"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, audiences: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, f"handling: {{releasable_to: [HMG, PARTNERS]}}\naudiences: [{audiences}]\n")
    assert problem in str(refused.value) and "programme.yml" in str(refused.value)


@pytest.mark.parametrize(
    ("embargo", "problem"),
    [("sources: [surveys]", "no source `surveys`"), ("indicators: [NOISE]", "no indicator `NOISE`")],
)
def test_an_embargo_of_nothing_is_refused(tmp_path: Path, embargo: str, problem: str) -> None:
    text = f"""\
        title: Programme
        country: JO
        handling: {{releasable_to: [HMG, PARTNERS]}}
        audiences:
          - {{id: a, title: A, groups: [PARTNERS], embargoes: [{{until: "2026-12-01T09:00:00Z", {embargo}}}]}}
        """
    with pytest.raises(DefinitionError, match=problem):
        load_catalogue(write_programme(tmp_path / "sources", programme=text))


def test_formats_are_those_of_the_programme_unless_an_audience_names_its_own(tmp_path: Path) -> None:
    two = "audiences: [{id: a, title: A, groups: [PARTNERS]}, {id: b, title: B, groups: [PARTNERS], formats: [csv]}, {id: c, title: C, groups: [PARTNERS], formats: []}]\n"
    head = "handling: {releasable_to: [HMG, PARTNERS]}\n"
    for text, programmes in (("", ("xlsx",)), ("formats: [gpkg, xlsx]\n", ("gpkg", "xlsx")), ("formats: []\n", ())):
        programme = loaded(tmp_path, head + text + two)
        formats = {a.id: a.formats for a in programme.audience_by_id.values()}  # type: ignore[attr-defined]
        assert formats == {"hmg": programmes, "a": programmes, "b": ("csv",), "c": ()}


@pytest.mark.parametrize(
    ("formats", "problem"),
    [("[csv, xlsx, csv]", "`csv` stands twice"), ("[xsl]", "xlsx"), ("xlsx", "list"), ("[1]", "formats")],
)
@pytest.mark.parametrize("of_audience", [False, True])
def test_formats_that_cannot_be_meant_are_refused(
    tmp_path: Path, formats: str, problem: str, of_audience: bool
) -> None:
    head = "handling: {releasable_to: [HMG, PARTNERS]}\n"
    own = f"audiences: [{{id: a, title: A, groups: [PARTNERS], formats: {formats}}}]"
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, head + (own if of_audience else f"formats: {formats}"))
    assert problem in str(refused.value) and "formats" in str(refused.value)
