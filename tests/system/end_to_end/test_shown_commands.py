"""Pages written by hand are worked off as they stand, block by block, on the bundled programme: what they show is what comes.

In what is shown `…` stands for whatever was left out; instants, seconds, names of publications and line breaks may differ.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import RunHome  # type: ignore[attr-defined]

from idtracker.cli.operating.run import show_report
from idtracker.operate.documents.run import Run
from tests.support.shown_commands import FENCE, RUN, SHOWN_ONLY, WIDTH, Bench, blocks_of, commands_of, prompts_of

ROOT = Path(__file__).parents[3]
WHOLE = ("README.md", "docs/tutorial.md")
"""Their runs judge the merged tables too; those of the other pages leave that out."""
FOUR_SOURCES = ("docs/how-to/run-in-production.md",)
"""What makes a whole home again is shown over a smaller one."""
PAGES = [p.relative_to(ROOT).as_posix() for p in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])]
NOT_RUN = {
    ("CONTRIBUTING.md", "they make the environment and run the tests"),
    ("docs/how-to/explain-a-figure.md", "it works everything out twice"),
    ("docs/how-to/export-a-publication.md", "it needs a storage and its credentials"),
    ("docs/how-to/run-in-production.md", "no day of the example is old enough"),
    ("docs/how-to/serve-several-audiences.md", "the bundled programme has no such audience"),
    ("docs/how-to/use-in-qgis.md", "it needs the extra geo"),
    ("docs/how-to/cite-a-figure.md", "there is no briefing in the home of these examples"),
}
COMMAND = re.compile(r"^ {4}(?:\$ )?(?:[A-Z_]+=\S+ )*(?:idtracker|python|duckdb|cat|sed|cp|SELECT) ", re.M)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def to_run(page: str) -> bool:
    return any(not block.why and block.commands() for block in blocks_of(text_of(page)))


@pytest.fixture(scope="session")
def four_sources(small_inbox: Path, small_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with four of the sources, after its first run."""
    home = RunHome(tmp_path_factory.mktemp("four") / "var", small_sources)
    shutil.copytree(small_inbox, home.path)
    home.run_here()
    return home


@pytest.mark.parametrize("page", [page for page in PAGES if to_run(page)])
def test_what_a_page_shows_is_what_comes(
    page: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home: RunHome = request.getfixturevalue("four_sources" if page in FOUR_SOURCES else "programme")
    bench = bench_of(home, tmp_path, suites=page in WHOLE)
    if page in WHOLE:
        monkeypatch.setenv("COLUMNS", WIDTH)
        show_report(Run.model_validate_json((home.path / "report.json").read_bytes()))
        bench.already["make run"] = (
            f"var: 260 reports placed in the inbox. Invented figures.\n{capsys.readouterr().out}"
        )
    bench.work_off(text_of(page))
    assert bench.amiss == []


def bench_of(home: RunHome, folder: Path, suites: bool) -> Bench:
    """The sources, a copy of the home and the environment, as in a checkout."""
    checkout, outputs = folder / "checkout", folder / "outputs"
    outputs.mkdir()
    shutil.copytree(home.sources, checkout / "sources")
    shutil.copytree(home.path, checkout / "var", symlinks=True)
    (checkout / ".venv").symlink_to(sys.prefix)
    return Bench(checkout, outputs, suites)


def test_blocks_are_of_a_known_kind_and_commands_stand_in_blocks() -> None:
    """A command that is indented, or in a block of another language, would be run by nobody."""
    for page in PAGES:
        text = text_of(page)
        assert {block.language for block in blocks_of(text)} <= {*RUN, *SHOWN_ONLY, ""}, page
        assert COMMAND.findall(FENCE.sub("", text)) == [], page
        shown = [b.text for b in blocks_of(text) if b.language in SHOWN_ONLY]
        assert [part for part in shown if re.search(r"^(?:\$ )?idtracker ", part, re.M)] == [], page


def test_blocks_that_are_not_run_are_listed_with_the_reason() -> None:
    assert {(page, block.why) for page in PAGES for block in blocks_of(text_of(page)) if block.why} == NOT_RUN


@pytest.mark.parametrize(
    ("shown", "comes", "is_right"),
    [
        ("4 rows read …\n2 held · 3.0 s", "4 rows  read and more\n2 held · 99 s", True),
        ("4 rows read …\n2 held", "4 rows read\n3 held", False),
        ("2 held", "4 rows read\n2 held", False),
        ("4 rows read", "4 rows read\n2 held", False),
        ("Submission 60539b3c1d8441b8", "Submission 0d420bb2ce7169d7", False),
        ("hmg/2026-11-15-38ee1c737173", "hmg/2026-11-15-bc2a03344c1d", True),
    ],
    ids=["left out", "a figure", "a line before", "a line after", "an identifier", "a publication"],
)
def test_another_output_than_is_shown_is_told(shown: str, comes: str, is_right: bool, tmp_path: Path) -> None:
    bench = Bench(tmp_path, tmp_path, said=comes)
    bench.compare(shown, "same")
    assert (bench.amiss == []) is is_right


@pytest.mark.parametrize(("command", "is_right"), [("exit 3  # exit code 3", True), ("exit 1", False)])
def test_another_exit_code_than_is_announced_is_told(command: str, is_right: bool, tmp_path: Path) -> None:
    bench = Bench(tmp_path, tmp_path)
    bench.work_off(f"```sh\n{command}\n```\n")
    assert (bench.amiss == []) is is_right


def test_commands_go_on_until_they_are_closed() -> None:
    here = "cat > a.csv <<'EOF'\na,b\nEOF"
    assert [c.text for c in commands_of(f'{here}\nidtracker query "SELECT 1\n  FROM score"\nls \\\n  -l')] == [
        here, 'idtracker query "SELECT 1\n  FROM score"', "ls \\\n  -l",
    ]  # fmt: skip
    prompts = list(prompts_of('$ idtracker status  # exit code 2\nAs of\n$ echo "a\nb"\na\nb'))
    assert [(c.text, c.shown, c.code) for c in prompts] == [
        ("idtracker status  # exit code 2", "As of", 2), ('echo "a\nb"', "a\nb", 0),
    ]  # fmt: skip
    assert [c.words for c in prompts] == [["status"], None]
