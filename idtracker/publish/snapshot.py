"""A snapshot per audience: written under a new name, checkpointed, made durable, then switched to in one step.

The writer's tables are copied into a DuckDB file that clients from 1.4 on can open, and into one Parquet file per
table. `current` is a link that changes atomically, so that a reader sees the old snapshot or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from idtracker.catalog.programme import Programme
from idtracker.contract.tables import FACTS, TABLES, columns_of
from idtracker.publish.audience import Audience
from idtracker.settings import Settings
from idtracker.store.schema import describe, model_version

STORAGE_VERSION = "v1.4.0"
KEPT_VERSIONS = 5
DATABASE = "idtracker.duckdb"
LOGS = ("run", "audit")  # outside the content hash: they tell of the work, not of what is known


def publish_snapshot(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    audience: Audience,
    programme: Programme,
    as_of: pd.Timestamp,
    versions: dict[str, str],
    data_docs: Path | None = None,
    again: bool = False,
) -> tuple[Path, bool]:
    """Publish the store for an audience; with `again` also where its content is that of the current publication.

    Returns the folder and whether it is new.
    """
    root = settings.published / audience.id
    root.mkdir(parents=True, exist_ok=True)
    tables = [t for t in TABLES if t != "held_row" or audience.sees_held_rows]
    hashes = content_hashes(connection, tables)
    digest = content_digest(hashes, programme.notice, versions)
    now_current = read_manifest(settings, audience.id)
    if now_current is not None and now_current["content"] == digest and not again:
        return (root / "current").resolve(), False
    draft = root / f".part-{digest[:12]}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    counts = _write_database(connection, draft / DATABASE, tables, programme.notice)
    _write_parquet(connection, draft / "parquet", tables, programme.notice)
    if data_docs is not None and data_docs.is_dir():
        shutil.copytree(data_docs, draft / "data_docs")
    manifest = {
        "audience": audience.id,
        "programme": programme.title,
        "notice": programme.notice,
        "as_of": as_of.isoformat(),
        "content": digest,
        "tables": {t: {"rows": counts[t], "hash": hashes.get(t)} for t in tables},
        "versions": versions | {"model": model_version()},
    }
    (draft / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    _make_durable(draft / "manifest.json")
    return _switch(root, draft, f"{as_of:%Y-%m-%d}-{digest[:12]}"), True


def read_manifest(settings: Settings, audience_id: str) -> dict[str, object] | None:
    """Manifest of the current snapshot, or None where nothing is published, or what is published has no manifest to read."""
    path = settings.published / audience_id / "current" / "manifest.json"
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) and "content" in loaded else None


def content_digest(hashes: dict[str, str], notice: str, versions: dict[str, str]) -> str:
    """Hash over everything that makes one publication differ from another."""
    return hashlib.sha256(json.dumps([hashes, notice, versions]).encode()).hexdigest()


def content_hashes(
    connection: duckdb.DuckDBPyConnection, tables: list[str], place: Callable[[str], str] = '"{}"'.format
) -> dict[str, str]:
    """Hash over the sorted rows of each table; equal hashes mean equal content whatever the order of writing.

    `place` says in SQL where the rows of a table are.
    """
    hashes = {}
    for table in tables:
        if table in LOGS:
            continue
        columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[table]))
        row = connection.execute(
            f"SELECT md5(coalesce(string_agg(h, '' ORDER BY h), '')) FROM (SELECT md5(CAST(row({columns}) AS VARCHAR)) AS h FROM {place(table)})"
        ).fetchone()
        hashes[table] = str(row[0]) if row else ""
    return hashes


def _write_database(
    connection: duckdb.DuckDBPyConnection, path: Path, tables: list[str], notice: str
) -> dict[str, int]:
    connection.execute(f"ATTACH '{_sql(path)}' AS snapshot (STORAGE_VERSION '{STORAGE_VERSION}')")
    counts = {}
    try:
        for table in tables:
            columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[table]))
            connection.execute(
                f'CREATE TABLE snapshot.main."{table}" AS SELECT {columns} FROM main."{table}" ORDER BY ALL'
            )
            row = connection.execute(f'SELECT count(*) FROM snapshot.main."{table}"').fetchone()
            counts[table] = int(row[0]) if row else 0
        connection.execute("CHECKPOINT snapshot")
    finally:
        connection.execute("DETACH snapshot")
    with duckdb.connect(str(path)) as own:
        describe(own, notice, tables)
        add_readings(own, tables)
        own.execute("CHECKPOINT")
    _make_durable(path)
    return counts


def add_readings(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
    """Views `now.<fact>` of what is known now, and macros `<fact>_as_known_at(instant)`; a bare date means its end."""
    connection.execute("CREATE SCHEMA now")
    at = (
        "(CAST(t AS TIMESTAMP) + CASE WHEN length(CAST(t AS VARCHAR)) = 10 "
        "THEN INTERVAL 1 DAY - INTERVAL 1 MICROSECOND ELSE INTERVAL 0 DAY END)"
    )
    for table in tables:
        if table in FACTS:
            connection.execute(f'CREATE VIEW now."{table}" AS SELECT * FROM main."{table}" WHERE recorded_to IS NULL')
            connection.execute(
                f'CREATE MACRO main."{table}_as_known_at"(t) AS TABLE SELECT * FROM main."{table}" '
                f"WHERE recorded_from <= {at} AND (recorded_to IS NULL OR recorded_to > {at})"
            )


def _write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, tables: list[str], notice: str) -> None:
    folder.mkdir()
    note = (notice or "none").replace("'", "''")
    for table in tables:
        columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[table]))
        path = folder / f"{table}.parquet"
        connection.execute(
            f"COPY (SELECT {columns} FROM \"{table}\" ORDER BY ALL) TO '{_sql(path)}' (FORMAT parquet, KV_METADATA {{notice: '{note}'}})"
        )
        _make_durable(path)


def _switch(root: Path, draft: Path, name: str) -> Path:
    """Give the draft its name, point `current` at it in one step, and drop versions beyond the last few."""
    target = root / name
    if target.resolve() == (root / "current").resolve():  # it is being read: it stays until readers have left it
        target = root / f"{name}-again"
    if target.exists():  # the same content was published before and replaced since
        shutil.rmtree(target)
    draft.rename(target)
    link = root / ".current-new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name, target_is_directory=True)
    link.replace(root / "current")
    versions = sorted((p for p in root.iterdir() if p.is_dir() and not p.is_symlink()), key=lambda p: p.stat().st_mtime)
    for old in [p for p in versions if p != target][: max(0, len(versions) - KEPT_VERSIONS)]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
