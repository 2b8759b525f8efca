"""What the pages of a briefing say of a few rows: figures as published, claims that hold, hostile and missing data in clear words."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from idtracker.model.published.figure_address import key_columns, parse_address
from idtracker.publish.briefing.write_briefing import write_briefing
from tests.unit.publish.briefing.small_publication import (
    HOSTILE,
    LONG_ARABIC,
    small_rows,
    tree_of,
    words_of,
    write_publication,
)

PLACE = "tracker/XX-_22_1_22_.html"


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_publication(tmp_path_factory.mktemp("small") / "published", small_rows())


@pytest.fixture(scope="module")
def site(publication: Path) -> Path:
    target = publication.parent / "site"
    write_briefing(publication, target, "Readers & friends", "OFFICIAL-SENSITIVE · HMG")
    return target


def pages_of(site: Path) -> list[Path]:
    return sorted(path for lang in ("en", "ar") for path in (site / lang).rglob("*.html"))


def test_every_figure_is_the_published_value(site: Path, publication: Path) -> None:
    connection = duckdb.connect(str(publication / "idtracker.duckdb"), read_only=True)
    seen: set[str] = set()
    for page in pages_of(site):
        for figure in tree_of(page).xpath('//data[@class="figure"]'):
            address = parse_address(figure.get("data-address"))
            where = " AND ".join(f"coalesce(CAST({name} AS VARCHAR), '') = ?" for name in key_columns(address.table))
            sql = f"SELECT {address.column} FROM {address.table} WHERE {where}"
            sql += " AND recorded_to IS NULL" if key_columns(address.table) == ("fact_id",) else ""
            found = connection.execute(sql, list(address.key)).fetchall()
            assert len(found) == 1, address
            value = found[0][0]
            assert figure.get("value") == ("" if value is None else repr(value)), address
            shown = "–" if value is None else f"{value:.{figure.get('data-digits')}f}"
            assert figure.text == (
                "0" + shown.removeprefix("-0") if shown.strip("-0.") == "" and shown != "–" else shown
            )
            seen.add(address.table)
    assert seen >= {
        "score", "score_uncertainty", "score_change", "merged_cell", "cell_report", "observation", "missing_report",
        "metric_value", "band_probability", "rank_acceptability",
    }  # fmt: skip


def test_every_count_is_the_number_of_rows(site: Path, publication: Path) -> None:
    connection = duckdb.connect(str(publication / "idtracker.duckdb"), read_only=True)
    counts = [count for page in pages_of(site) for count in tree_of(page).xpath('//data[@class="count"]')]
    assert {count.get("data-table") for count in counts} >= {"warning", "freshness", "score_change"}
    for count in counts:
        wanted = json.loads(count.get("data-where"))
        where = " AND ".join(f"{name} IS NOT DISTINCT FROM ?" for name in wanted)
        sql = f"SELECT count(*) FROM {count.get('data-table')} WHERE {where}"
        assert count.get("value") == count.text == str(connection.execute(sql, list(wanted.values())).fetchall()[0][0])


def test_pages_are_built_alike_in_both_languages(site: Path) -> None:
    english, arabic = (
        [p.relative_to(site / lang) for p in pages_of(site) if p.is_relative_to(site / lang)] for lang in ("en", "ar")
    )
    assert english == arabic
    assert len(english) >= 6
    for page in pages_of(site):
        tree, lang = tree_of(page), page.relative_to(site).parts[0]
        assert (tree.get("lang"), tree.get("dir")) == (lang, "rtl" if lang == "ar" else "ltr")
        assert [len(tree.xpath(f"//{name}")) for name in ("main", "h1", "script")] == [1, 1, 0]
        assert tree.xpath('//a[@class="skip"]/@href') == ["#main"]
        assert [mark.text_content() for mark in tree.xpath('//*[@class="marking"]')] == ["OFFICIAL-SENSITIVE · HMG"] * 2
        text = words_of(page)
        assert "Invented figures." in text
        assert "2026-07-31T00:00:00Z" in text
        assert "2026-07-31-ab12cd34ef56" in text
        assert len(tree.xpath("//table")) == len(
            tree.xpath("//table[thead//th[@scope='col'] and tbody//th[@scope='row']]")
        )
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)) > 2
        for href in tree.xpath("//a/@href | //link/@href"):
            target, _, anchor = href.partition("#")
            leads_to = (page.parent / target).resolve() if target else page.resolve()
            assert leads_to.is_file(), (page, href)
            assert not anchor or anchor in tree_of(leads_to).xpath("//@id"), (page, href)


def test_hostile_names_are_text(site: Path) -> None:
    for page in pages_of(site):
        content = page.read_text("utf-8")
        assert "<script" not in content
        assert "\u202e" not in content
    assert HOSTILE.rstrip("\u202e") in words_of(site / "en" / PLACE)
    assert "=cmd<b>.csv" in words_of(site / "en" / PLACE)
    assert "Agree <i>it</i>" in words_of(site / "en" / "index.html")
    assert LONG_ARABIC in words_of(site / "ar" / "index.html")
    assert all(
        set(p.name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") for p in site.rglob("*")
    )


def test_a_change_is_claimed_only_beyond_its_interval(site: Path) -> None:
    """The country moved by -2.08 within -5.0 to +0.4, the first place by -17.5 within -20.0 to -12.5."""
    text = words_of(site / "en" / "index.html")
    assert (
        "change of -2.1 may be anything between these bounds: -5.0 to +0.4. It cannot be told apart from no change."
        in text
    )
    assert "fell: change -17.5 (-20.0 to -12.5)" in text
    assert "The published score of Xland fell from 61.0 to 59.0 between 2026-Q1 and 2026-Q2." in text
    assert "The largest of 2 parts" in text
    assert "a fall." in words_of(site / "en" / PLACE)


def test_a_metric_is_said_to_have_moved_only_where_intervals_lie_apart(site: Path) -> None:
    rows = tree_of(site / "en" / "index.html").xpath('//section[@id="integration"]//tbody/tr')
    said = {row.xpath("th")[0].text_content().split()[0]: row.xpath("td")[-1].text_content() for row in rows}
    assert said == {
        "IM-01": "rose",
        "IM-02": "intervals overlap; no claim",
        "IM-03": "no interval; no claim",
        "IM-04": "no_units",
    }
    claims = tree_of(site / "en" / "index.html").xpath('//section[@id="integration"]//li')
    assert [" ".join(claim.text_content().split()) for claim in claims] == [
        "Joint analysis share rose from 40.00 % to 60.00 %, more than its uncertainty."
    ]


def test_a_withheld_score_says_so(site: Path) -> None:
    for lang, words in (
        ("en", "No score is given: too little is reported (completeness 0.25)."),
        ("ar", "لا تُعطى درجة"),
    ):
        page = site / lang / "tracker" / "XX-2.html"
        assert words in words_of(page)
        lead = tree_of(page).xpath('//*[@class="lead"]//data[@class="figure"]')[0]
        assert (lead.text, lead.get("value")) == ("–", "")
    row = tree_of(site / "en" / "tracker.html").xpath('//section[@id="places"]//tr[th/a[text()="Second"]]')[0]
    assert "withheld" in row.text_content()


def test_a_cell_that_is_carried_on_shows_the_report_it_is_from(site: Path) -> None:
    text = words_of(site / "en" / PLACE)
    assert "carried forward from 2026-Q1; reports disagree" in text
    cells = tree_of(site / "en" / PLACE).xpath('//*[@id="cell-I1"]//tbody//*[self::th or self::td]')
    assert {"Statistics", "f1", "f2", "s1", "7.12", "12.5"} <= {cell.text_content() for cell in cells}


def test_quarters_keep_their_order_in_arabic(site: Path) -> None:
    title = tree_of(site / "ar" / "tracker" / "XX.html").xpath('//section[@id="score"]/h2/bdi')
    assert [(part.get("dir"), part.text) for part in title] == [("ltr", "2026-Q2")]
    caption = tree_of(site / "ar" / "index.html").xpath('//section[@id="integration"]//figcaption//bdi')
    assert [(part.get("dir"), part.text) for part in caption] == [
        ("ltr", "2026-Q1"),
        ("ltr", "2026-Q2"),
    ]  # after a letter as well


def test_nothing_scored_is_said_on_every_page(tmp_path: Path) -> None:
    rows = small_rows()
    rows["score"] = [{**row, "score": None, "low": None, "high": None, "band": None} for row in rows["score"]]
    write_briefing(write_publication(tmp_path / "p", rows), tmp_path / "site", "R", "OFFICIAL")
    for name in ("index", "minister", "tracker"):
        words = words_of(tmp_path / "site" / "en" / f"{name}.html")
        assert "Nothing is scored" in words or "No place has a score" in words
        figures = tree_of(tmp_path / "site" / "en" / f"{name}.html").xpath(
            '//data[starts-with(@data-address, "score/")]'
        )
        assert figures == []
    assert not (tmp_path / "site" / "en" / "tracker").exists()


@pytest.mark.parametrize("has_tables", [True, False])
def test_tables_without_rows_and_no_tables_are_said(tmp_path: Path, has_tables: bool) -> None:
    rows = {name: [] for name in small_rows()} if has_tables else {"place": []}
    write_briefing(write_publication(tmp_path / "p", rows), tmp_path / "site", "R", "OFFICIAL")
    text = words_of(tmp_path / "site" / "en" / "index.html")
    for said in (
        "Nothing is scored in this publication", "No warning stands.", "does not say which reports are owed",
        "no integration metrics of two quarters", "No round of the tracker has recorded actions",
    ):  # fmt: skip
        assert said in text
    assert tree_of(tmp_path / "site" / "en" / "index.html").xpath("//data") == []


@pytest.mark.parametrize(("known", "pictures"), [(['XX-"1"', "XX-2"], 2), (["XX-2"], 1)])
def test_a_map_stands_above_the_intervals_where_every_place_has_a_boundary(
    tmp_path: Path, known: list[str], pictures: int
) -> None:
    rows = {name: entries for name, entries in small_rows().items() if name in ("place", "score", "method")}
    folder = write_publication(tmp_path / "p", rows)
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    features = [{"type": "Feature", "properties": {"place_id": place}, "geometry": square} for place in known]
    told = [{"source": "x", "en": "Boundaries by <b>Somebody</b>", "ar": "الحدود من جهة ما"}]
    (folder / "boundaries.geojson").write_text(json.dumps({"features": features, "attributions": told}), "utf-8")
    write_briefing(folder, tmp_path / "site", "R", "OFFICIAL")
    section = tree_of(tmp_path / "site" / "en" / "tracker.html").xpath('//section[@id="map"]')[0]
    assert len(section.xpath('.//*[local-name()="svg"]')) == pictures
    assert ("Boundaries by <b>Somebody</b>" in section.text_content()) == (pictures == 2)
    assert ("الحدود من جهة ما" in words_of(tmp_path / "site" / "ar" / "tracker.html")) == (pictures == 2)


def test_without_redrawn_scores_no_change_is_claimed(tmp_path: Path) -> None:
    rows = {
        name: entries
        for name, entries in small_rows().items()
        if not name.startswith(("score_unc", "trend", "band_p", "rank"))
    }
    write_briefing(write_publication(tmp_path / "p", rows), tmp_path / "site", "R", "OFFICIAL", ("en",))
    text = words_of(tmp_path / "site" / "en" / "index.html")
    assert "cannot be said from this publication, so none is claimed" in text
    assert "no redrawn rankings" in words_of(tmp_path / "site" / "en" / "tracker.html")
