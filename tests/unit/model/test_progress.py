"""Work tells how far it has come, a bar or lines show it, and nobody has to listen."""

from __future__ import annotations

import sys
from threading import Event

import pytest

from idtracker.cli.progress import Stage, progress
from idtracker.model.steps.progress import counted, heard_by, report


def test_work_is_heard_by_those_who_listen() -> None:
    heard: list[tuple[str, int, int]] = []
    assert list(counted("files", ["a", "b"])) == ["a", "b"]
    with heard_by(lambda *said: heard.append(said)):
        for _ in counted("files", ["a", "b"]):
            report("row", 7)
    report("row", 8)
    assert heard == [("files", 0, 2), ("row", 7, 0), ("files", 1, 2), ("row", 7, 0), ("files", 2, 2)]


def test_a_line_says_step_place_and_how_far_inside() -> None:
    stage = Stage("reading definitions")
    assert stage.line(3) == "3 s · reading definitions"
    stage.enter("metrics/flow", 3, 14)
    stage.hear("instants measured", 120, 1480)
    assert stage.line(34.4) == "34 s · metrics/flow (4 of 14) · instants measured 120 of 1,480"
    stage.enter("tracker/cells", 4, 14)
    assert stage.line(35) == "35 s · tracker/cells (5 of 14)"


def test_without_a_terminal_lines_come_while_something_works(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = Event()

    class Told:
        def write(self, text: str) -> int:
            spoken.set()
            return sys.__stdout__.write(text) if sys.__stdout__ else 0

        def flush(self) -> None:
            """Nothing is kept back."""

    monkeypatch.setattr(sys, "stderr", Told())
    with progress("looking", every_s=0.01) as listen:
        listen("tracker/facts", 1, 3)
        report("file", 2)
        assert spoken.wait(20)
    assert "tracker/facts (2 of 3) · file 2" in capfd.readouterr().out
