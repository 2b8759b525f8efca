"""An export that is being written: its folder, what is in it so far, and what is written into it in each format."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from idtracker.model.marking import Marking
from idtracker.model.messages import Lang
from idtracker.model.tables import TABLES, columns_of
from idtracker.publish.export.csv_files import CsvContent, write_csv
from idtracker.publish.export.folder import sha256_of
from idtracker.publish.export.published import Published, TableMarking
from idtracker.publish.export.relations import Relations
from idtracker.publish.export.result import ExportedFile, Format, LeftOut
from idtracker.publish.export.sdmx import STRUCTURES, write_sdmx

WORKBOOK, GEOPACKAGE = "tables.xlsx", "places.gpkg"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the files of an export stand below its folder.

    `workbooks`: path -> language, of those of `workbook_tables` (None: of every table). `parquet`: the folder where the published Parquet
    files are already, which are then described and not copied. `earlier`: CSV files of the same content by table, with what was seen in them.
    """

    workbooks: Mapping[str, Lang]
    workbook_tables: Collection[str] | None = None
    geopackage: str = GEOPACKAGE
    parquet: Path | None = None
    earlier: Mapping[str, tuple[Path, CsvContent]] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """The folder that is being written, and what is in it so far."""

    folder: Path
    published: Published
    tables: Mapping[str, TableMarking]
    relations: Mapping[str, Relations]
    marking: Marking
    lang: Lang
    layout: Layout
    files: list[ExportedFile] = field(default_factory=list)
    contents: dict[str, CsvContent] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def handling(self) -> tuple[str, ...]:
        """Handling instructions of all that is in it."""
        return tuple(sorted({entry for marked in self.tables.values() for entry in marked.handling}))

    @property
    def about(self) -> dict[str, str]:
        """What every file says that can say it: whose it is, as known at when, under which marking; only what there is."""
        lines = {
            "programme": str(self.published.manifest["programme"]),
            "notice": self.published.notice,
            "audience": f"{self.published.audience.title} ({self.published.audience.id})",
            "classification": self.marking.classification,
            "releasable_to": self.marking.releasable_to or "",
            "handling": ";".join(self.handling),
            "as_known_at": self.published.as_known_at,
            "publication": str(self.published.manifest["content"]),
        }
        return {name: text for name, text in lines.items() if text}

    def add(
        self,
        path: Path,
        table: str | None,
        form: Format,
        rows: int,
        content: CsvContent | None = None,
        below: Path | None = None,
    ) -> None:
        """Enter a file that was written, or that stands already where this folder will stand (`below`)."""
        name = path.relative_to(below or self.folder).as_posix()
        self.files.append(ExportedFile(name, table, form, rows, path.stat().st_size, sha256_of(path)))
        if content is not None:
            self.contents[name] = content

    def leave_out(self, form: Format, reasons: Iterable[tuple[str, str]]) -> None:
        """Enter what a format cannot hold: table, and why."""
        self.left_out += [LeftOut(table, form, why) for table, why in reasons]


def _write_csv(draft: Draft) -> None:
    (draft.folder / "csv").mkdir()
    for table in draft.tables:
        path = draft.folder / "csv" / f"{table}.csv"
        columns = [spec.name for spec in columns_of(TABLES[table])]
        content = _carried(draft, table, path) or write_csv(path, columns, draft.published.rows_of(table))
        draft.add(path, table, "csv", content.rows, content)


def _carried(draft: Draft, table: str, path: Path) -> CsvContent | None:
    """What was seen in an earlier file of the same rows, which is this one under another name; None where there is none."""
    if table not in draft.layout.earlier:
        return None
    file, content = draft.layout.earlier[table]
    try:
        path.hardlink_to(file)
    except OSError:  # gone, or on a disk that knows one name for a file
        return None
    return content


def _write_workbook(draft: Draft) -> None:
    from idtracker.publish.export.workbook import write_workbook

    wanted = draft.layout.workbook_tables
    tables = {name: marked for name, marked in draft.tables.items() if wanted is None or name in wanted}
    other: Path | None = None
    for name, lang in draft.layout.workbooks.items():
        path = draft.folder / name
        path.parent.mkdir(exist_ok=True)
        left_out = write_workbook(draft.published, tables, draft.marking, path, lang, other)
        other = path
        if lang == draft.lang:
            draft.leave_out("xlsx", left_out.items())
        draft.add(path, None, "xlsx", sum(m.rows for table, m in tables.items() if table not in left_out))


def _write_parquet(draft: Draft) -> None:
    if draft.layout.parquet is not None:
        for table, marked in draft.tables.items():
            draft.add(draft.published.file_of(table), table, "parquet", marked.rows, below=draft.layout.parquet)
        return
    (draft.folder / "parquet").mkdir()
    for table, marked in draft.tables.items():
        path = draft.folder / "parquet" / f"{table}.parquet"
        shutil.copyfile(draft.published.file_of(table), path)
        draft.add(path, table, "parquet", marked.rows)


def _write_sdmx(draft: Draft) -> None:
    for table in (name for name in STRUCTURES if name in draft.tables):
        path = draft.folder / "sdmx" / f"{table}.csv"
        path.parent.mkdir(exist_ok=True)
        content = write_sdmx(draft.published, table, path)
        draft.add(path, table, "sdmx", content.rows, content)


def _write_geopackage(draft: Draft) -> None:
    from idtracker.publish.export.spatial.geopackage import write_geopackage

    path = draft.folder / draft.layout.geopackage
    path.parent.mkdir(exist_ok=True)
    rows, left_out = write_geopackage(draft.published, draft.tables, path, draft.about, draft.lang)
    draft.leave_out("gpkg", left_out)
    draft.add(path, None, "gpkg", rows)


def _write_geoparquet(draft: Draft) -> None:
    from idtracker.publish.export.spatial.geoparquet import write_geoparquet

    folder = draft.folder / "geoparquet"
    written, left_out = write_geoparquet(draft.published, list(draft.tables), folder, draft.about, draft.lang)
    draft.leave_out("geoparquet", left_out)
    for path, layer in written:
        draft.add(path, None, "geoparquet", layer.rows.num_rows)


def _write_iati(draft: Draft) -> None:
    from idtracker.publish.export.iati.write_iati import write_iati

    written = write_iati(draft.published, list(draft.tables), draft.folder / "iati", draft.about, draft.lang)
    draft.leave_out("iati", written.reasons)
    for path, rows in written.files:
        draft.add(path, None, "iati", rows)
    if written.listing is not None:
        path, content = written.listing
        draft.add(path, None, "iati", content.rows, content)


def _write_croissant(draft: Draft) -> None:
    from idtracker.publish.export.contracts.croissant import FILE, write_croissant

    path = draft.folder / FILE
    write_croissant(path, draft.published, draft.about, draft.files, draft.relations)
    draft.add(path, None, "croissant", 0)


def _write_contracts(draft: Draft) -> None:
    from idtracker.publish.export.contracts.odcs import FOLDER, write_contracts

    folder = draft.folder / FOLDER
    for path, table in write_contracts(folder, draft.published, draft.tables, draft.about, draft.relations):
        draft.add(path, table, "odcs", 0)


WRITERS: Mapping[Format, Callable[[Draft], None]] = {
    "csv": _write_csv,
    "xlsx": _write_workbook,
    "parquet": _write_parquet,
    "sdmx": _write_sdmx,
    "gpkg": _write_geopackage,
    "geoparquet": _write_geoparquet,
    "iati": _write_iati,
    "croissant": _write_croissant,
    "odcs": _write_contracts,
}
"""What writes each format, in the order in which they are written: one that describes others comes after them."""
