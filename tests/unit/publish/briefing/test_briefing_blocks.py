"""A briefing is the same however many places are read at a time, and bounded where there are many."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from idtracker.publish.briefing import by_place
from idtracker.publish.briefing.by_place import RowsByPlace
from idtracker.publish.briefing.pages import tracker
from idtracker.publish.briefing.parts import Page, Section, SectionsWhenRead
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.write_briefing import write_briefing
from tests.unit.publish.briefing.small_publication import small_rows, tree_of, write_publication


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_one_place_at_a_time_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_publication(tmp_path / "p", small_rows())
    write_briefing(folder, tmp_path / "some", "R", "OFFICIAL", ("ar",))
    monkeypatch.setattr(by_place, "PLACES_AT_ONCE", 1)
    write_briefing(folder, tmp_path / "one", "R", "OFFICIAL", ("ar",))
    some, one = files_of(tmp_path / "some"), files_of(tmp_path / "one")
    assert len([name for name in some if name.startswith("ar/tracker/")]) > 1
    assert any(b"fold" in text and name.startswith("ar/tracker/") for name, text in some.items())
    assert some == one


def test_each_row_is_read_once_in_the_order_of_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_place, "PLACES_AT_ONCE", 2)
    connection, places = duckdb.connect(), ["c", "a", "d", "b"]
    connection.execute("CREATE TABLE t AS SELECT chr(97 + range::INT % 6) AS place_id, range AS n FROM range(60)")
    asked: list[str] = []

    def select(here: str) -> str:
        asked.append(here)
        return f"SELECT * FROM t WHERE {here} ORDER BY n DESC"

    rows = RowsByPlace(PublishedRows(connection), places, select)
    for place in (*places, "e"):
        expected = [n for n in range(59, -1, -1) if "abcdef"[n % 6] == place]
        assert len(expected) == 10 and [row["n"] for row in rows.of(place)] == expected
    assert asked == ["place_id IN ('c', 'a')", "place_id IN ('d', 'b')", "place_id IN ('e')"]
    assert rows.of("nowhere") == []


@pytest.mark.parametrize(("lang", "said"), [("en", "too many places"), ("ar", "عدد الأماكن أكبر")])
def test_many_places_are_drawn_and_listed_in_the_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    rows = small_rows()
    folder = write_publication(tmp_path / "p", rows)
    shares = [row for row in rows["rank_acceptability"] if row["period"] == "2026-Q2"]
    files, lines = {}, {}
    for most in (60, 0):
        monkeypatch.setattr(tracker, "MOST_DRAWN", most)
        write_briefing(folder, tmp_path / str(most), "R", "OFFICIAL", (lang,))
        tree = tree_of(tmp_path / str(most) / lang / "tracker.html")
        sections = {name: tree.xpath(f'//section[@id="{name}"]')[0] for name in ("over-time", "parts", "ranks")}
        assert {(said in section.text_content()) for section in sections.values()} == {most == 0}
        assert len(tree.xpath('//*[local-name()="svg"]')) == (3 if most else 0)
        lines[most] = {name: len(section.xpath(".//tbody/tr[not(td/@colspan)]")) for name, section in sections.items()}
        assert len(tree.xpath('//section[@id="places"]//tbody/tr')) == 2
        files[most] = {path.name: path.read_bytes() for path in (tmp_path / str(most) / "data").iterdir()}
    assert set(lines[0].values()) == {0} and 0 not in lines[60].values()
    assert files[0] == files[60] and "places-over-time.csv" in files[0]
    assert len(list(csv.DictReader(files[0]["ranks.csv"].decode("utf-8-sig").splitlines()))) == len(shares) > 0


def test_sections_of_a_page_are_made_when_they_are_read() -> None:
    made: list[int] = []

    def make() -> list[Section]:
        made.append(1)
        return [Section("a", "A", []), Section("b", "B", [])]

    page = Page("a.html", "A", SectionsWhenRead(make))
    assert not made
    assert [section.id for section in page.sections] == ["a", "b"] and len(page.sections) == 2
    assert page.sections[1].id == "b" and [s.id for s in page.sections[:1]] == ["a"] and len(made) == 4
