"""Pages written by hand keep their promises: commands, links, definitions and names in them are real."""

from __future__ import annotations

import re
import shlex
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import yaml

from idtracker.cli import cli
from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.discover import load_source
from idtracker.model.findings.rules import rules
from idtracker.model.register.register import Register

ROOT = Path(__file__).parents[2]
GENERATED = (ROOT / "docs" / "reference",)
PAGES = sorted(
    list(ROOT.glob("*.md"))
    + [p for p in (ROOT / "docs").rglob("*.md") if not any(p.is_relative_to(g) for g in GENERATED)]
)
README = ROOT / "README.md"
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
LOCAL_PATH = re.compile(r"(?<![\w.…`<>/-])/(?:home|work|root|tmp|usr|var|Users)\b|[A-Z]:\\\\")
name_of = {p: p.relative_to(ROOT).as_posix() for p in PAGES}
pages = pytest.mark.parametrize("page", PAGES, ids=name_of.values())


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: Path
    language: str
    text: str
    number: int

    def __str__(self) -> str:
        return f"{name_of[self.page]}-{self.language}-{self.number}"


def blocks(*languages: str) -> list[Block]:
    return [
        Block(page, found["language"], found["text"], number)
        for page in PAGES
        for number, found in enumerate(FENCE.finditer(page.read_text("utf-8")), 1)
        if found["language"] in languages
    ]


def definitions() -> list[Block]:
    """Blocks that hold a whole source.yml."""
    return [b for b in blocks("yaml") if isinstance(yaml.safe_load(b.text), dict) and "publisher" in b.text]


def prose(page: Path) -> str:
    """The page without its fenced and indented blocks."""
    return re.sub(r"^(?: {4}|\t).*$", "", FENCE.sub("", page.read_text("utf-8")), flags=re.M)


def anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def invocations(page: Path) -> Iterator[list[str]]:
    """Words of every call of `idtracker` in blocks and in inline code, options and arguments included."""
    text = page.read_text("utf-8")
    shell = [f["text"] for f in FENCE.finditer(text) if f["language"] in ("", "sh", "console")]
    lines = [line for part in shell for line in part.replace("\n    ", " ").splitlines()] + re.findall(
        r"^ {4}(.*)$", FENCE.sub("", text), re.M
    )
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for line in lines + inline:
        for call in re.findall(r"(?:^|[ $&/;])idtracker ((?:[^`#|&;]|&(?!&))*)", line):
            try:
                yield shlex.split(call, comments=True)
            except ValueError:
                yield call.split()


def unknown_word(words: list[str]) -> str | None:
    """The first word of a call that the command line does not know: a command or an option."""
    command: click.Command | None = cli
    options = {o for p in cli.params for o in p.opts}
    for word in words:
        if isinstance(command, click.Group) and command.invoke_without_command and word.startswith(("-", "[")):
            command = None  # called by itself: no subcommand follows its options
        if word.startswith("-"):
            if word.split("=")[0] not in options | {"-h", "--help", "--version"}:
                return word
        elif isinstance(command, click.Group):
            if word in ("…", "...", "COMMAND"):
                return None
            found = command.get_command(click.Context(command), word)
            if found is None:
                return word
            command = found
            options |= {o for p in found.params for o in p.opts}
    return None


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load(ROOT / "sources")


@pages
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(prose(page)):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


@pages
def test_commands_and_options_exist(page: Path) -> None:
    unknown = [(word, words) for words in invocations(page) if (word := unknown_word(words)) is not None]
    assert unknown == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert unknown_word(["sources", "list"]) is None
    assert unknown_word(["sources", "prune"]) == "prune"
    assert unknown_word(["query", "SELECT 1", "--speed", "9"]) == "--speed"


@pages
def test_no_page_names_a_place_of_a_machine(page: Path) -> None:
    assert LOCAL_PATH.findall(page.read_text("utf-8")) == []


@pytest.mark.parametrize("block", definitions(), ids=str)
def test_definitions_load_and_fit_the_tables(block: Block, register: Register, tmp_path: Path) -> None:
    folder = tmp_path / "example_source"
    folder.mkdir()
    (folder / "source.yml").write_text(block.text, "utf-8")
    assert check_source(load_source(folder), register) == []


def test_there_are_definitions_of_every_format() -> None:
    assert {yaml.safe_load(b.text)["format"]["kind"] for b in definitions()} == {"csv", "xlsx", "json", "hxl", "iati"}


@pages
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    called = re.findall(r"`make ([a-z]+)`", page.read_text("utf-8")) + re.findall(
        r"^(?: {4})?make ([a-z]+)\b", page.read_text("utf-8"), re.M
    )
    assert set(called) <= targets


def test_the_readme_is_short_and_says_that_figures_are_invented() -> None:
    text = README.read_text("utf-8")
    assert len(text.splitlines()) <= 200
    assert "invented" in text.split("## ", 1)[0].lower()
    assert "make run" in text and "make test" in text


def test_rules_that_pages_name_exist() -> None:
    families = {rule_id.split(".")[0] for rule_id in rules()}
    named = {
        (name_of[page], rule_id)
        for page in PAGES
        for rule_id in re.findall(r"`([a-z]+\.[a-z_]+)`", page.read_text("utf-8"))
        if rule_id.split(".")[0] in families and not rule_id.endswith((".yml", ".csv", ".py"))
    }
    assert {pair for pair in named if pair[1] not in rules()} == set()
    assert named


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["pipelines"],
        *project["optional-dependencies"]["expectations"],
    ]
    said = (ROOT / "docs" / "decisions" / "0001-heavy-libraries.md").read_text("utf-8")
    same = {"ibis-framework": "ibis", "dagster-webserver": "dagster"}
    names = [re.split(r"[\[=<>]", w)[0] for w in wanted]
    assert [n for n in names if same.get(n, n) not in said] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/decisions/0005-layers.md"])
def test_the_layers_are_those_that_are_enforced(page: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["type"] == "layers")
    drawn = re.search(r"^    cli > .*\n(?:^ +> .*\n)?", (ROOT / page).read_text("utf-8"), re.M)
    assert drawn is not None
    assert [layer.strip() for layer in re.split(r"\s>\s", textwrap.dedent(drawn[0]).strip())] == layers


def test_decisions_are_numbered_dated_and_complete() -> None:
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [p.name[:4] for p in found] == [f"{n:04d}" for n in range(1, len(found) + 1)]
    for page in found:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {page.name[:4]} ") and re.search(r"^2026-\d\d · \w+$", text, re.M), page.name
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequence"], page.name
