"""Pictures of earlier briefings: the same picture without drawing it again, and never a broken or an old one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from idtracker.publish.briefing.charts import draw
from idtracker.publish.briefing.charts.draw import Drawer
from idtracker.publish.briefing.charts.kept import KEPT_S, KeptPictures

SPEC = {"mark": "bar", "data": {"values": [{"a": 1, "b": 2}]}, "encoding": {"x": {"field": "a"}, "y": {"field": "b"}}}


def test_a_kept_picture_is_what_would_be_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Drawer().svg(SPEC, "One bar", "c1")
    assert Drawer(tmp_path).svg(SPEC, "One bar", "c1") == drawn
    monkeypatch.setattr(draw, "_converted", lambda spec: pytest.fail("drawn again"))
    assert Drawer(tmp_path).svg(SPEC, "One bar", "c1") == drawn


def test_a_changed_specification_or_converter_or_a_broken_file_is_drawn(tmp_path: Path) -> None:
    kept = KeptPictures(tmp_path, "1.0")
    kept.keep("spec", "<svg/>")
    assert kept.get("spec") == "<svg/>"
    assert kept.get("spec 2") is None
    assert KeptPictures(tmp_path, "1.1").get("spec") is None
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for broken in (whole[:-1], b"", whole[:9] + bytes([whole[9] ^ 1]) + whole[10:]):
        path.write_bytes(broken)
        assert kept.get("spec") is None


def test_where_nothing_can_be_kept_charts_are_drawn(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    assert Drawer(blocked).svg(SPEC, "One bar", "c1") == Drawer().svg(SPEC, "One bar", "c1")


def test_what_was_not_used_for_long_goes(tmp_path: Path) -> None:
    kept = KeptPictures(tmp_path, "1.0")
    kept.keep("old", "<svg>1</svg>")
    kept.keep("used", "<svg>2</svg>")
    for path in tmp_path.iterdir():
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - KEPT_S - 60))
    assert kept.get("used") == "<svg>2</svg>"
    kept.keep("new", "<svg>3</svg>")
    kept.sweep()
    assert [kept.get(spec) for spec in ("old", "used", "new")] == [None, "<svg>2</svg>", "<svg>3</svg>"]
