"""Small source definitions for reading, and the folder of real files where it is present."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.reading import read
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings

Define = Callable[..., Source]


def define(kind: str, *headings: str, **keys: Any) -> Source:
    """A source of one part; `format`, `layout` and further keys of the part as in source.yml."""
    columns = [{"field": f"f{i}", "heading": h} for i, h in enumerate(headings or ["id"])]
    fmt = {"kind": kind, **keys.pop("format", {})}
    part = {"feeds": "activity", "key": ["f0"], "columns": columns, **keys}
    parts = part.pop("parts", None)
    rest = {"parts": parts} if parts else part
    return Source.model_validate(
        {"title": "t", "publisher": "GB-GOV-1", "format": fmt, "cadence": {"every": "year"}, **rest}
    )


def one(reading: Reading) -> RawTable:
    """The only table of the only part."""
    (tables,) = reading.tables.values()
    (table,) = tables
    return table


def rules_of(findings: Findings) -> list[str]:
    return [g.rule.id for g in findings.groups]


@pytest.fixture(name="define")
def define_fixture() -> Define:
    return define


@pytest.fixture
def table() -> Callable[..., RawTable]:
    """Read content that must give one table without findings."""

    def build(content: bytes | str, source: Source) -> RawTable:
        reading = read(content.encode() if isinstance(content, str) else content, "file", source)
        assert rules_of(reading.findings) == []
        return one(reading)

    return build


@pytest.fixture
def refused() -> Callable[..., tuple[str, dict[str, str]]]:
    """Read content that must be refused: the rule and its details."""

    def build(content: bytes | str, source: Source) -> tuple[str, dict[str, str]]:
        reading = read(content.encode() if isinstance(content, str) else content, "file", source)
        (group,) = reading.findings.groups
        assert group.rule.severity == "critical"
        assert reading.tables == {}
        return group.rule.id, {k: v for k, v in group.details.items() if not k.endswith("_ar")}

    return build


@pytest.fixture
def found() -> Callable[..., tuple[RawTable, list[str]]]:
    """Read content that gives one table and findings: the table and the rules reported."""

    def build(content: bytes | str, source: Source) -> tuple[RawTable, list[str]]:
        reading = read(content.encode() if isinstance(content, str) else content, "file", source)
        return one(reading), rules_of(reading.findings)

    return build


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public files that tests may look at and never copy."""
    beside = Path(__file__).resolve().parents[5] / "shared" / "data"
    folder = Path(os.environ.get("IDTRACKER_SHARED_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"real files are not at {folder}; set IDTRACKER_SHARED_DATA")
    return folder
