"""Paths that pages name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
_PATH = re.compile(r"`([\w./-]+/[\w-]+\.(?:py|yml|csv|md|sql))`")


def test_engines_that_pages_name_are_in_the_lock() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
    named = {name for page in pages for name in re.findall(r"to_(pandas|polars|pyarrow)\(", page.read_text("utf-8"))}
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert named == {"pandas", "polars", "pyarrow"}
    assert [name for name in named if f"\n{name}==" not in lock] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_path_in_a_page_exists(page: Path) -> None:
    named = set(_PATH.findall(page.read_text("utf-8")))
    places = (ROOT, ROOT / "idtracker", ROOT / "sources", page.parent)
    # names that begin with `_` stand in a programme of a reader, not here
    gone = sorted(p for p in named if not any((place / p).exists() for place in places) and not p.startswith("_"))
    assert gone == []
