"""The briefing of what is published now for an audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.marking import HIGHEST, Marking, marking_of, united
from idtracker.model.messages import LANGS, Lang
from idtracker.model.published.audience import Audience
from idtracker.publish.briefing.proof import copy_verifier, seal_briefing, wording_of_program, wording_of_publication
from idtracker.publish.briefing.published import FOLDER, START
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.write_briefing import Finish, publication_name, read_description, write_briefing
from idtracker.publish.current import snapshot_database
from idtracker.publish.manifest import DATABASE, marking_of_publication
from idtracker.publish.sharing import share
from idtracker.store.connection import connect, connect_beside

PICTURES = "pictures"
"""Below the home: charts that were drawn, of every audience; never published as they are there."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """A briefing that was written: its files, the first of them the one to open, and what it is of."""

    folder: Path
    files: Sequence[Path]
    audience: str
    publication: str
    as_known_at: str
    notice: str
    marking: Marking
    langs: Sequence[Lang]

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.files[0]


def write_current(
    home: Home, folder: Path | None = None, audience_id: str = DEFAULT_AUDIENCE, langs: Sequence[Lang] = LANGS
) -> Briefing:
    """Write the briefing of an audience's current publication into a folder, that of the home unless it is named.

    NotPublishedError before the first publication; UsageError where the folder is not ours to write.
    """
    publication = snapshot_database(home, audience_id).parent
    target = (home.root / FOLDER / audience_id if folder is None else folder).resolve()
    if target == home.root or home.published in (target, *target.parents):
        raise UsageError(f"{target} is the home or what is published, which stays as it is; name another folder.")
    manifest = read_description(publication)
    with connect(str(publication / DATABASE), read_only=True) as connection:
        marking = marking_of_publication(marking_of_rows(connection), manifest)
    title, shown = str(manifest.get("title", audience_id)), marking_text(marking, manifest)
    files = write_briefing(publication, target, title, shown, langs, manifest, _sealing(publication, manifest))
    return Briefing(
        folder=target,
        files=files,
        audience=audience_id,
        publication=publication_name(manifest),
        as_known_at=f"{manifest['as_of']}Z",
        notice=str(manifest.get("notice", "")),
        marking=marking,
        langs=tuple(langs),
    )


def add_to_publication(home: Home, audience: Audience) -> Path:
    """Write the briefing into the folder of an audience's current publication, where it is not there yet; the page to open.

    The folder of a publication is never changed but for this: its briefing appears in it whole, once.
    """
    publication = snapshot_database(home, audience.id).parent
    target = publication / FOLDER
    if not (target / START).is_file():
        manifest = read_description(publication)
        with connect_beside(str(publication / DATABASE), read_only=True) as connection:
            marking = marking_of_publication(marking_of_rows(connection), manifest)
        langs = [lang for lang in audience.languages if lang in LANGS]
        write_briefing(
            publication,
            target,
            audience.title,
            marking_text(marking, manifest),
            langs,
            manifest,
            _sealing(publication, manifest),
            home.root / PICTURES,
        )
        share(home.root, target)
    return target / START


def _sealing(publication: Path, manifest: Mapping[str, Any]) -> Finish:
    """What adds to a briefing the program that verifies it, and the seal that it goes by."""

    def finish(folder: Path, queries: Mapping[str, str]) -> list[str]:
        said = wording_of_program() | wording_of_publication(publication)
        added = [copy_verifier(folder), seal_briefing(folder, publication, queries, said, manifest)]
        return [path.name for path in added]

    return finish


def marking_text(marking: Marking, manifest: Mapping[str, Any]) -> str:
    """The marking of each page: classification, groups and, where the programme states one, the TLP label."""
    tlp = manifest.get("tlp")
    return " · ".join([marking.classification, *sorted(marking.groups), *([f"TLP:{tlp}"] if tlp else [])])


def marking_of_rows(connection: duckdb.DuckDBPyConnection) -> Marking:
    """High-water mark of every row that a publication has; the highest where it has none."""
    listed = [
        f'SELECT DISTINCT classification, releasable_to FROM "{table}"' for table in PublishedRows(connection).tables
    ]
    found = connection.execute(" UNION ".join(listed)).fetchall() if listed else []
    return united(marking_of(*row) for row in sorted(found, key=str)) or HIGHEST
