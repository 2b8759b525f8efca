"""Feedback packs as files: `<folder>/<organisation>/feedback.<lang>.html`, `.json`, and a workbook of what waits for a correction."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from idtracker.feedback.held_rows import rows_in_words
from idtracker.feedback.pack.document import FeedbackPack, FeedbackPacks
from idtracker.feedback.pack.make import DAYS, Edition, feedback_pack, find_body, reporting_bodies
from idtracker.feedback.pack.own import body_of
from idtracker.feedback.pack.page import pack_page
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, catalogue_of
from idtracker.model.errors import UsageError
from idtracker.model.files import write_bytes
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang
from idtracker.operate.services.held import open_rows
from idtracker.publish.access import note
from idtracker.publish.current import open_current
from idtracker.publish.manifest import read_manifest
from idtracker.publish.watch.reading import has_table

_UNSAFE = re.compile(r"[^\w.-]+")


def write_packs(
    home: Home,
    organisations: Sequence[str] | None,
    folder: Path,
    first: date | None = None,
    last: date | None = None,
    langs: Sequence[Lang] = ("en", "ar"),
) -> FeedbackPacks:
    """Write the packs of bodies (by identifier or name; None: every one that reports) of the owner's publication.

    The span ends with the day of knowledge and is a year long unless days are named. The same publication gives the same pages and documents.
    UsageError where there is no such body or the span is empty.
    """
    with open_current(home, DEFAULT_AUDIENCE) as published:
        if not has_table(published, "held_row"):
            raise UsageError("This publication does not show held rows; packs are made from the owner's.")
        edition = _edition(home, published, first, last)
        known = reporting_bodies(published)
        chosen = known if organisations is None else [find_body(published, typed) for typed in organisations]
        catalogue, written, packs = catalogue_of(home), list[Path](), list[FeedbackPack]()
        for org_id in dict.fromkeys(chosen):
            target = folder / folder_name(org_id)
            books = _workbooks(home, catalogue, published, org_id, edition, target, langs[0])
            written += [target / name for name in books.values()]
            for lang in langs:
                packs.append(feedback_pack(published, org_id, edition, lang, books))
                written += _write(packs[-1], target)
    note(tables=("submission", "finding", "held_row", "obligation"), rows=sum(len(pack.files) for pack in packs))
    names = sorted(path.relative_to(folder).as_posix() for path in written)
    return FeedbackPacks(folder=str(folder), files=names, packs=packs)


def folder_name(org_id: str) -> str:
    """An identifier as the name of a folder."""
    return _UNSAFE.sub("_", org_id).strip(".") or "_"


def _edition(home: Home, published: duckdb.DuckDBPyConnection, first: date | None, last: date | None) -> Edition:
    manifest: dict[str, Any] = dict(read_manifest(home, DEFAULT_AUDIENCE) or {})
    as_of = pd.Timestamp(str(manifest["as_of"]))
    end = last or as_of.date()
    begin = first or end - timedelta(days=DAYS - 1)
    if begin > end:
        raise UsageError(f"The span from {begin} to {end} is empty.")
    name = (home.published / DEFAULT_AUDIENCE / "current").resolve().name
    notice, programme = str(manifest.get("notice", "")), str(manifest.get("programme", ""))
    return Edition(programme, notice, name, f"{as_of.isoformat()}Z", begin, end)


def _workbooks(
    home: Home,
    catalogue: ProgrammeCatalogue,
    published: duckdb.DuckDBPyConnection,
    org_id: str,
    edition: Edition,
    target: Path,
    lang: Lang,
) -> dict[str, str]:
    """Write a workbook for each source of a body with rows that are held in the publication and now; its name by source."""
    from idtracker.feedback.workbooks.held_workbook import correction_workbook

    at, books = pd.Timestamp(edition.as_known_at), dict[str, str]()
    for source_id in body_of(published, org_id, lang).sources:
        sql = "SELECT held_id FROM held_row WHERE source_id = ? AND held_to IS NULL"
        held = {str(held_id) for (held_id,) in published.execute(sql, [source_id]).fetchall()}
        if not held or source_id not in catalogue.sources:
            continue
        source = catalogue.sources[source_id]
        rows = open_rows(home, source, at.tz_localize(None))
        rows = rows[rows["held_id"].isin(held)].reset_index(drop=True)
        if rows.empty:
            continue
        books[source_id] = f"corrections_{source_id}.xlsx"
        content = correction_workbook(source, rows_in_words(home, rows), lang, at.to_pydatetime())
        write_bytes(target / books[source_id], content)
    return books


def _write(pack: FeedbackPack, target: Path) -> list[Path]:
    document = json.dumps(pack.printed(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    contents = {f"feedback.{pack.lang}.html": pack_page(pack), f"feedback.{pack.lang}.json": document}
    for name, content in contents.items():
        write_bytes(target / name, content.encode())
    return [target / name for name in contents]
