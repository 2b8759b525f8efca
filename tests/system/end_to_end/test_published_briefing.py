"""The briefing in the publication of the bundled programme: it proves itself, and its pages hold in a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from conftest import RunHome  # type: ignore[attr-defined]

from tests.support.publications.briefing_browser import axe_script, browser_path, framed, opened, told_of

PAGES = ("index", "tracker/JO-MA", "integration", "framework-K7", "judgements", "methods")


def test_the_run_names_a_briefing_that_proves_itself(programme: RunHome) -> None:
    report = json.loads((programme.path / "report.json").read_text("utf-8"))
    page = programme.published / "briefing" / Path(report["briefings"]["hmg"]).name
    assert page.is_file() and Path(report["briefings"]["hmg"]).parts[-5:] == page.parts[-5:]
    done = subprocess.run(
        [sys.executable, str(page.parent / "verify_briefing.py")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1]
    assert done.returncode == 0 and last.startswith("all of it holds"), done.stdout[:2000]
    assert f"publication {programme.published.name}" in last


def test_its_pages_are_accessible_in_both_languages(programme: RunHome, tmp_path: Path) -> None:
    site = programme.published / "briefing"
    names = [f"{lang}/{page}.html" for lang in ("en", "ar") for page in PAGES]
    pages = {name: ((site / name).read_text("utf-8"), 1100) for name in names}
    assert max(len(text.encode()) for text, _ in pages.values()) < 3 << 20
    (tmp_path / "frames.html").write_text(framed(site, axe_script(), pages), "utf-8")
    told = told_of(opened(browser_path(), tmp_path / "frames.html", tmp_path / "profile")[0])
    assert set(told) == set(names)
    for name, one in told.items():
        assert (name, one["violations"], one["hidden"], one["ran"]) == (name, [], [], "nothing")
