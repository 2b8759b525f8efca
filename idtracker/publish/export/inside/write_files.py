"""The formats of a publication, written into its folder from its own tables, by the code of an export.

They come after the publication, as its briefing does. Each stands whole in its place before the description names it: where
`datapackage.json` is, every file that it lists is there. What an interruption leaves without a description is replaced.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from idtracker.model.errors import IdtrackerError, NotPublishedError
from idtracker.model.files import take_place
from idtracker.model.home import Home
from idtracker.model.marking import HIGHEST, united
from idtracker.model.messages import LANGS, Lang
from idtracker.model.published.audience import Audience
from idtracker.model.tables import FACTS, OPERATIONS, OVER_TIME, TABLES
from idtracker.publish.citing.publications import manifest_of
from idtracker.publish.current import snapshot_database
from idtracker.publish.export.csv_files import CsvContent
from idtracker.publish.export.description import write_description
from idtracker.publish.export.draft import WRITERS, Draft, Layout
from idtracker.publish.export.folder import DESCRIPTION, sha256_of
from idtracker.publish.export.inside.described import FORM, MADE_BY, PLACES, Described, described, has_files, key_of
from idtracker.publish.export.published import Published, check_content, markings_of, open_publication
from idtracker.publish.export.result import FORMATS, Format
from idtracker.publish.export.write_export import exported_of, relations_for
from idtracker.publish.manifest import marking_of_publication
from idtracker.publish.sharing import share

_OF_OPERATIONS = ("submission", "obligation", "freshness")
WORKBOOK_TABLES = frozenset(
    table
    for table in TABLES
    if table not in (*FACTS, *OVER_TIME) and (table not in OPERATIONS or table in _OF_OPERATIONS)
)
"""Tables of the workbook of a publication: figures, what they refer to, and what was received and owed; not the rows of reports."""


@dataclass(frozen=True, slots=True)
class PublishedFiles:
    """Files beside the tables of a publication: its folder, formats in it, and those that could not be written (format -> why)."""

    folder: Path
    formats: tuple[str, ...]
    files: int
    is_new: bool
    failed: Mapping[str, str] = field(default_factory=dict)


def add_files(home: Home, audience: Audience) -> PublishedFiles:
    """Bring the files of an audience's current publication to what the audience shall have; nothing is written where they are.

    A format whose extra is not installed is left out and named. NotPublishedError before the first publication; IdtrackerError
    where the publication is damaged or its folder cannot be written: then there is no description, and the next run writes them.
    """
    folder = snapshot_database(home, audience.id).parent
    if has_files(home, audience):
        known = described(folder)
        return PublishedFiles(folder, known.formats if known else (), len(known.resources) if known else 0, False)
    try:
        if not audience.formats:
            _take_away(folder)
            return PublishedFiles(folder, (), 0, True)
        return _write(home, audience, folder)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise IdtrackerError(
            f"{problem.filename or folder}: {reason}. The formats of the publication for {audience.id} were not written."
        ) from problem


def _write(home: Home, audience: Audience, folder: Path) -> PublishedFiles:
    wanted = _wanted(audience.formats)
    draft_folder = Path(tempfile.mkdtemp(prefix=".files-", dir=folder))
    try:
        with open_publication(home, audience.id) as published:
            draft = _draft(audience, published, draft_folder, wanted)
            failed = _write_formats(draft, wanted)
            own: dict[str, Any] = {
                "key": key_of(audience),
                "formats": [form for form in wanted if form not in failed],
                "notWritten": [{"format": form, "why": why} for form, why in failed.items()],
            }
            exported = exported_of(draft, folder)
            write_description(
                *(draft_folder, published, exported, draft.tables, draft.relations, draft.contents), MADE_BY, own
            )
        _take_away(folder)
        for name in (*PLACES.values(), DESCRIPTION):
            if (draft_folder / name).exists():
                take_place(draft_folder / name, folder / name)
    finally:
        shutil.rmtree(draft_folder, ignore_errors=True)
    share(home.root, folder)
    return PublishedFiles(folder, tuple(own["formats"]), len(exported.files), True, failed)


def _wanted(formats: Sequence[Format]) -> list[Format]:
    """Formats in the order in which they are written; what Croissant describes is there whether or not it is named."""
    named = {*formats, *(["parquet"] if "croissant" in formats and "csv" not in formats else [])}
    return [form for form in FORMATS if form in named]


def _draft(audience: Audience, published: Published, folder: Path, wanted: Sequence[Format]) -> Draft:
    """An empty draft over the tables that the formats need."""
    names = [name for name in published.tables if name not in OVER_TIME]
    if set(wanted) == {"xlsx"}:
        names = [name for name in names if name in WORKBOOK_TABLES]
    check_content(published, names)
    marked = markings_of(published, names)
    rows = united(m.marking for m in marked.values() if m.marking) or HIGHEST
    langs: list[Lang] = [lang for lang in LANGS if lang in audience.languages]
    first = next(lang for lang in audience.languages if lang in langs)
    layout = Layout(
        workbooks={f"xlsx/tables_{lang}.xlsx": lang for lang in langs},
        workbook_tables=WORKBOOK_TABLES,
        geopackage="gpkg/places.gpkg",
        parquet=published.folder,
        earlier=_earlier(published) if "csv" in wanted else {},
    )
    marking = marking_of_publication(rows, published.manifest)
    relations = relations_for(published, names, wanted)
    return Draft(folder, published, marked, relations, marking, "ar" if first == "ar" else "en", layout)


def _earlier(published: Published) -> dict[str, tuple[Path, CsvContent]]:
    """CSV files of the publication before, of tables whose content is the same, as they were written."""
    others = [
        p for p in published.folder.parent.iterdir() if p.is_dir() and not p.is_symlink() and p != published.folder
    ]
    for before in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True):
        known = described(before)
        if known is not None and "csv" in known.formats and known.key.split()[0] == str(FORM):
            return _unchanged(before, known, published.manifest)
    return {}


def _unchanged(before: Path, known: Described, manifest: Mapping[str, Any]) -> dict[str, tuple[Path, CsvContent]]:
    try:
        earlier = manifest_of(before)
    except NotPublishedError:
        return {}
    if earlier["versions"].get("model") != manifest["versions"].get("model"):
        return {}
    resources = {str(resource["path"]): resource for resource in known.resources}
    files = {}
    for table, entry in manifest["tables"].items():
        name = f"csv/{table}.csv"
        is_same = entry["hash"] and entry["hash"] == earlier["tables"].get(table, {}).get("hash")
        if is_same and name in resources and _is_whole(before / name, resources[name]):
            files[table] = (before / name, _content(resources[name]))
    return files


def _is_whole(path: Path, resource: Mapping[str, Any]) -> bool:
    return path.is_file() and f"sha256:{sha256_of(path)}" == resource.get("hash")


def _content(resource: Mapping[str, Any]) -> CsvContent:
    """What was seen in a CSV file when it was written."""
    formulas, empty = (Counter(resource.get(name, {})) for name in ("formulaLikeCells", "emptyTextCells"))
    return CsvContent(int(resource["rows"]), formulas, empty)


def _write_formats(draft: Draft, wanted: Sequence[Format]) -> dict[str, str]:
    """Write each format; those that could not be written, and why. Of these nothing stays."""
    failed: dict[str, str] = {}
    for form in wanted:
        try:
            WRITERS[form](draft)
        except IdtrackerError as problem:
            failed[form] = str(problem)
            for name in [file.path for file in draft.files if file.format == form]:
                draft.contents.pop(name, None)
            draft.files[:] = [file for file in draft.files if file.format != form]
            draft.left_out[:] = [entry for entry in draft.left_out if entry.format != form]
            _remove(draft.folder / PLACES[form])
    return failed


def _take_away(folder: Path) -> None:
    """Remove the files that a publication has, their description first."""
    (folder / DESCRIPTION).unlink(missing_ok=True)
    for name in PLACES.values():
        _remove(folder / name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
