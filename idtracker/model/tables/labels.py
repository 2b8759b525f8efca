"""What people call the canonical tables and their fields, in two languages."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from idtracker.model.tables.base import ColumnSpec


@cache
def _labels() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(
        (resources.files("idtracker.model.tables") / "labels.yml").read_bytes()
    )
    return found


def label_of(spec: ColumnSpec, lang: str) -> str:
    """The name of a canonical column for people; `lang` is `en` or `ar`."""
    names = _labels()
    return (names.get(spec.field) or names.get(spec.name) or {lang: spec.field})[lang]


def rows_of(table: str, lang: str) -> str:
    """What the rows of a table that others refer to are called; `lang` is `en` or `ar`."""
    return _labels()[f"rows of {table}"][lang]
