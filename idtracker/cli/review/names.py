"""`names`: names that nobody knows yet, with suggestions; a person accepts one, and the register of names stays in order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.output import command, console, print_json, styled, waiting
from idtracker.model.home import Home

if TYPE_CHECKING:
    from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
    from idtracker.model.config.source import Source
    from idtracker.model.messages import Lang
    from idtracker.model.register.known_names import KnownNames
    from idtracker.model.register.reviewed_names import ReviewedName
    from idtracker.operate.documents.review.names import UnknownName

_LANGUAGE = click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the words."
)
_SOURCES = click.option("--source", "source_ids", multiple=True, help="Only this source; may be repeated.")


@click.group()
def names() -> None:
    """Names as typed: suggest, accept, check."""


@names.command()
@_SOURCES
@_LANGUAGE
@command
def suggest(home: Home, source_ids: tuple[str, ...], lang: Lang, as_json: bool) -> None:
    """Every name in a received file that no register and no reviewed entry knows, with whom it may mean.

    Nothing is matched by itself: a person decides, with `names accept`.
    """
    from idtracker.operate.services.names import unknown_names

    with waiting("looking for unknown names", as_json):
        catalogue, sources = _chosen(home, source_ids)
        document = unknown_names(home, catalogue, sources, lang)
    if as_json:
        print_json(document)
        return
    from idtracker.model.messages import phrase

    out = console()
    for entry in document.names:
        _show_name(entry, lang)
    out.print(
        phrase("feedback/names", "next" if document.names else "none_unknown", lang), markup=False, soft_wrap=True
    )


@names.command()
@click.argument("source_id", metavar="SOURCE")
@click.argument("typed")
@click.argument("identifier")
@click.option("--by", required=True, help="Role that reviewed the name, such as `data team`; no person's name.")
@click.option(
    "--kind", type=click.Choice(["organisation", "place", "indicator"]), help="What the name stands for; else found."
)
@click.option("--on", "reviewed_on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the review; default: today.")
@_LANGUAGE
@command
def accept(
    home: Home,
    source_id: str,
    typed: str,
    identifier: str,
    by: str,
    kind: Any,
    reviewed_on: datetime | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """From now on TYPED means IDENTIFIER in files of SOURCE: one line more in its names.csv.

    The next run judges the files of the source again. Accepting the same twice changes nothing.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.ingest.resolve.name_review import accept_name, kind_of
    from idtracker.model.register.known_names import KnownNames
    from idtracker.model.register.reviewed_names import NAMES_FILE, ReviewedName
    from idtracker.operate.services.names import schemes_of

    catalogue = catalogue_of(home)
    source = catalogue.source(source_id)
    kind_found = kind_of(catalogue.register, identifier, kind)
    day = (reviewed_on or datetime.now(UTC)).date()
    entry = ReviewedName(kind_found, typed, identifier, by, day, str(source.folder / NAMES_FILE))
    is_new = accept_name(source.folder, catalogue.register, entry, schemes_of(source, kind_found))
    _show_accepted(entry, source, KnownNames.of(catalogue.register), is_new, lang, as_json)


def _show_accepted(
    entry: ReviewedName, source: Source, known: KnownNames, is_new: bool, lang: Lang, as_json: bool
) -> None:
    if as_json:
        from idtracker.operate.documents.review.names import Accepted

        name = known.name(entry.identifier, lang)
        print_json(
            Accepted(
                source=source.id, kind=entry.kind, typed=entry.typed, identifier=entry.identifier, name=name,
                added=is_new, file=entry.origin,
            )
        )  # fmt: skip
        return
    from idtracker.model.messages import phrase

    words = {
        "typed": entry.typed,
        "identifier": known.beside(entry.identifier, lang),
        "source": source.id,
        "kind": phrase("feedback/names", f"kind_{entry.kind}", lang),
    }
    message = phrase("feedback/names", "accepted" if is_new else "known_already", lang, **words)
    console().print(message, markup=False, soft_wrap=True)


@names.command()
@_SOURCES
@_LANGUAGE
@command
def check(home: Home, source_ids: tuple[str, ...], lang: Lang, as_json: bool) -> int:
    """Reviewed names that no received file holds, that contradict the register, or whose identifier is valid no longer.

    Exit codes: 0 nothing to look at · 1 entries to look at · 2 wrong use.
    """
    from idtracker.model.messages import phrase
    from idtracker.operate.services.names import doubtful_names

    with waiting("reading the files received", as_json):
        catalogue, sources = _chosen(home, source_ids)
        day = catalogue.programme.clock or datetime.now(UTC).date()
        document = doubtful_names(home, catalogue, sources, day, lang)
    if as_json:
        print_json(document)
    else:
        for doubt in document.doubts:
            console().print(f"{doubt.source}/names.csv:{doubt.line}: {doubt.message}", markup=False, soft_wrap=True)
        counts = {"entries": document.entries, "doubts": len(document.doubts)}
        console().print(
            styled(phrase("feedback/names", "checked", lang, **counts), "green" if document.sound else "yellow")
        )
    return 0 if document.sound else 1


def _chosen(home: Home, source_ids: tuple[str, ...]) -> tuple[ProgrammeCatalogue, list[Source]]:
    from idtracker.ingest.judge.catalogue import catalogue_of

    catalogue = catalogue_of(home)
    return catalogue, [catalogue.source(s) for s in source_ids] or list(catalogue.sources.values())


def _show_name(entry: UnknownName, lang: Lang) -> None:
    from idtracker.model.messages import phrase

    out, first, words = console(), entry.first_seen, dict(entry)
    where = phrase("feedback/names", "where_sheet" if first.sheet else "where_row", lang, **dict(first))
    held = "held" if entry.held else "kept" if entry.provisional else "kept_as_typed"
    head = f"{entry.source} · {phrase('feedback/names', 'kind_' + entry.kind, lang)} · “{entry.typed}”"
    seen = phrase("feedback/names", "seen", lang, **words, file_name=first.file_name, where=where)
    out.print(styled(head, "bold"), soft_wrap=True)
    out.print(f"   {seen}; {phrase('feedback/names', held, lang, **words)}", markup=False, soft_wrap=True)
    for candidate in entry.candidates:
        names = dict.fromkeys(n for n in (candidate.known_as, candidate.name) if n and n != candidate.identifier)
        out.print(
            f"   {candidate.score:>3}  {candidate.identifier:<20} {' · '.join(names)}  ({candidate.reason})",
            markup=False,
            soft_wrap=True,
        )
    if not entry.candidates:
        out.print(styled(f"   {phrase('feedback/names', 'no_candidate', lang)}", "dim"))
