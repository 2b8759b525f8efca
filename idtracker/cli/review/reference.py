"""`reference`: the reviewed reference data. Is it sound, what is in it, how did one thing change, and rates taken over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.output import command, console, print_json, show_table, styled, waiting
from idtracker.model.home import Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from idtracker.operate.documents.reference import ReferenceCheck

_TITLES = {
    "stretches": "in time",
    "parents": "parents",
    "successors": "followed by",
    "predecessors": "follows",
    "identifiers": "identifiers",
    "lies_in": "lies in",
    "holds": "holds",
    "codes": "codes",
    "also_read": "also read",
}


@click.group()
def reference() -> None:
    """Reviewed reference data: check, list, show, rates."""


@reference.command()
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language where a rule has both."
)
@command
def check(home: Home, lang: Lang, as_json: bool) -> int:
    """Everything that is wrong in the reference data, each with file, line, rule and what was expected.

    Looks at bundled tables and overlays, at the reviewed names of every source, and at the published store where there is
    one. Nothing stops at the first broken file. Exit codes: 0 sound · 1 there are problems.
    """
    from idtracker.operate.services.reference.check import reference_check

    with waiting("checking the reference data", as_json):
        document = reference_check(home, datetime.now(UTC).date())
    if as_json:
        print_json(document)
    else:
        _show_check(document, lang)
    return 0 if document.sound else 1


def _show_check(document: ReferenceCheck, lang: Lang) -> None:
    out = console()
    problems = document.problems
    if problems:
        rows = [
            (
                p.file if p.line is None else f"{p.file}:{p.line}",
                styled(p.rule, "red" if p.stops_run else "yellow"),
                (p.message_ar if lang == "ar" else None) or p.message,
                (p.expected_ar if lang == "ar" else None) or p.expected,
            )
            for p in problems
        ]
        show_table(["where", "rule", "what is wrong", "expected"], rows)
        stopping = sum(p.stops_run for p in problems)
        out.print(f"{len(problems)} problems; {stopping} of them stop a run.")
        return
    rows_of = ", ".join(f"{t.rows} {t.table}" for t in document.tables)
    store = "and the published store agrees" if document.published else "nothing is published yet to compare it with"
    out.print(f"The reference data is sound, {store}: {rows_of}.", soft_wrap=True)


@reference.command(name="list")
@click.argument("table", required=False)
@command
def list_tables(home: Home, table: str | None, as_json: bool) -> None:
    """Every reference table with its rows, or the rows of TABLE."""
    from idtracker.model.register.register import Register
    from idtracker.operate.services.reference.view import listed_rows, listed_tables

    register, _ = Register.gather(home.sources)
    document = listed_rows(register, table) if table else listed_tables(register)
    if as_json:
        print_json(document)
    elif table:
        show_table(document.columns, [list(row.values()) for row in document.rows])
    else:
        columns: list[str | tuple[str, str]] = ["table", ("rows", "right"), ("own", "right")]
        show_table(columns, [(t.table, t.rows, t.own) for t in document.tables])


@reference.command()
@click.argument("name")
@command
def show(home: Home, name: str, as_json: bool) -> None:
    """The history of NAME: versions of a codelist; stretches, parents, successors and identifiers of an organisation;
    hierarchy and codes of a place."""
    from idtracker.model.register.register import Register
    from idtracker.operate.services.reference.view import shown

    register, _ = Register.gather(home.sources)
    entries = shown(register, name)
    if as_json:
        print_json(entries)
        return
    out, document = console(), entries.printed()
    title = f"{document['name']} ({document['id']})" if document.get("name") else document["id"]
    out.print(styled(f"{document['kind']}: {title}", "bold"))
    facts = {k: v for k, v in document.items() if k not in ("kind", "id", "name") and not isinstance(v, list)}
    for key, value in facts.items():
        if value is not None:
            out.print(f"{key}: {value}", markup=False)
    for version in document.get("versions", ()):
        time = f"{version['valid_from'] or '…'} to {version['valid_to'] or '…'}"
        _show_entries(f"version {version['version']}, {time}", version["codes"])
    for key, heading in _TITLES.items():
        if key in document:
            _show_entries(heading, document[key])
    if document.get("also_called"):
        out.print(f"also called: {'; '.join(document['also_called'])}", markup=False, soft_wrap=True)


def _show_entries(heading: str, entries: list[dict[str, Any]]) -> None:
    """A table of entries, without columns that are empty in all of them."""
    if not entries:
        return
    console().print()
    columns = [c for c in entries[0] if any(e[c] is not None for e in entries)]
    show_table(columns, [[e[c] for c in columns] for e in entries], title=heading)


@reference.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Who published the rates, such as `IMF, end of period`.")
@click.option("--base", default="USD", show_default=True, help="Currency of which one unit is priced.")
@command
def rates(home: Home, file: Path, source: str, base: str, as_json: bool) -> None:
    """Take over exchange rates from FILE (CSV with Date, Rate, Currency and perhaps Frequency) into the programme's own.

    A rate of the same currency and day is replaced. Currencies that are not known, and days of which the file says two
    different rates, are left out and named.
    """
    from idtracker.ingest.resolve.currencies import read_rates, write_rates
    from idtracker.model.register.register import Register, overlay_file

    register, _ = Register.gather(home.sources)
    imported = read_rates(file.read_bytes(), file.name, register, base.upper(), source)
    path = overlay_file(home.sources, "exchange_rates")
    added, changed = write_rates(path, imported.rows)
    if as_json:
        from idtracker.operate.documents.reference import Rates

        print_json(
            Rates(
                file=str(path),
                read=len(imported.rows),
                added=added,
                changed=changed,
                unknown=imported.unknown,
                contradictions=imported.contradictions,
            )
        )
        return
    out = console()
    out.print(f"{len(imported.rows)} rates read; {added} are new, {changed} changed: {path}", soft_wrap=True)
    left_out = [f"{currency} is not a known currency ({count} rows)" for currency, count in imported.unknown.items()]
    for text in (*left_out, *imported.contradictions):
        out.print(styled(f"left out: {text}", "yellow"), soft_wrap=True)
