"""A row that is asked for and does not exist is an error, not an empty table."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import main


def test_a_name_that_nothing_has_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "--only", "no such row", "--folder", str(tmp_path)]) == 2
    assert "no such row" in capsys.readouterr().err
