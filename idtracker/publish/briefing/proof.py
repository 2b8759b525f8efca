"""What lets a reader hold a briefing against the published rows: the program that does it, and a seal over what was written.

The seal (`manifest.json` in the folder of the briefing) has the hash of every file, of the publication's manifest and of those of its
tables that the manifest has no hash of, the keys by which addresses name rows, and the query behind each CSV file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from idtracker.model.messages import LANGS, read_entries
from idtracker.model.published.figure_address import MAIN_COLUMN, key_columns
from idtracker.model.tables import TABLES
from idtracker.publish.briefing.verify_briefing import CONTENT, SEAL, sealed
from idtracker.publish.geography.published_boundaries import attributions_of
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect_beside

VERIFIER = "verify_briefing.py"
_DIGITS = re.compile(r"(?=.*\d)(?=.*[^\W\d]{2})", re.DOTALL)
"""A text with digits that is more than a number."""


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
    with connect_beside(str(publication / DATABASE), read_only=True) as connection:
        logs = _logs(connection, stated)
        words = {*wording, *wording_of_program(), *_labels(connection, stated)}
    seal = seal_of(stated, logs, hashes_of(folder), csv, words)
    path = folder / SEAL
    path.write_text(json.dumps(seal, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def wording_of_program() -> set[str]:
    """What the texts of the pages and of the metrics themselves say with digits, such as `from 0 to 100`: pieces between what is filled in."""
    from idtracker.analyse.metrics.registry import metrics

    filled = (str(text) for body in _catalogues() for text in body.values())
    texts = [piece.strip() for text in filled for piece in re.split(r"\{[^}]*\}", text)]
    for metric in metrics().values():
        texts += [
            metric.name,
            metric.name_ar,
            metric.question,
            metric.asked("ar"),
            metric.formula,
            metric.denominator,
            metric.source,
        ]
        texts += [metric.limitations, *metric.measures.values()]
    return {piece for piece in texts if _DIGITS.match(piece)}


def wording_of_publication(folder: Path) -> set[str]:
    """What pages print of a publication that has digits and is no cell: limits of bands, the level of intervals, whose boundaries are drawn."""
    with connect_beside(str(folder / DATABASE), read_only=True) as connection:
        there = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'method'").fetchone()
        sql = "SELECT any_value(definition) FROM method WHERE role = 'headline'"
        row = connection.execute(sql).fetchone() if there else None
    method = json.loads((row or ("{}",))[0] or "{}")
    limits = {f"{band['low']:g}–{band['high']:g}" for band in method.get("band_scheme", {}).get("bands", ())}
    level = {f"{100 * method['interval_level']:g} %"} if "interval_level" in method else set[str]()
    return limits | level | {text for lang in LANGS for text in attributions_of(folder, lang)}


def _catalogues() -> Iterator[Mapping[str, Any]]:
    """The texts of every catalogue of this package and of the names of tables and columns, by language."""
    places = [
        resources.files("idtracker.publish.briefing") / "messages",
        resources.files("idtracker.model.tables") / "messages",
    ]
    for folder in places:
        for path in sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else ():
            if path.name.endswith(".yml"):
                for _, body in read_entries(path.read_bytes()):
                    yield body


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
        "wording": sorted(set(wording), key=lambda text: (-len(text), text)),
        "files": dict(sorted(files.items())),
    }
    return seal | {"seal": sealed(seal)}


def hashes_of(folder: Path) -> dict[str, str]:
    """Path below a folder -> SHA-256 of every file but the seal."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(paths.items()) if name != SEAL}


def _labels(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> set[str]:
    """Labels of codes that have digits, such as `up to 3 months`."""
    if "codelist" not in manifest["tables"]:
        return set()
    rows = connection.execute("SELECT unnest([label_en, label_ar]) FROM codelist").fetchall()
    return {str(label) for (label,) in rows if label and _DIGITS.match(label)}


def _logs(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Content of the tables of which a manifest states no hash."""
    return {
        table: str(connection.execute(CONTENT.format(f'"{table}"')).fetchall()[0][1])
        for table, entry in manifest["tables"].items()
        if entry["hash"] is None
    }
