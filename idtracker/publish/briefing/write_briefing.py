"""The briefing as one folder of plain files that opens without a network, whole or not at all.

The same publication, audience, marking and languages give the same bytes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from idtracker.model.errors import IdtrackerError, NotPublishedError, UsageError
from idtracker.model.files import private_folder, take_place
from idtracker.model.marking import Marking
from idtracker.model.messages import LANGS, Lang
from idtracker.publish.briefing.charts.draw import Drawer
from idtracker.publish.briefing.data_files import DataFiles
from idtracker.publish.briefing.pages.registry import pages_of
from idtracker.publish.briefing.parts import Edition, Page
from idtracker.publish.briefing.published import START
from idtracker.publish.briefing.render import Renderer, first_page, marking_css, template_text
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect_beside

Finish = Callable[[Path, Mapping[str, str]], Iterable[str]]
"""Gets the folder and, for each file with rows, its query; gives the names of the files that it added."""
_MARK = "assets/marking.css"
"""What says that a folder is a briefing."""


def write_briefing(
    publication_folder: Path,
    target: Path,
    audience_title: str,
    marking: Marking | str,
    langs: Sequence[Lang] = LANGS,
    manifest: Mapping[str, Any] | None = None,
    finish: Finish | None = None,
    pictures: Path | None = None,
) -> list[Path]:
    """Write every page of a publication's folder into `target`: the files, in their order, the first of them the one to open.

    `manifest` is that of a publication which has none on disk yet. `pictures` is a folder in which drawn charts are kept for later. `finish` may add files, such as a seal over the others, before
    the folder takes its place. What stands at `target` is replaced where it is empty or a
    briefing. UsageError where it is neither, NotPublishedError where there is no publication, IdtrackerError where the folder
    cannot be written; then nothing of it stays.
    """
    described = manifest if manifest is not None else read_description(publication_folder)
    database = publication_folder / DATABASE
    if not database.is_file():
        raise NotPublishedError(f"{database} is missing; run `idtracker publish`.")
    if not langs:
        raise UsageError("A briefing needs a language: en, ar.")
    with _new_folder(target) as draft:
        connection = connect_beside(str(database), read_only=True)
        try:
            names, queries = _write(
                PublishedRows(connection, publication_folder),
                draft,
                _editions(described, audience_title, marking, langs),
                Drawer(pictures),
            )
        finally:
            connection.close()
        if finish is not None:
            names = [*names, *finish(draft, queries)]
    return [target / name for name in names]


def publication_name(manifest: Mapping[str, Any]) -> str:
    """What the folder of a publication is called once it is published."""
    return f"{str(manifest['as_of'])[:10]}-{str(manifest['content'])[:12]}"


def _editions(
    manifest: Mapping[str, Any], audience: str, marking: Marking | str, langs: Sequence[Lang]
) -> list[Edition]:
    mark = marking if isinstance(marking, str) else " · ".join([marking.classification, *sorted(marking.groups)])
    return [
        Edition(
            audience_title=audience,
            programme=str(manifest.get("programme", "")),
            notice=str(manifest.get("notice", "")),
            publication=publication_name(manifest),
            as_known_at=f"{manifest['as_of']}Z",
            marking=mark,
            lang=lang,
            period=None,
        )
        for lang in langs
    ]


def _write(
    source: PublishedRows, draft: Path, editions: Sequence[Edition], drawer: Drawer
) -> tuple[list[str], dict[str, str]]:
    """Everything into an empty folder, a page after the other: names below it, and by the name of each file with rows the query that they are from."""
    editions = [replace(edition, period=source.latest_period) for edition in editions]
    data, langs = DataFiles(source, draft / "data"), [edition.lang for edition in editions]
    names: list[str] = []
    for edition in editions:
        pages = pages_of(source, edition)
        if not names:
            names.append(_file(draft, START, first_page(langs, edition, pages[0].path)))
        renderer = Renderer(edition, pages, drawer, data.names, langs)
        for name, page in zip([f"{edition.lang}/{page.path}" for page in pages], pages, strict=True):
            names.append(_file(draft, name, _rendered(page, renderer, data, edition.lang)))
    for name, text in (("assets/briefing.css", template_text("briefing.css")), (_MARK, marking_css(editions[0]))):
        names.append(_file(draft, name, text))
    drawer.sweep()
    queries = {f"data/{name}": sql for name, sql in data.queries.items()}
    return [*names, *queries], queries


def _rendered(page: Page, renderer: Renderer, data: DataFiles, lang: Lang) -> str:
    """A page as HTML. What is on it is made once, goes into the files behind its tables first, and is gone afterwards."""
    whole = replace(page, sections=list(page.sections))
    data.add([whole], lang)
    return renderer.page(whole)


def _file(draft: Path, name: str, text: str) -> str:
    path = draft / name
    private_folder(path.parent)
    path.write_bytes(text.encode("utf-8"))
    return name


def read_description(folder: Path) -> dict[str, Any]:
    """The manifest beside a publication's files. NotPublishedError where it cannot be read."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        if {"as_of", "content"} <= set(manifest):
            return dict(manifest)
    except (OSError, ValueError, TypeError):
        pass
    raise NotPublishedError(f"{folder}: the manifest of the publication cannot be read; run `idtracker publish`.")


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its place at the end; after any error nothing of it stays."""
    draft: Path | None = None
    try:
        _check(target)
        private_folder(target.parent)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        yield draft
        take_place(draft, target)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise IdtrackerError(
            f"{problem.filename or target}: {reason}. No briefing was written to {target}."
        ) from problem
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def _check(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{target} is not a folder; name another.")
    if target.is_dir() and any(target.iterdir()) and not (target / _MARK).is_file():
        raise UsageError(f"{target} is not empty and no briefing; name another folder.")
