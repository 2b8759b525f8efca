"""What every command shares: where home and sources are, how errors end, how a document or a table is shown."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from idtracker.model.errors import IdtrackerError, OtherTablesError
from idtracker.model.home import Home
from idtracker.model.printable import printable, printable_json
from idtracker.publish.access import recorded

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from idtracker.model.document import Document

_UNCUT = 10_000
_SHORT_CELL = 32
_LEAST_TEXT = 24
_GAP = 2
_MISSING = ("nan", "NaT", "<NA>")
_ISOLATES = "\u2068\u2069"


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command --home, --sources and --json; turn its result into the exit code and its errors into one message."""

    @click.option("--home", type=click.Path(), help="Home of the country programme.")
    @click.option("--sources", "sources_dir", type=click.Path(), help="Folder of source definitions.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")
    @functools.wraps(function)
    def run(*args: Any, home: str | None, sources_dir: str | None, as_json: bool, **options: Any) -> None:
        outer = click.get_current_context().find_root().obj or {}
        programme_home = Home.resolve(home or outer.get("home"), sources_dir or outer.get("sources"))
        try:
            with recorded(programme_home, _name_of_command(), datetime.now(UTC)):
                code = function(programme_home, *args, as_json=as_json, **options)
        except IdtrackerError as problem:
            end_with(str(problem), problem.exit_code, as_json)
        except BrokenPipeError:
            raise
        except OSError as problem:
            place = f"{problem.filename}: " if problem.filename else ""
            end_with(f"{place}{problem.strerror or problem}.", 1, as_json)
        except Exception as problem:
            known = _of_engine(problem, programme_home)
            if known is None:
                raise
            end_with(str(known), known.exit_code, as_json)
        sys.exit(code or 0)

    return run


def _name_of_command() -> str:
    """The running command as it is typed after `idtracker`, such as `explain score`."""
    names: list[str] = []
    context = click.get_current_context()
    while context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join(names) or str(context.info_name)


def _of_engine(problem: Exception, home: Home) -> IdtrackerError | None:
    """What a person can do about an error of the engine: no room, or a publication that another version of this library made."""
    if not type(problem).__module__.lstrip("_").startswith("duckdb"):
        return None
    from idtracker.publish.manifest import is_of_another_model
    from idtracker.store.connection import no_room

    return no_room(problem) or (OtherTablesError() if is_of_another_model(home) else None)


def end_with(message: str, exit_code: int, as_json: bool) -> None:
    """Leave with one message: a document on stdout, or a line on stderr."""
    if as_json:
        print_json({"error": message, "exit_code": exit_code})
    else:
        click.echo(printable(message), err=True)
    sys.exit(exit_code)


def print_json(document: Document | dict[str, Any]) -> None:
    """The document on stdout; one that is put together without its model, to be quick, as it is."""
    shown = document if isinstance(document, dict) else document.printed()
    click.echo(printable_json(json.dumps(shown, ensure_ascii=False, indent=1, allow_nan=False)))


def console(stderr: bool = False, isolates: bool = False) -> Console:
    """Rich's console; output that goes into a file or another program is never cut (unless COLUMNS says so).

    Control characters of what it prints are shown, and with `isolates` all but ours that give a text its own direction.
    """
    careful = _console_class(_ISOLATES if isolates else "")
    plain = careful(stderr=stderr, highlight=False)
    if plain.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return plain
    return careful(stderr=stderr, highlight=False, width=_UNCUT)


@functools.cache
def _console_class(kept: str) -> type[Console]:
    """A console that shows control characters but those in `kept`."""
    from rich.console import Console
    from rich.segment import Segment

    class CarefulConsole(Console):
        """Its styles steer the terminal, and nothing else that it prints."""

        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(printable(text, kept), **options)

        def render(self, renderable: Any, options: Any = None) -> Iterator[Segment]:
            for segment in super().render(renderable, options):
                shown = segment.text if segment.control else printable(segment.text, kept)
                yield segment if shown == segment.text else Segment(shown, segment.style)

    return CarefulConsole


@contextmanager
def waiting(what: str, as_json: bool = False) -> Iterator[None]:
    """A spinner on a terminal's stderr while something takes its time."""
    if as_json:
        yield
        return
    with console(stderr=True).status(what):
        yield


def show_table(columns: Sequence[str | tuple[str, str]], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table on stdout; a column may say that it stands to the right, such as ("rows", "right").

    Cells are shown as they are; only a `Text` has a style. Where the terminal is too narrow for a table, each row
    becomes a block of lines.
    """
    names = [c if isinstance(c, str) else c[0] for c in columns]
    to_right = {c[0] for c in columns if not isinstance(c, str) and c[1] == "right"}
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [max([len(name), *(row[i].cell_len for row in cells)]) for i, name in enumerate(names)]
    if title:
        console().print(title, markup=False, style="italic")
    if _fits(widths, console().width):
        _show_rows(names, to_right, widths, cells)
    else:
        _show_blocks(names, cells)


def _cell(value: object) -> Text:
    from rich.text import Text

    if isinstance(value, Text):
        return value
    text = str(value).removesuffix(" 00:00:00") if hasattr(value, "isoformat") else str(value)
    is_missing = value is None or (text in _MISSING and not isinstance(value, str))
    return Text("" if is_missing else printable(text))


def _fits(widths: Sequence[int], width: int) -> bool:
    """Whether short columns fit in full beside the long ones, which wrap."""
    least = sum(w if w <= _SHORT_CELL else max(_LEAST_TEXT, w // 8) for w in widths)
    return least + _GAP * (len(widths) - 1) <= width


def _show_rows(
    names: Sequence[str], to_right: set[str], widths: Sequence[int], cells: Sequence[Sequence[Text]]
) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for name, width in zip(names, widths, strict=True):
        justify = "right" if name in to_right else "left"
        table.add_column(_cell(name), justify=justify, no_wrap=width <= _SHORT_CELL, overflow="fold")  # type: ignore[arg-type]
    for row in cells:
        table.add_row(*row)
    console().print(table)


def _show_blocks(names: Sequence[str], cells: Sequence[Sequence[Text]]) -> None:
    out = console()
    for number, row in enumerate(cells):
        if number:
            out.print()
        for name, cell in zip(names, row, strict=True):
            if cell.plain:
                out.print(_cell(f"{name}: "), cell, sep="", soft_wrap=False)


def styled(text: str, style: str) -> Text:
    """A cell or line with a style."""
    from rich.text import Text

    return Text(printable(text, _ISOLATES), style=style)


def show_notice(notice: str, stderr: bool = False) -> None:
    """The programme's notice, wherever its figures are shown."""
    if notice:
        console(stderr).print(styled(notice, "yellow"))


def orchestrator(home: Home) -> Any:
    """The installed orchestrator. The library does not know which one it is."""
    remedy = "No orchestrator is installed; install idtracker with the extra `pipelines`."
    return installed("idtracker.orchestrator", remedy)(home)


def installed(group: str, remedy: str) -> Any:
    """What is installed behind an entry point of the library; IdtrackerError with the remedy where nothing is."""
    from importlib.metadata import entry_points

    for entry in entry_points(group=group):
        return entry.load()
    raise IdtrackerError(remedy)
