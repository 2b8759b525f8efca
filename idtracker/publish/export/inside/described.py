"""What a publication says of the files of other formats in it, and whether it is so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.model.steps.switches import is_on
from idtracker.publish.export.folder import DESCRIPTION, sha256_of
from idtracker.publish.export.result import Format

SETTING = "IDTRACKER_FILES"
"""`no`: runs on this machine write no formats."""
MADE_BY = "idtracker run"
"""Value of `madeBy` in the description: the files of a publication are no export that an export may replace."""
FORM = 1
"""Rises when the same publication, formats and languages give other files."""
PLACES: Mapping[Format, str] = {
    "csv": "csv",
    "xlsx": "xlsx",
    "sdmx": "sdmx",
    "gpkg": "gpkg",
    "geoparquet": "geoparquet",
    "iati": "iati",
    "croissant": "croissant.json",
    "odcs": "contracts",
}
"""Where each format stands in the folder of a publication. Its Parquet files are there whatever the formats."""


@dataclass(frozen=True, slots=True)
class Described:
    """The description in a publication. `key` is what was asked for, `failed` the formats that could not be written, and why."""

    key: str
    formats: tuple[str, ...]
    failed: Mapping[str, str]
    resources: tuple[Mapping[str, Any], ...]


def are_written() -> bool:
    """Whether runs write the formats of publications on this machine."""
    return is_on(SETTING)


def key_of(audience: Audience) -> str:
    """What stands for the files that an audience's publication shall have; empty where it shall have none."""
    if not audience.formats:
        return ""
    return f"{FORM} {','.join(sorted(audience.formats))} {','.join(audience.languages)}"


def described(folder: Path) -> Described | None:
    """The description of a publication's files; None where there is none that can be read."""
    try:
        document: Any = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        failed = {str(entry["format"]): str(entry["why"]) for entry in document["notWritten"]}
        resources = tuple({"path": str(r["path"]), "bytes": int(r["bytes"]), **r} for r in document["resources"])
        return Described(str(document["key"]), tuple(map(str, document["formats"])), failed, resources)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def has_files(home: Home, audience: Audience) -> bool:
    """Whether the current publication has the files that it shall have, by their names and sizes; no file but the description is read."""
    folder = (home.published / audience.id / "current").resolve()
    known = described(folder)
    if known is None:
        return not audience.formats and not any((folder / place).exists() for place in PLACES.values())
    return known.key == key_of(audience) and not known.failed and all(_is_there(folder, r) for r in known.resources)


def _is_there(folder: Path, resource: Mapping[str, Any]) -> bool:
    path = folder / str(resource["path"])
    return path.is_file() and path.stat().st_size == resource["bytes"]


def published_formats(home: Home, audience_id: str) -> list[str]:
    """Formats in an audience's current publication beside database and Parquet files."""
    known = described((home.published / audience_id / "current").resolve())
    return list(known.formats) if known is not None else []


def file_problems(folder: Path) -> Iterator[str]:
    """What of the files of a publication is not as its description says: gone, changed, or there and not in it."""
    there = {
        path.relative_to(folder).as_posix()
        for place in PLACES.values()
        for path in [folder / place, *(folder / place).rglob("*")]
        if path.is_symlink() or path.is_file()
    }
    known = described(folder)
    if known is None:
        if (folder / DESCRIPTION).exists():
            yield f"{DESCRIPTION} cannot be read"
        elif there:
            yield f"{DESCRIPTION} is missing: nothing says what {len(there)} files beside the tables hold"
        return
    stated = {str(resource["path"]): str(resource.get("hash")) for resource in known.resources}
    for name, digest in stated.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif f"sha256:{sha256_of(path)}" != digest:
            yield f"{name} is not as it was written"
    for name in sorted(there - set(stated)):
        yield f"{name} is not in {DESCRIPTION}"
