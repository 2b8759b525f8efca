"""What lets a reader hold a briefing against the published rows: the program that does it, and a seal over what was written.

The seal (`manifest.json` in the folder of the briefing) has the hash of every file, of the publication's manifest and of those of its
tables that the manifest has no hash of, the keys by which addresses name rows, and the query behind each CSV file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from idtracker.model.figure_address import MAIN_COLUMN, key_columns
from idtracker.model.tables import TABLES
from idtracker.publish.briefing.verify_briefing import CONTENT, SEAL, sealed
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect

VERIFIER = "verify_briefing.py"


def copy_verifier(target: Path) -> Path:
    """Put the program that verifies a briefing into its folder; where it is now. It has to be there before the seal."""
    path = target / VERIFIER
    path.write_bytes((resources.files("idtracker.publish.briefing") / VERIFIER).read_bytes())
    return path


def seal_briefing(
    folder: Path,
    publication: Path,
    csv: Mapping[str, str],
    wording: Iterable[str] = (),
    manifest: Mapping[str, Any] | None = None,
) -> Path:
    """Write the seal of a briefing whose other files are all there; where it is.

    `csv`: path of a file with rows below the folder -> the query that they are the result of. `wording`: texts of the pages themselves that have
    digits and stand for no published value. `manifest`: that of a publication which has none on disk yet.
    """
    stated = dict(manifest) if manifest is not None else json.loads((publication / "manifest.json").read_text("utf-8"))
    seal = seal_of(stated, _logs(publication / DATABASE, stated), hashes_of(folder), csv, wording)
    path = folder / SEAL
    path.write_text(json.dumps(seal, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def seal_of(
    manifest: Mapping[str, Any],
    logs: Mapping[str, str],
    files: Mapping[str, str],
    csv: Mapping[str, str],
    wording: Iterable[str] = (),
) -> dict[str, Any]:
    """A seal over files (name -> SHA-256), the manifest of a publication and the hashes of those of its tables that have none there."""
    seal = {
        "publication": {"content": manifest["content"], "manifest": sealed(manifest), "logs": dict(logs)},
        "keys": {
            table: {"key": list(key_columns(table)), "main": MAIN_COLUMN.get(table, "")}
            for table in manifest["tables"]
            if table in TABLES and key_columns(table)
        },
        "csv": dict(sorted(csv.items())),
        "wording": sorted(set(wording)),
        "files": dict(sorted(files.items())),
    }
    return seal | {"seal": sealed(seal)}


def hashes_of(folder: Path) -> dict[str, str]:
    """Path below a folder -> SHA-256 of every file but the seal."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(paths.items()) if name != SEAL}


def _logs(database: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Content of the tables of which a manifest states no hash."""
    with connect(str(database), read_only=True) as connection:
        return {
            table: str(connection.execute(CONTENT.format(f'"{table}"')).fetchall()[0][1])
            for table, entry in manifest["tables"].items()
            if entry["hash"] is None
        }
