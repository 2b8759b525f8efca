"""The pages of the site, before MkDocs makes them HTML: all of them are there, links hold, and the Python API is real."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from pkgutil import resolve_name

import pytest
import yaml

from docs_builder.reference_pages import REFERENCE, SCHEMAS
from docs_builder.site import DECISIONS, PAGES, PYTHON_API, write_pages

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"!?\[[^\]\n]*\]\((?P<target>[^)\s#]+)")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of pages, made of a copy of what the repository holds by hand."""
    root = tmp_path_factory.mktemp("repository")
    for path in [*ROOT.glob("*.md"), ROOT / "LICENSE", *(ROOT / "docs").rglob("*")]:
        if path.is_file():
            copy = root / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    gone = root / PAGES / "gone.md"
    gone.parent.mkdir(parents=True)
    gone.write_text("of an earlier build", "utf-8")
    return write_pages(root)


def test_every_page_and_schema_is_there_and_nothing_of_an_earlier_build(pages: Path) -> None:
    assert not (pages / "gone.md").exists()
    assert {"rules.md", "commands.md", "documents.md", "tables.md"} <= {p.name for p in (pages / REFERENCE).iterdir()}
    assert (pages / SCHEMAS / "run.schema.json").is_file()
    listed = (pages / DECISIONS / "README.md").read_text("utf-8")
    assert [p.name for p in (ROOT / DECISIONS).glob("*.md") if f"({p.name})" not in listed] == []


def test_links_between_pages_lead_somewhere(pages: Path) -> None:
    broken = []
    for page in pages.rglob("*.md"):
        text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.S)
        for target in LINK.findall(text):
            if not re.match(r"https?:", target) and not (page.parent / target).exists():
                broken.append((page.name, target))
    assert broken == []


def test_every_page_of_the_menu_is_there(pages: Path) -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    menu = yaml.safe_load(text[text.index("\nnav:") :])
    named = re.findall(r"[\w/.-]+\.md", str(menu))
    assert len(named) > 20 and [name for name in named if not (pages / name).is_file()] == []


@pytest.mark.parametrize("name", [name for names in PYTHON_API.values() for name in names])
def test_the_python_api_exists_and_is_described(name: str) -> None:
    assert (resolve_name(name).__doc__ or "").strip()


def test_the_library_does_not_grow_by_what_makes_the_site() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = {re.split(r"[^\w-]", requirement)[0] for requirement in extras["docs"]}
    locks = {n: (ROOT / f"requirements{n}.lock").read_text("utf-8") for n in ("", "-docs")}
    assert [name for name in wanted if f"\n{name}==" in locks[""]] == []
    assert [name for name in wanted if not re.search(rf"(^|\n){name}(\[\w+\])?==", locks["-docs"])] == []
    ours, theirs = (dict(re.findall(r"^([\w.-]+)==(\S+ ?(?:;[^\\]*)?)", text, re.M)) for text in locks.values())
    assert {name for name in ours.keys() & theirs.keys() if ours[name].split()[0] != theirs[name].split()[0]} == set()
