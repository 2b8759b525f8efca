"""What every command shares: where home and sources are, how errors end, how a document or a table is shown."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from idtracker.errors import IdtrackerError
from idtracker.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command --home, --sources and --json; turn its result into the exit code and its errors into one message."""

    @click.option("--home", type=click.Path(), help="Home of the country programme.")
    @click.option("--sources", "sources_dir", type=click.Path(), help="Folder of source definitions.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")
    @functools.wraps(function)
    def run(*args: Any, home: str | None, sources_dir: str | None, as_json: bool, **options: Any) -> None:
        outer = click.get_current_context().find_root().obj or {}
        settings = Settings.resolve(home or outer.get("home"), sources_dir or outer.get("sources"))
        try:
            code = function(settings, *args, as_json=as_json, **options)
        except IdtrackerError as problem:
            if as_json:
                print_json({"error": str(problem), "exit_code": problem.exit_code})
            else:
                click.echo(str(problem), err=True)
            sys.exit(problem.exit_code)
        sys.exit(code or 0)

    return run


def print_json(document: object) -> None:
    """The document on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: object) -> object:
    if hasattr(value, "isoformat"):
        return value.isoformat() if value == value else None  # NaT is not equal to itself
    if hasattr(value, "item"):
        return value.item()
    return None if value is None or value != value else str(value)


def console(stderr: bool = False) -> Console:
    """Rich's console; wide output is never cut when it goes into a file."""
    from rich.console import Console

    plain = Console(stderr=stderr, highlight=False)
    return plain if plain.is_terminal else Console(stderr=stderr, highlight=False, width=160)


def show_table(columns: Sequence[str | tuple[str, str]], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table on stdout; a column may name its justification or style, such as ("rows", "right")."""
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        name, kind = column if isinstance(column, tuple) else (column, "")
        table.add_column(
            name,
            justify="right" if kind == "right" else "left",
            style=kind if kind not in ("right", "") else None,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*("" if cell is None or cell != cell else str(cell) for cell in row))
    console().print(table)


def show_notice(notice: str, stderr: bool = False) -> None:
    """The programme's notice, wherever its figures are shown."""
    if notice:
        console(stderr).print(f"[yellow]{notice}[/yellow]")


def orchestrator(settings: Settings) -> Any:
    """The installed orchestrator. The library does not know which one it is."""
    from importlib.metadata import entry_points

    found = list(entry_points(group="idtracker.orchestrator"))
    if not found:
        raise IdtrackerError("No orchestrator is installed; install idtracker with the extra `pipelines`.")
    return found[0].load()(settings)
