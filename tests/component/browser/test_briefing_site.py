"""The briefing in a real browser: accessible in both languages, without a console message and without a network, by keyboard."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from idtracker.publish.briefing.write_briefing import write_briefing
from tests.support.publications.briefing_browser import axe_script, browser_path, framed, opened, told_of
from tests.unit.publish.briefing.small_publication import small_rows, write_publication

WIDTH = 1100
SHEET = 680
"""Pixels of A4 between the margins of the style sheet: 180 mm."""
NO_AXE = "var axe = {run: function () { return Promise.resolve({violations: []}); }};"


@pytest.fixture(scope="module")
def browser() -> str:
    return browser_path()


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_script()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("briefing")
    write_briefing(
        write_publication(folder / "published", small_rows()), folder / "site", "Readers", "OFFICIAL-SENSITIVE · HMG"
    )
    return folder / "site"


def test_every_page_is_accessible_by_sight_ear_and_keyboard(browser: str, axe: str, site: Path, tmp_path: Path) -> None:
    names = sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html"))
    pages = {name: ((site / name).read_text("utf-8"), WIDTH) for name in names}
    for lang in ("en", "ar"):  # a telephone
        pages[f"{lang}/index.html|small"] = (pages[f"{lang}/index.html"][0], 360)
    spoiled = (
        pages["en/tracker.html"][0]
        .replace(' lang="en"', "")
        .replace("</main>", '<img src="x"><p style="color:#bbb">too light to read</p></main>')
    )
    pages["en/tracker.html|spoiled"] = (spoiled.replace('href="../assets/briefing.css"', 'href="gone.css"'), WIDTH)
    (tmp_path / "frames.html").write_text(framed(site, axe, pages), "utf-8")
    told = told_of(opened(browser, tmp_path / "frames.html", tmp_path / "profile")[0])
    assert set(told) == set(pages)
    bad = told.pop("en/tracker.html|spoiled")
    assert {v.partition(":")[0] for v in bad["violations"]} >= {"html-has-lang", "image-alt", "color-contrast"}
    assert bad["styled"] != "center"
    assert len(told) >= 14
    for name, one in told.items():
        assert (name, one["violations"], one["wider"], one["hidden"], one["ran"]) == (name, [], 0, [], "nothing")
        assert one["styled"] == "center", "the style sheet was read"
        assert one["first"] == "skip" or name == "index.html"
        assert one["stops"] > (5 if "/" in name else 1)


def test_no_printed_page_is_wider_than_its_sheet(browser: str, site: Path, tmp_path: Path) -> None:
    """The rules for print are made to hold on the screen: a browser would make all of a page smaller, or cut it off."""
    printed = tmp_path / "printed"
    shutil.copytree(site, printed)
    sheet = printed / "assets" / "briefing.css"
    rules = sheet.read_text("utf-8")
    sheet.write_text(rules.replace("@media print {", "@media all {"), "utf-8")
    names = sorted(p.relative_to(printed).as_posix() for p in printed.glob("*/*.html"))
    pages = {name: ((printed / name).read_text("utf-8"), SHEET) for name in names}
    wide = '<div class="scroll"><table><tr><td><div style="width: 800px">wide</div></td></tr></table></div></main>'
    pages["en/index.html|spoiled"] = (pages["en/index.html"][0].replace("</main>", wide), SHEET)
    (tmp_path / "frames.html").write_text(framed(printed, NO_AXE, pages), "utf-8")
    told = told_of(opened(browser, tmp_path / "frames.html", tmp_path / "profile")[0])
    assert rules.count("@media print {") == 1 and set(told) == set(pages)
    assert told.pop("en/index.html|spoiled")["wider"] > 0
    assert {name: one["wider"] for name, one in told.items() if one["wider"]} == {}


def test_a_page_opens_from_a_file_without_a_message_or_a_request(browser: str, site: Path, tmp_path: Path) -> None:
    for lang in ("en", "ar"):
        shown, said = opened(browser, site / lang / "index.html", tmp_path / "profile")
        assert "</html>" in shown
        assert not re.findall(r"CONSOLE", said), said
    texts = {path: path.read_text("utf-8") for path in site.rglob("*") if path.suffix in (".html", ".css")}
    assert len(texts) > 14
    for path, text in texts.items():
        plain = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert re.findall(r"https?:|(?:src|href|url)\s*[=(]\s*[\"']?//|@import|javascript:", plain) == [], path
    outside = '<img alt="x" src="http://example.invalid/x.png"><script>1</script></main>'
    bad = site / "en" / "bad.html"
    bad.write_text((site / "en" / "index.html").read_text("utf-8").replace("</main>", outside), "utf-8")
    try:
        assert re.findall(r"CONSOLE", opened(browser, bad, tmp_path / "profile")[1]), (
            "the policy of the page stops what is outside"
        )
    finally:
        bad.unlink()
