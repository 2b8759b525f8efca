"""One file of others with a source definition of its own and the reading that its facts are held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.stated import Expected

Reader = Callable[[Path, Path], Iterator[Expected]]
"""The path of a file, and the folder of shared data -> what the store must say."""
_NAMED = {
    "reference": ("event_id", "activity_id"),
    "organisation": ("org_id", "org_name"),
    "partner": ("partner_org_id",),
}
_PUBLISHER = "GB-GOV-1"


@dataclass(frozen=True, slots=True)
class Specimen:
    """A source and its files in the order in which they arrive; `names` are reviewed names: kind, typed, identifier."""

    source: str
    files: tuple[str, ...]
    definition: Mapping[str, Any]
    read: Reader
    names: tuple[tuple[str, str, str], ...] = ()
    is_case: bool = False

    @property
    def headings(self) -> Mapping[str, str]:
        """Column of the store -> the heading that the definition names for it."""
        found: dict[str, str] = {}
        for part in self.definition.get("parts", [self.definition]):
            for column in part["columns"]:
                field, heading = column["field"], column.get("heading")
                if isinstance(heading, str):
                    for name in (field, f"{field}_id", f"{field}_name", f"{field}_currency", *_NAMED.get(field, ())):
                        found.setdefault(name, heading)
        return found


def source(
    feeds: str, key: Sequence[str], columns: Mapping[str, str | Mapping[str, Any]], kind: str = "csv", **more: Any
) -> dict[str, Any]:
    """A definition of one part: field -> its heading, or all that is said of it. `format` adds to the kind."""
    said = {
        "revision": "upsert",
        "cadence": {"every": "as_needed"},
        "history": False,
        "bounds": {"removed_rate": 1},
        **more,
    }
    fields = [{"field": f, **({"heading": h} if isinstance(h, str) else h)} for f, h in columns.items()]
    return {
        "title": "Independent reading",
        "publisher": _PUBLISHER,
        **said,
        "format": {"kind": kind, **more.get("format", {})},
        "feeds": feeds,
        "key": list(key),
        "columns": fields,
        "ignore": ["*"],
    }


def constant(text: str) -> dict[str, Any]:
    """A field with one value in every row."""
    return {"constant": text}
