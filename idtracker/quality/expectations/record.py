"""What was judged last, table by table, and what it rested on: a table is judged again only where something of it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from idtracker.model.files import write_bytes
from idtracker.quality.expectations.outcome import Outcome
from idtracker.quality.expectations.suite import Expected

FILE = "record.json"


def basis_of(content: str, suite: Sequence[Expected], notice: str) -> str:
    """Everything that the verdict on a table, and its pages, rest on: content, suite with its values, notice, code.

    A suite carries every value that it compares with: codes, known identifiers, the day where one counts.
    """
    said = [content, notice, *map(repr, suite), _code_version()]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


def read_record(folder: Path) -> dict[str, tuple[str, list[Outcome]]]:
    """Table -> what its verdict rested on, and its outcomes; empty where there is no record, or none that can be read."""
    try:
        kept = json.loads((folder / FILE).read_text("utf-8"))
        return {table: (str(said["basis"]), [Outcome(**o) for o in said["outcomes"]]) for table, said in kept.items()}
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def write_record(folder: Path, record: Mapping[str, tuple[str, Sequence[Outcome]]]) -> None:
    """Keep what was judged; written after the pages, so that a record never speaks of pages that are missing."""
    kept: dict[str, Any] = {
        table: {"basis": basis, "outcomes": [asdict(o) for o in outcomes]}
        for table, (basis, outcomes) in record.items()
    }
    write_bytes(folder / FILE, json.dumps(kept, ensure_ascii=False).encode())


@cache
def _code_version() -> str:
    """Changes with the code that judges: ours, and Great Expectations."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for package in ("great-expectations", "pandas"):
        try:
            digest.update(version(package).encode())
        except PackageNotFoundError:
            continue
    return digest.hexdigest()
