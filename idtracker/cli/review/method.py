"""`method`: published indices and those of the programme as data: list, check, compute."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_table, styled
from idtracker.cli.review.method_compare import compare_methods
from idtracker.cli.review.uncertainty import uncertainty
from idtracker.model.errors import UsageError
from idtracker.model.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idtracker.model.messages import Lang
    from idtracker.operate.documents.methods.checked import ListedMethod, MethodCheck, MethodFinding, MethodNode, Stage

_FINDINGS_SHOWN = 20
STAGES = ("denominated", "imputed", "treated", "normalised", "nodes", "weights")


@click.group()
def method() -> None:
    """Methods of indices as data: list, check, compute, uncertainty."""


method.add_command(uncertainty)


@method.command(name="list")
@command
def list_methods(home: Home, as_json: bool) -> int:
    """Every method at hand: the indices that are shipped, those in `_methods` beside the sources, the tracker's own.

    The role says which of them makes the scores of this programme (headline), which stand beside them (also, earlier), and which works out an index
    that the programme names, on its own data file (index).

    Exit codes: 0 all are sound · 1 a definition is wrong.
    """
    from idtracker.operate.documents.methods.checked import MethodList
    from idtracker.operate.services.methods.known import listed_methods

    document = MethodList(methods=listed_methods(home))
    if as_json:
        print_json(document)
    else:
        rows = [
            (m.name, m.method_version, m.where, _part(m), m.title or "its definition is wrong")
            for m in document.methods
        ]
        show_table(["name", "version", "where", "role", "title"], rows)
        for problem in (line for m in document.methods for line in m.problems):
            console().print(styled(problem, "red"), soft_wrap=True)
    return 1 if any(m.problems for m in document.methods) else 0


def _part(method: ListedMethod) -> str | None:
    """What a method does in this programme."""
    return ", ".join([*([method.role] if method.role else []), *(f"index {name}" for name in method.indices)]) or None


@method.command(name="check")
@click.argument("named", metavar="[METHOD]", required=False)
@click.option(
    "--data", "data", type=click.Path(), help="CSV with one row for each unit: also asks whether the parts go together."
)
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Of the sentences about trends."
)
@command
def check_method(home: Home, named: str | None, data: str | None, lang: Lang, as_json: bool) -> int:
    """METHOD (a name or a file; without one the programme's headline) in plain words: its tree with the weights that count.

    Of a tree that makes the published scores also what the values of the latest quarter do not allow: a place without the denominator, too
    few places for a statistic, a logarithm of zero. With --data also: gaps and values that cannot be used, pairs of indicators that say the same (correlation above 0.9),
    children that run against their node, which are often errors of direction, and Cronbach's alpha of each node.

    Exit codes: 0 nothing found · 1 findings, or the definition is wrong · 2 wrong use · 4 unusable file.
    """
    from idtracker.cli.check_output import read_file
    from idtracker.operate.services.methods.computed import read_table
    from idtracker.operate.services.methods.described import checked
    from idtracker.operate.services.methods.known import find_method

    table = read_table(read_file(data), data) if data else None
    document = checked(find_method(home, named), table, home, lang)
    if as_json:
        print_json(document)
    else:
        _show_check(document)
    return 1 if document.problems or document.findings else 0


def _show_check(document: MethodCheck) -> None:
    out = console()
    for problem in document.problems:
        out.print(styled(problem, "red"), soft_wrap=True)
    if document.problems:
        return
    out.print(styled(f"{document.title} ({document.method_version})", "bold"))
    for text in filter(None, (document.source and f"After: {document.source}", document.note)):
        out.print(text, markup=False, soft_wrap=True)
    out.print()
    common = _common_words(document.tree)
    if common:
        out.print(f"Every indicator: {'; '.join(common)}.", markup=False, soft_wrap=True)
    for node in document.tree:
        out.print(_node_line(node, common, document.alphas), markup=False, soft_wrap=True)
    if document.alternatives:
        out.print("\nAs reasonable, and tried by `method uncertainty`:")
    for text in document.alternatives:
        out.print(f"  {text}", markup=False, soft_wrap=True)
    if document.trend:
        out.print("\nTrends:")
    for text in document.trend:
        out.print(f"  {text}", markup=False, soft_wrap=True)
    _show_findings(document.findings)


def _common_words(tree: Sequence[MethodNode]) -> list[str]:
    """What holds for every indicator, where there are several."""
    said = [node.words.split("; ") for node in tree if node.kind == "indicator"]
    return [part for part in said[0] if all(part in other for other in said)] if len(said) > 1 else []


def _node_line(node: MethodNode, common: list[str], alphas: dict[str, float | None]) -> str:
    weight = "weight from the data" if node.effective_weight is None else f"{node.effective_weight:.1%}"
    known = alphas.get(node.code)
    alpha = "" if node.kind == "indicator" or known is None else f" (alpha {known:.2f})"
    name = node.code if node.label == node.code else f"{node.code} {node.label}"
    share = "" if node.parent is None else f" · {weight}"
    own = [part for part in node.words.split("; ") if node.kind == "node" or part not in common]
    does = f" · {'; '.join(own)}" if own else ""
    return f"{'  ' * node.depth}{name}{share}{does}{alpha}"


def _show_findings(findings: Sequence[MethodFinding], stderr: bool = False) -> None:
    out = console(stderr)
    for found in findings[:_FINDINGS_SHOWN]:
        mark = styled(f"{found.severity} {found.rule}", "red" if found.severity == "error" else "yellow")
        out.print(mark, styled(f"{found.message} {found.remedy}", ""), soft_wrap=True)
    if len(findings) > _FINDINGS_SHOWN:
        out.print(f"… and {len(findings) - _FINDINGS_SHOWN} more; --json has all of them.")


@method.command(name="compute")
@click.argument("named", metavar="METHOD")
@click.argument("data", type=click.Path())
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the CSV here instead of stdout.")
@click.option(
    "--stage",
    type=click.Choice(STAGES),
    default="nodes",
    show_default=True,
    help="Which stage to show; weights: what each indicator counts for in the whole, unit by unit.",
)
@command
def compute_method(home: Home, named: str, data: str, output: str | None, stage: Stage, as_json: bool) -> int:
    """METHOD (a name or a file) on DATA, a CSV with one row for each unit and a column for each indicator.

    Every node of every unit, with rank, band and coverage of the root. What cannot be computed stays empty and is told on
    stderr.

    Exit codes: 0 computed · 1 computed, with findings · 2 wrong use, or the definition is wrong · 4 unusable file.
    """
    from idtracker.cli.check_output import read_file
    from idtracker.operate.services.methods.computed import computed_document, computed_on, computed_table, read_table
    from idtracker.operate.services.methods.known import find_method, index_of

    _require_place(data, output)
    index = index_of(find_method(home, named))
    computed = computed_on(index, read_table(read_file(data), data))
    document = computed_document(index, computed, stage)
    if output or not as_json:
        text = computed_table(index, computed, stage).to_csv(index=False)
        _write(text, output)
    if as_json:
        print_json(document)
    else:
        _show_findings(document.findings, stderr=True)
    return 1 if document.findings else 0


def _require_place(data: str, output: str | None) -> None:
    if output is None:
        return
    target = Path(output)
    if not target.absolute().parent.is_dir():
        raise UsageError(f"{output}: there is no folder {target.absolute().parent}.")
    if target.exists() and Path(data).exists() and target.samefile(data):
        raise UsageError(f"-o {output} is the data itself; name another file.")


def _write(text: str, output: str | None) -> None:
    from idtracker.model.files import write_bytes
    from idtracker.model.printable import printable

    if output:
        write_bytes(Path(output), text.encode("utf-8"))
    else:
        click.echo(printable(text), nl=False)


method.add_command(compare_methods)
