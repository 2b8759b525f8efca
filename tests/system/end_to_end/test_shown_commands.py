"""README and tutorial are worked off as they stand, block by block, on the bundled programme: what they show is what comes.

In what is shown `…` stands for whatever was left out; identifiers, instants, seconds and line breaks may differ.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import RunHome  # type: ignore[attr-defined]

from idtracker.cli.operating.run import show_report
from idtracker.operate.documents.run import Run

ROOT = Path(__file__).parents[3]
PAGES = ("README.md", "docs/tutorial.md")
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
VARYING = {
    r"\b\d+(?:\.\d+)? s\b": "N s",
    r"\b[0-9a-f]{12,64}\b": "ID",
    r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\b": "INSTANT",
}
RUN = {"sh": "{}", "sql": "idtracker query {}", "python": "python -c {}"}


@dataclass
class Bench:
    """A checkout's folder in which the commands of a page are run; `said` is what the last one printed."""

    folder: Path
    shown: int = 0
    said: str = ""
    amiss: list[str] = field(default_factory=list)

    def run(self, script: str) -> None:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        env = {k: v for k, v in os.environ.items() if not k.startswith("IDTRACKER_")} | {"PATH": path, "COLUMNS": "160"}
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=env, capture_output=True, text=True, timeout=900, check=False
        )
        self.said = done.stdout
        if done.returncode > 2 or "Traceback" in done.stderr:
            self.amiss.append(f"{script}\n{done.returncode}: {done.stderr[-2000:]}")

    def compare(self, expected: str, actual: str, what: str) -> None:
        """Every piece between two `…` in its order; the first one at the beginning of a line."""
        self.shown += 1
        rest = plain(actual)
        for piece in filter(None, map(plain, expected.split("…"))):
            _, found, rest = rest.partition(piece)
            if not found:
                self.amiss.append(f"{what}\nshows: {piece}\ncomes: {plain(actual)[:3000]}")
                return


def plain(text: str) -> str:
    """The text without what varies, all white space alike."""
    for pattern, name in VARYING.items():
        text = re.sub(pattern, name, text)
    return " ".join(text.split())


def commands_of(block: str) -> Iterator[tuple[str, str]]:
    """(command, what is shown below it) of a block with prompts; a command goes on until its quotes are closed."""
    command, shown = "", list[str]()
    for line in block.splitlines():
        if line.startswith("$ ") and not is_open(command):
            if command:
                yield command, "\n".join(shown)
            command, shown = line[2:], []
        elif is_open(command):
            command += "\n" + line
        else:
            shown.append(line)
    yield command, "\n".join(shown)


def is_open(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return True
    return False


def work_off(page: Path, bench: Bench, first_run: str) -> None:
    """Every block of a page in its order."""
    definition = bench.folder / "sources" / "unicef_water" / "source.yml"
    for block in FENCE.finditer(page.read_text("utf-8")):
        language, text = block["language"], block["text"]
        if language in RUN:
            bench.run(RUN[language].format(text if language == "sh" else shlex.quote(text)))
        elif language == "yaml":
            definition.write_text(text, "utf-8")
        elif language == "text":
            bench.compare(text, definition.read_text("utf-8"), "the draft")
        elif text.startswith("$ "):
            work_off_prompts(text, bench, first_run)
        elif language == "":
            bench.compare(text, bench.said, "the output of the block before")


def work_off_prompts(text: str, bench: Bench, first_run: str) -> None:
    for command, shown in commands_of(text):
        if command == "make run":  # the fixture did; the line before the summary says where the reports were put
            bench.compare(shown.partition("\n")[2], first_run, command)
        else:
            bench.run(command)
            bench.compare(shown, bench.said, command)


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_is_what_comes(
    name: str, programme: RunHome, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show_report(Run.model_validate_json((programme.path / "report.json").read_bytes()))
    first_run = capsys.readouterr().out
    shutil.copytree(ROOT / "sources", tmp_path / "sources")
    shutil.copytree(programme.path, tmp_path / "var", symlinks=True)
    bench = Bench(tmp_path)
    work_off(ROOT / name, bench, first_run)
    assert bench.amiss == []
    assert bench.shown >= 2


def test_another_figure_than_is_shown_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.compare("4 rows read …\n2 held · 3.0 s", "4 rows  read and more\n2 held · 99 s", "same")
    assert bench.amiss == []
    bench.compare("4 rows read …\n2 held", "4 rows read\n3 held", "other")
    assert len(bench.amiss) == 1 and "shows: 2 held" in bench.amiss[0]
