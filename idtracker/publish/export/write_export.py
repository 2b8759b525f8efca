"""The export of a publication: its tables in every format that is asked for, in one folder with their description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.marking import HIGHEST, united
from idtracker.model.messages import Lang
from idtracker.publish.access import record_export
from idtracker.publish.export.choice import chosen_formats, chosen_tables
from idtracker.publish.export.description import write_description
from idtracker.publish.export.draft import WORKBOOK, WRITERS, Draft, Layout
from idtracker.publish.export.folder import check_target, new_folder
from idtracker.publish.export.iati.rows import ACTIVITY, READ_BESIDE
from idtracker.publish.export.iati.rows import FACTS as IATI_TABLES
from idtracker.publish.export.published import Published, check_content, markings_of, open_publication
from idtracker.publish.export.relations import Relations, relations_of
from idtracker.publish.export.result import SPATIAL, Exported, Format
from idtracker.publish.export.sdmx import STRUCTURES
from idtracker.publish.export.spatial.layers import has_place
from idtracker.publish.manifest import marking_of_publication


def export_publication(
    home: Home,
    folder: str | Path,
    audience: str = DEFAULT_AUDIENCE,
    formats: str | Sequence[str] | None = None,
    tables: str | Sequence[str] | None = None,
    lang: Lang = "en",
) -> Exported:
    """Write one audience's current publication into a folder: new, empty, or an earlier export, which is replaced.

    `formats`: names of result.py (csv, xlsx, parquet, sdmx without a choice). `tables`: names or the groups of choice.py (everything but
    derived tables over time without a choice). `lang` is the language of the workbook. The same publication gives the same bytes.

    UsageError for a choice or folder that cannot be, NotPublishedError where nothing is published, IdtrackerError where the
    publication is damaged, a row has no marking, or the folder cannot be written; then nothing of the export is there.
    """
    wanted = chosen_formats(formats)
    with open_publication(home, audience) as published:
        names = _names(published, wanted, tables)
        check_target(home, Path(folder).resolve())
        check_content(published, [*names, *_read_beside(names, wanted)])
        marked = markings_of(published, names)
        rows = united(m.marking for m in marked.values() if m.marking) or HIGHEST
        marking = marking_of_publication(rows, published.manifest)
        with new_folder(home, Path(folder)) as (draft_folder, target):
            relations = relations_for(published, names, wanted)
            draft = Draft(draft_folder, published, marked, relations, marking, lang, Layout({WORKBOOK: lang}))
            for form in wanted:
                WRITERS[form](draft)
            exported = exported_of(draft, target)
            write_description(draft_folder, published, exported, marked, relations, draft.contents)
        record_export(home, audience, published.folder.name, names, sum(m.rows for m in marked.values()))
        return exported


def _names(published: Published, wanted: Sequence[Format], tables: str | Sequence[str] | None) -> list[str]:
    """The tables of an export, in the order of the model: those that are chosen and that one of its formats can hold.

    Boundaries come with their places. UsageError where nothing is left, or IATI is wanted without activities.
    """
    chosen = chosen_tables(tables, published.tables)
    names = [name for name in chosen if any(_HOLDS.get(form, _anything)(name) for form in wanted)]
    if not names:
        sdmx = ", ".join(STRUCTURES)
        raise UsageError(f"None of these tables is exported as {', '.join(wanted)}; sdmx has {sdmx}.")
    if "iati" in wanted and ACTIVITY not in names:
        raise UsageError(
            f"IATI has activities and what belongs to them; `{ACTIVITY}` is not among the tables that are exported."
        )
    return chosen_tables(["place", *names], published.tables) if set(wanted) & set(SPATIAL) else names


def _anything(_: str) -> bool:
    return True


_HOLDS: Mapping[Format, Callable[[str], bool]] = {
    "sdmx": STRUCTURES.__contains__,
    "gpkg": has_place,
    "geoparquet": has_place,
    "iati": IATI_TABLES.__contains__,
}
"""Which tables a format can hold; one that is not here holds any."""


def relations_for(published: Published, names: Sequence[str], wanted: Sequence[Format]) -> dict[str, Relations]:
    """Keys and references of tables, held against their rows; none where no format states them."""
    if not set(wanted) - WITHOUT_RELATIONS:
        return {}
    return {name: relations_of(published, name, names) for name in names}


WITHOUT_RELATIONS = frozenset(("xlsx", "sdmx", "iati", *SPATIAL))
"""Formats that say nothing of keys and references."""


def _read_beside(names: Sequence[str], wanted: Sequence[Format]) -> list[str]:
    """Tables that are read and not exported: SDMX-CSV of cells has the units of their indicators, IATI organisations and places."""
    beside = ["indicator"] if "sdmx" in wanted and "merged_cell" in names else []
    beside += READ_BESIDE if "iati" in wanted else []
    return [name for name in beside if name not in names]


def exported_of(draft: Draft, target: Path) -> Exported:
    """What a draft holds, as it will stand at its place."""
    return Exported(
        folder=target,
        audience=draft.published.audience.id,
        as_known_at=draft.published.as_known_at,
        notice=draft.published.notice,
        marking=draft.marking,
        handling=draft.handling,
        tables=tuple(draft.tables),
        files=tuple(draft.files),
        left_out=tuple(draft.left_out),
    )
