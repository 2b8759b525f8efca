"""`docs`: the reference pages and the schemas of definitions, made from what they describe."""

from __future__ import annotations

from pathlib import Path

import click

from idtracker.cli.output import command, console, installed, print_json
from idtracker.model.home import Home


@click.group()
def docs() -> None:
    """Reference pages and schemas from the definitions."""


@docs.command()
@click.option("--check", "is_check", is_flag=True, help="Write nothing; list what is out of date.")
@click.option("--into", "root", type=click.Path(), default=".", show_default=True, help="Folder in which docs/ stands.")
@command
def build(home: Home, is_check: bool, root: str, as_json: bool) -> int:
    """Write docs/reference and the schemas beside the sources; only what changed is written. `make docs` makes the site.

    Exit codes: 0 current, or brought up to date · 1 with --check, something is out of date.
    """
    top = Path(root).resolve()
    builder = installed("idtracker.docs_builder", "The reference is built from a clone of the repository.")
    files = builder.reference_files(top, home.sources)
    stale = builder.stale_files(files, top)
    if not is_check:
        builder.bring_up_to_date(files, stale)
    shown = [str(p.relative_to(top)) if p.is_relative_to(top) else str(p) for p in stale]
    if as_json:
        from idtracker.operate.documents.command_line import DocsBuild

        print_json(DocsBuild(files=len(files), stale=shown, written=not is_check))
    else:
        _show(shown, len(files), is_check)
    return 1 if is_check and stale else 0


def _show(stale: list[str], count: int, is_check: bool) -> None:
    out = console()
    for path in stale:
        out.print(f"{'out of date' if is_check else 'written'}: {path}", soft_wrap=True)
    if not stale:
        out.print(f"All {count} generated files are current.")
    elif is_check:
        out.print(f"{len(stale)} of {count} generated files are out of date; `idtracker docs build` writes them.")
