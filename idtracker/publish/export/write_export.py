"""The export of a publication: its tables in every format that is asked for, in one folder with their description."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.marking import HIGHEST, Marking, united
from idtracker.model.messages import Lang
from idtracker.model.tables import TABLES, columns_of
from idtracker.publish.export.choice import chosen_formats, chosen_tables
from idtracker.publish.export.csv_files import CsvContent, write_csv
from idtracker.publish.export.description import write_description
from idtracker.publish.export.folder import check_target, new_folder, sha256_of
from idtracker.publish.export.published import Published, TableMarking, check_content, markings_of, open_publication
from idtracker.publish.export.relations import relations_of
from idtracker.publish.export.result import Exported, ExportedFile, Format, LeftOut
from idtracker.publish.export.sdmx import STRUCTURES, write_sdmx

WORKBOOK = "tables.xlsx"


@dataclass(slots=True)
class _Draft:
    """The folder that is being written, and what is in it so far."""

    folder: Path
    published: Published
    tables: Mapping[str, TableMarking]
    marking: Marking
    lang: Lang
    files: list[ExportedFile] = field(default_factory=list)
    contents: dict[str, CsvContent] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, path: Path, table: str | None, form: Format, rows: int, content: CsvContent | None = None) -> None:
        name = path.relative_to(self.folder).as_posix()
        self.files.append(ExportedFile(name, table, form, rows, path.stat().st_size, sha256_of(path)))
        if content is not None:
            self.contents[name] = content


def export_publication(
    home: Home,
    folder: str | Path,
    audience: str = DEFAULT_AUDIENCE,
    formats: str | Sequence[str] | None = None,
    tables: str | Sequence[str] | None = None,
    lang: Lang = "en",
) -> Exported:
    """Write one audience's current publication into a folder: new, empty, or an earlier export, which is replaced.

    `formats`: csv, xlsx, parquet, sdmx (every one without a choice). `tables`: names or the groups of choice.py (everything but
    derived tables over time without a choice). `lang` is the language of the workbook. The same publication gives the same bytes.

    UsageError for a choice or folder that cannot be, NotPublishedError where nothing is published, IdtrackerError where the
    publication is damaged, a row has no marking, or the folder cannot be written; then nothing of the export is there.
    """
    wanted = chosen_formats(formats)
    with open_publication(home, audience) as published:
        names = chosen_tables(tables, published.tables)
        if wanted == ["sdmx"]:
            names = [name for name in names if name in STRUCTURES]
        if not names:
            raise UsageError(
                f"None of these tables is exported as {', '.join(wanted)}; sdmx has {', '.join(STRUCTURES)}."
            )
        check_target(home, Path(folder).resolve())
        check_content(published, [*names, *_read_beside(names, wanted)])
        marked = markings_of(published, names)
        marking = united(m.marking for m in marked.values() if m.marking) or HIGHEST
        with new_folder(home, Path(folder)) as (draft_folder, target):
            draft = _Draft(draft_folder, published, marked, marking, lang)
            for form in wanted:
                _WRITERS[form](draft)
            exported = _exported(draft, target)
            relations = {name: relations_of(published, name, names) for name in names}
            write_description(draft_folder, published, exported, marked, relations, draft.contents)
        return exported


def _read_beside(names: Sequence[str], wanted: Sequence[Format]) -> list[str]:
    """Tables that are read and not exported: SDMX-CSV of cells has the units of their indicators."""
    return ["indicator"] if "sdmx" in wanted and "merged_cell" in names and "indicator" not in names else []


def _exported(draft: _Draft, target: Path) -> Exported:
    handling = sorted({entry for marked in draft.tables.values() for entry in marked.handling})
    return Exported(
        folder=target,
        audience=draft.published.audience.id,
        as_known_at=draft.published.as_known_at,
        notice=draft.published.notice,
        marking=draft.marking,
        handling=tuple(handling),
        tables=tuple(draft.tables),
        files=tuple(draft.files),
        left_out=tuple(draft.left_out),
    )


def _write_csv(draft: _Draft) -> None:
    (draft.folder / "csv").mkdir()
    for table in draft.tables:
        path = draft.folder / "csv" / f"{table}.csv"
        columns = [spec.name for spec in columns_of(TABLES[table])]
        content = write_csv(path, columns, draft.published.rows_of(table))
        draft.add(path, table, "csv", content.rows, content)


def _write_workbook(draft: _Draft) -> None:
    from idtracker.publish.export.workbook import write_workbook

    path = draft.folder / WORKBOOK
    left_out = write_workbook(draft.published, draft.tables, draft.marking, path, draft.lang)
    draft.left_out += [LeftOut(table, "xlsx", why) for table, why in left_out.items()]
    draft.add(path, None, "xlsx", sum(m.rows for table, m in draft.tables.items() if table not in left_out))


def _write_parquet(draft: _Draft) -> None:
    (draft.folder / "parquet").mkdir()
    for table, marked in draft.tables.items():
        path = draft.folder / "parquet" / f"{table}.parquet"
        shutil.copyfile(draft.published.file_of(table), path)
        draft.add(path, table, "parquet", marked.rows)


def _write_sdmx(draft: _Draft) -> None:
    for table in (name for name in STRUCTURES if name in draft.tables):
        path = draft.folder / "sdmx" / f"{table}.csv"
        path.parent.mkdir(exist_ok=True)
        content = write_sdmx(draft.published, table, path)
        draft.add(path, table, "sdmx", content.rows, content)


_WRITERS = {"csv": _write_csv, "xlsx": _write_workbook, "parquet": _write_parquet, "sdmx": _write_sdmx}
