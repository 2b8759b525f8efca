"""What was judged or compared last, table by table, and what it rested on: only what changed is worked out again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from idtracker.model.files import write_bytes
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables.version import model_version

_PACKAGES = ("great-expectations", "pandas", "numpy", "pyarrow", "scipy", "duckdb")

Entry = tuple[str, list[dict[str, Any]]]
"""What a result rested on, and its rows as plain JSON values."""


def basis_of(content: str, *definitions: object) -> str:
    """Everything that a result about one table rests on: content, definitions with their values, code, libraries.

    A suite carries every value that it compares with: codes, known identifiers, the day where one counts.
    """
    parts = [content, *map(repr, definitions), _version()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read_record(path: Path) -> dict[str, Entry]:
    """Entries by table; empty where there is no record, or one that was not written whole."""
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["digest"] != _digest(document["tables"]):
            return {}
        return {table: (entry["basis"], entry["rows"]) for table, entry in document["tables"].items()}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def write_record(path: Path, record: Mapping[str, tuple[str, Sequence[Mapping[str, Any]]]]) -> None:
    """Keep the entries, whole or not at all; a record that says so already is left alone."""
    if dict(record) == read_record(path):
        return
    entries = {table: {"basis": basis, "rows": list(rows)} for table, (basis, rows) in record.items()}
    document = {"digest": _digest(entries), "tables": entries}
    write_bytes(path, json.dumps(document, ensure_ascii=False).encode())


def _digest(entries: object) -> str:
    return hashlib.sha256(json.dumps(entries).encode()).hexdigest()


@cache
def _version() -> str:
    """Changes with the step, with what is declared beside it, with the data model, and with the libraries underneath."""
    digest = hashlib.sha256(f"{VERSIONS['expectations']}\0{model_version()}\0".encode())
    for path in sorted(Path(__file__).parent.glob("**/*.yml")):
        digest.update(path.read_bytes())
    for package in _PACKAGES:
        try:
            digest.update(f"{package} {version(package)}\0".encode())
        except PackageNotFoundError:
            continue
    return digest.hexdigest()
