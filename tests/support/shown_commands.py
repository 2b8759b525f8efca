"""Works off a page of the documentation: runs the commands that it shows and holds what it shows against what comes.

Blocks are told apart by their language: `sh` has commands, `console` (or none) commands after `$ ` with what they
print, `sql` a statement for `idtracker query`, `python` a program; a block without language that has no `$ ` is what
the block before printed. `yaml` is what the definition named last is replaced by. A command whose exit code is not 0
says so: `# exit code 1`. A comment `<!-- not run: why -->` before a block says why its commands stay where they are.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.command_processes import Outcome, run_forked

FENCE = re.compile(r"(?:^<!-- not run: (?P<why>[^\n]+) -->\n+)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
DEFINITION = re.compile(r"sources/\w+/source\.yml")
EXIT_CODE = re.compile(r"\s# exit code (\d+)$")
HERE = re.compile(r"<<'(\w+)'")
QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\$`])*\"")
OF_THE_SHELL = re.compile(r"[|<>&;$*`\n\\]")
VARYING = {
    r"\b\d+(?:\.\d+)? s\b": "N s",
    r"\b(20\d\d-\d\d-\d\d-)[0-9a-f]{12}\b": r"\1PUBLICATION",
    r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:\+00:00)?\b": "INSTANT",
}
RUN = ("sh", "console", "sql", "python")
SHOWN_ONLY = ("text", "csv", "ini", "yaml", "mermaid")
WIDTH = "160"
"""Columns of the terminal in which the pages show what comes."""


@dataclass(frozen=True)
class Block:
    """One fenced block; `definition` is the source.yml that the page named last, `why` what keeps it from being run."""

    language: str
    text: str
    definition: str | None
    why: str | None

    def commands(self) -> list[Command]:
        """What the block has run, in its order."""
        if self.language == "sql":
            return [Command(f"idtracker query {shlex.quote(self.text.strip())}")]
        if self.language == "python":
            return [Command(f"python -c {shlex.quote(self.text)}")]
        if self.language == "sh":
            return list(commands_of(self.text))
        return list(prompts_of(self.text)) if self.text.startswith("$ ") else []


@dataclass(frozen=True)
class Command:
    """One command, the exit code that the page announces, and what it shows below it."""

    text: str
    shown: str = ""

    @property
    def code(self) -> int:
        found = EXIT_CODE.search(self.text)
        return int(found[1]) if found else 0

    @property
    def words(self) -> list[str] | None:
        """Its words after `idtracker`; None where only a shell understands it."""
        if OF_THE_SHELL.search(QUOTED.sub("", self.text)):
            return None
        words = shlex.split(self.text, comments=True)
        return words[1:] if words[:1] == ["idtracker"] else None


@dataclass
class Bench:
    """A checkout's folder in which the commands of a page are run; `said` is what the last one printed."""

    folder: Path
    outputs: Path
    suites: bool = True
    draws: bool = True
    already: dict[str, str] = field(default_factory=dict)
    said: str = ""
    compared: int = 0
    amiss: list[str] = field(default_factory=list)

    def work_off(self, page: str) -> None:
        """Every block of a page in its order. Where the page says nothing of briefings, runs draw none."""
        self.draws = "riefing" in page
        for block in blocks_of(page):
            if block.why:
                continue
            for command in block.commands():
                self.run(command)
            if block.language == "yaml" and block.definition:
                (self.folder / block.definition).write_text(block.text, "utf-8")
            elif block.language == "" and not block.text.startswith("$ "):
                self.compare(block.text, "the block before")

    def run(self, command: Command) -> None:
        done = self.outcome(command)
        self.said = done.out
        if done.code != command.code or "Traceback" in done.err:
            self.amiss.append(f"{command.text}\nexit code {done.code}: {done.err[-2000:]}{done.out[-1000:]}")
        elif command.shown:
            self.compare(command.shown, command.text)

    def outcome(self, command: Command) -> Outcome:
        """What the command gives; of one that was run before, what it gave then."""
        if command.text in self.already:
            return Outcome(command.code, self.already[command.text], "")
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        env = {k: v for k, v in os.environ.items() if not k.startswith("IDTRACKER_")} | {"PATH": path, "COLUMNS": WIDTH}
        env |= {} if self.draws else {"IDTRACKER_BRIEFING": "no", "IDTRACKER_FILES": "no"}
        words = command.words
        if words is not None:
            return run_forked(words, self.folder, env, self.outputs, self.suites)
        done = subprocess.run(
            ["bash", "-c", command.text], cwd=self.folder, env=env, capture_output=True, text=True, timeout=900, check=False
        )  # fmt: skip
        return Outcome(done.returncode, done.stdout, done.stderr)

    def compare(self, expected: str, what: str) -> None:
        """Every piece between two `…` in its order, with nothing before the first and nothing after the last."""
        self.compared += 1
        pieces = [re.escape(plain(piece)) for piece in expected.split("…")]
        if re.fullmatch(".*?".join(pieces), plain(self.said), re.S) is None:
            self.amiss.append(f"{what}\nshows: {expected}\ncomes: {self.said[:3000]}")


def blocks_of(page: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for found in FENCE.finditer(page):
        named = DEFINITION.findall(page[: found.start()].rstrip().rpartition("\n\n")[2])
        yield Block(found["language"], found["text"], named[-1] if named else None, found["why"])


def commands_of(block: str) -> Iterator[Command]:
    """Each command of a block without prompts; it goes on until its quotes and here-documents are closed."""
    command = ""
    for line in block.splitlines():
        command = f"{command}\n{line}" if command else line
        if not is_open(command):
            yield Command(command)
            command = ""
    assert not command, command


def prompts_of(block: str) -> Iterator[Command]:
    """Each command of a block with prompts, with what is shown below it."""
    command, shown = "", list[str]()
    for line in block.splitlines():
        if line.startswith("$ ") and not is_open(command):
            if command:
                yield Command(command, "\n".join(shown))
            command, shown = line[2:], []
        elif is_open(command):
            command += "\n" + line
        else:
            shown.append(line)
    yield Command(command, "\n".join(shown))


def is_open(command: str) -> bool:
    """Whether the command goes on in the next line."""
    here = HERE.search(command)
    if here:
        return not command.endswith(f"\n{here[1]}")
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return True
    return command.endswith("\\")


def plain(text: str) -> str:
    """The text without what varies, all white space alike."""
    for pattern, name in VARYING.items():
        text = re.sub(pattern, name, text)
    return " ".join(text.split())
