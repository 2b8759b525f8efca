"""Long work never looks frozen: a bar on a terminal, else a line on stderr every ten seconds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from idtracker.cli.output import console
from idtracker.model.steps.progress import heard_by

if TYPE_CHECKING:
    from idtracker.operate.step import Listener

EVERY_S = 10.0


class Stage:
    """What is being done: a step among the others, and how far it has come inside."""

    def __init__(self, begun: str) -> None:
        self.step, self.done, self.total, self.inside = begun, 0, 0, ""

    def enter(self, step: str, done: int, total: int) -> None:
        """Another step has begun."""
        self.step, self.done, self.total, self.inside = step or self.step, done, total, ""

    def hear(self, what: str, done: int, total: int) -> None:
        """The step has come this far."""
        self.inside = f"{what} {done:,} of {total:,}" if total else f"{what} {done:,}"

    def line(self, seconds: float) -> str:
        """All of it in one line."""
        place = f" ({self.done + 1} of {self.total})" if self.total > self.done else ""
        return " · ".join(filter(None, [f"{seconds:.0f} s", f"{self.step}{place}", self.inside]))


@contextmanager
def progress(begun: str, every_s: float = EVERY_S) -> Iterator[Listener]:
    """Show how far the work inside has come; the listener takes the name of a step, how many ended and how many there are."""
    stage = Stage(begun)
    shown = _on_terminal(stage) if console(stderr=True).is_terminal else _in_lines(stage, sys.stderr, every_s)
    with shown as listen, heard_by(stage.hear):
        yield listen


@contextmanager
def _on_terminal(stage: Stage) -> Iterator[Listener]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.text import Text

    class Inside(ProgressColumn):
        """How far the step has come."""

        def render(self, task: Task) -> Text:
            return Text(stage.inside, style="dim")

    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), Inside())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(stage.step, total=None)

        def listen(step: str, done: int, total: int) -> None:
            stage.enter(step, done, total)
            bar.update(task, description=stage.step, completed=done, total=total)

        yield listen


@contextmanager
def _in_lines(stage: Stage, out: TextIO, every_s: float) -> Iterator[Listener]:
    began, ended = monotonic(), Event()

    def speak() -> None:
        while not ended.wait(every_s):
            print(stage.line(monotonic() - began), file=out, flush=True)

    speaker = Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield stage.enter
    finally:
        ended.set()
        speaker.join()
