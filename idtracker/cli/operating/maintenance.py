"""`rebuild`, `verify`, `backup`, `restore`: whether a home is whole, and making it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_notice, show_table, styled
from idtracker.cli.progress import progress
from idtracker.model.home import Home

if TYPE_CHECKING:
    from idtracker.ingest.landing.audit import Audited
    from idtracker.model.document import Document
    from idtracker.operate.custody.rebuild import Rebuilt
    from idtracker.operate.custody.restore import Restored

Listener = Callable[[str, int, int], None]


@click.command()
@click.option("--into", type=click.Path(path_type=Path), help="Make it in this new folder and leave the home as it is.")
@command
def rebuild(home: Home, into: Path | None, as_json: bool) -> int:
    """Make judgements and store again from what was received, compare, and put them in place of the old ones.

    Readers keep the publication they have until the new store is whole. Exit codes: 0 the same content · 1 some table
    differs, or a received file is damaged and everything stays as it was · 3 another run is writing.
    """
    from idtracker.ingest.judge.catalogue import load_catalogue
    from idtracker.operate.custody.rebuild import rebuild as make_again

    catalogue = load_catalogue(home.sources)
    with progress("looking") as listen:
        rebuilt = make_again(home, catalogue, datetime.now(UTC), into.resolve() if into else None, listen)
    if as_json:
        print_json(_rebuilt(rebuilt))
    else:
        show_notice(catalogue.programme.notice)
        _show_rebuilt(rebuilt, into)
    return 1 if rebuilt.problems or rebuilt.differing else 0


def _rebuilt(rebuilt: Rebuilt) -> Document:
    from idtracker.operate.documents import custody

    tables = [
        custody.TableChange(
            table=t.table,
            rows_before=t.rows_before,
            rows_after=t.rows_after,
            hash_before=t.hash_before,
            hash_after=t.hash_after,
            is_same=t.is_same,
            rows_missing=t.missing,
            rows_added=t.added,
        )
        for t in rebuilt.tables
    ]
    return custody.Rebuild(
        place=str(rebuilt.place),
        judged=rebuilt.judged,
        tables=tables,
        differing=[t.table for t in rebuilt.differing],
        published={audience: str(path) for audience, path in rebuilt.published.items()},
        problems=rebuilt.problems,
        notes=rebuilt.notes,
    )


def _show_rebuilt(rebuilt: Rebuilt, into: Path | None) -> None:
    out = console()
    if rebuilt.tables:
        columns: list[str | tuple[str, str]] = [
            "table",
            ("rows before", "right"),
            ("rows after", "right"),
            "hash before",
            "hash after",
            "",
        ]
        rows = [
            (t.table, t.rows_before, t.rows_after, (t.hash_before or "")[:12], t.hash_after[:12],
             "" if t.is_same else styled(f"differs: {t.missing} rows only before, {t.added} only after", "red"))
            for t in rebuilt.tables
        ]  # fmt: skip
        show_table(columns, rows)
        out.print()
    _show_lines(rebuilt.notes, rebuilt.problems)
    if rebuilt.problems:
        out.print("The store was not replaced; everything is as it was.")
        return
    word = "made in" if into else "replaced in"
    same = f"{len(rebuilt.differing)} tables differ" if rebuilt.differing else "same content"
    same = same if rebuilt.is_compared else "nothing was there to compare with"
    out.print(f"{rebuilt.judged} files judged · store {word} {rebuilt.place} · {same}", markup=False, soft_wrap=True)
    if rebuilt.differing and not into:
        out.print("The old store is kept as store/replaced.duckdb until the next rebuild that differs.")
    for audience, path in rebuilt.published.items():
        out.print(f"Published for {audience}: {path}", markup=False, soft_wrap=True)


@click.command()
@click.option("--deep", is_flag=True, help="Also make everything again in a folder that is removed, and compare.")
@command
def verify(home: Home, deep: bool, as_json: bool) -> int:
    """Whether the home is whole: received bytes, ledger, audit chain, judgements, store, publications. Changes nothing.

    Exit codes: 0 it is · 1 something is not as it should be, named with its remedy · 3 another run is writing.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.custody.verify import verify as look_at

    catalogue = catalogue_of(home)
    with progress("looking") as listen:
        audited = look_at(home, catalogue, datetime.now(UTC), deep, listen)
    if as_json:
        print_json(_verified(audited))
    else:
        counted = " · ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in audited.counts.items())
        console().print(counted, markup=False, soft_wrap=True)
        _show_lines(audited.notes, [])
        for p in audited.problems:
            console().print(styled(p.place, "red"), f"({p.check}): {p.problem}; {p.remedy}.", soft_wrap=True)
        summary = (
            f"{len(audited.problems)} problems" if audited.problems else "Nothing is missing, changed or too much."
        )
        console().print(summary)
    return 1 if audited.problems else 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--whole", is_flag=True, help="Also what can be made again: judgements, store, publications.")
@command
def backup(home: Home, file: Path, whole: bool, as_json: bool) -> int:
    """Write FILE (.tar.gz): received bytes, ledger, log of runs, and the content hashes of the store.

    The inbox, the sources folder and Dagster's history are not in it. Exit codes: 0 done · 1 done, and received files
    were damaged before · 3 another run is writing.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.custody.backup import back_up

    done = back_up(home, catalogue_of(home), file.resolve(), whole)
    if as_json:
        from idtracker.operate.documents.custody import Backup

        print_json(Backup(**asdict(done) | {"path": str(done.path)}))
    else:
        summary = f"{done.files:,} files, {done.size_bytes:,} bytes, in {done.path} ({done.archive_bytes:,} bytes)"
        console().print(summary, markup=False, soft_wrap=True)
        console().print(f"SHA-256 {done.sha256}", soft_wrap=True)
        _show_lines([], [f"{name}: this received file was damaged before the backup" for name in done.damaged])
    return 1 if done.damaged else 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Move a home that is not empty aside, to HOME.replaced-N.")
@command
def restore(home: Home, file: Path, force: bool, as_json: bool) -> int:
    """Make the home of a backup: check every file, judge and fill the store anew, compare its content, publish.

    An archive that is damaged, or holds what does not belong into one, is refused by the name of the member. Exit codes:
    0 the content of the archive · 1 refused, or some content differs · 2 the home is not empty.
    """
    from idtracker.ingest.judge.catalogue import load_catalogue
    from idtracker.operate.custody.restore import restore as bring_back

    catalogue = load_catalogue(home.sources)
    with progress("looking") as listen:
        restored = bring_back(home, catalogue, file.resolve(), datetime.now(UTC), force, listen)
    if as_json:
        print_json(_restored(restored))
    else:
        show_notice(catalogue.programme.notice)
        _show_restored(restored)
    return 1 if restored.problems or restored.differing else 0


def _verified(audited: Audited) -> Document:
    from idtracker.operate.documents.custody import HomeProblem, Verification

    problems = [HomeProblem(**asdict(p)) for p in audited.problems]
    return Verification(is_whole=not problems, counts=audited.counts, problems=problems, notes=audited.notes)


def _restored(restored: Restored) -> Document:
    from idtracker.operate.documents import custody

    return custody.Restored(
        home=str(restored.home),
        files=restored.files,
        judged=restored.judged,
        tables_compared=restored.compared,
        differing=restored.differing,
        problems=restored.problems,
        notes=restored.notes,
        moved_aside=str(restored.moved_aside) if restored.moved_aside else None,
    )


def _show_restored(restored: Restored) -> None:
    out = console()
    if restored.moved_aside:
        out.print(f"What was there is now {restored.moved_aside}", markup=False, soft_wrap=True)
    _show_lines(
        restored.notes,
        [*restored.problems, *(f"{table}: its content is not that of the archive" for table in restored.differing)],
    )
    same = restored.compared - len(restored.differing)
    summary = f"{restored.files:,} files restored to {restored.home}, {restored.judged} judged again"
    out.print(
        f"{summary} · {same} of {restored.compared} tables have the content of the archive",
        markup=False,
        soft_wrap=True,
    )


def _show_lines(notes: list[str], problems: list[str]) -> None:
    for note in notes:
        console().print(styled(note, "yellow"), soft_wrap=True)
    for problem in problems:
        console().print(styled(problem, "red"), soft_wrap=True)
