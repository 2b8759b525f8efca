"""What `check` and `submit` share: their options, judging a file, and giving the answer out in every form."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idtracker.model.errors import UsageError
from idtracker.model.home import Home

if TYPE_CHECKING:
    from idtracker.feedback.check.result import CheckResult
    from idtracker.model.messages import Lang

_LINES_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where else the answer goes, and its language."""

    lang: Lang
    html: str | None
    annotate: str | None


def answer_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--annotate, --html and --lang, given to the command as `outputs`."""

    @functools.wraps(function)
    def run(*args: Any, lang: Lang, html: str | None, annotate: str | None, **options: Any) -> Any:
        return function(*args, outputs=Outputs(lang, html, annotate), **options)

    decorated: Callable[..., Any] = run
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_OPTIONS: list[Callable[[Callable[..., Any]], Callable[..., Any]]] = [
    click.option(
        "--annotate", type=click.Path(), help="Write a copy of the file as a workbook, findings marked in their cells."
    ),
    click.option("--html", type=click.Path(), help="Write the answer as one page to open, print or pass on."),
    click.option(
        "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the answer."
    ),
]


def judge(home: Home, file: str, source_id: str, submitted_by: str | None = None) -> tuple[bytes, CheckResult]:
    """The bytes of a file and the answer to them."""
    import pandas as pd

    from idtracker.feedback.check.result import check_file
    from idtracker.ingest.judge.catalogue import catalogue_of

    _hold_little_memory()
    content = read_file(file)
    catalogue = catalogue_of(home)
    source = catalogue.source(source_id)
    if submitted_by:
        catalogue.require_organisation(submitted_by)
    received_at = pd.Timestamp(datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    return content, check_file(home, catalogue, source, content, Path(file).name, received_at)


def _hold_little_memory() -> None:
    """Of the allocators that pyarrow may be built with, the one that gives most of what is freed back to the system."""
    import pyarrow as pa

    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())


def read_file(file: str) -> bytes:
    """The bytes of a file; UsageError where it is absent, a folder or not to be read."""
    path = Path(file)
    if path.is_dir():
        raise UsageError(f"{file} is a folder; name one file.")
    if not path.is_file():
        raise UsageError(f"{file}: there is no such file.")
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{file} cannot be read: {problem.strerror}.") from problem


def require_places(file: str, outputs: Outputs) -> None:
    """UsageError where an output cannot be written or would overwrite the file itself; before any work is done."""
    targets = [(o, Path(p)) for o, p in (("--html", outputs.html), ("--annotate", outputs.annotate)) if p]
    for option, path in targets:
        if path.is_dir():
            raise UsageError(f"{option} {path} is a folder; name a file.")
        if not path.absolute().parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {path.absolute().parent}.")
        if path.exists() and Path(file).exists() and path.samefile(file):
            raise UsageError(f"{option} {path} is the file itself; name another one.")
    if len({p.absolute() for _, p in targets}) < len(targets):
        raise UsageError("--html and --annotate name the same file; give each its own.")


def write_outputs(result: CheckResult, content: bytes, outputs: Outputs) -> list[Path]:
    """Write the page and the annotated workbook that were asked for; the paths written.

    A copy of a workbook with macros gets the suffix of one: Excel opens it under no other.
    """
    written = []
    if outputs.html:
        from idtracker.feedback.check.html import check_page

        page = check_page(result, outputs.lang).encode("utf-8", "replace")
        written.append(_write("--html", Path(outputs.html), page))
    if outputs.annotate:
        from idtracker.feedback.annotate.annotate import annotated_suffix, annotated_workbook

        workbook = annotated_workbook(result, content, result.file_name, outputs.lang)
        target, suffix = Path(outputs.annotate), annotated_suffix(content)
        target = target if suffix == ".xlsx" else target.with_suffix(suffix)
        written.append(_write("--annotate", target, workbook))
    return written


def _write(option: str, path: Path, content: bytes) -> Path:
    from idtracker.model.files import write_bytes

    try:
        write_bytes(path, content)
    except OSError as problem:
        raise UsageError(f"{option} {path} cannot be written: {problem.strerror or problem}.") from problem
    return path


def print_check(result: CheckResult, **further: object) -> None:
    """The one JSON document on stdout, a finding a line."""
    from idtracker.feedback.check.json import json_lines

    lines = json_lines(result, **further)
    while some := list(islice(lines, _LINES_AT_ONCE)):
        click.echo("\n".join(some))
