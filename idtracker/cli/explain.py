"""`explain`: what a figure is made of, down to submission, file, sheet and row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.face import command, console, print_json, show_notice, waiting
from idtracker.settings import DEFAULT_AUDIENCE, Settings

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

_LISTED = 8


@click.group()
def explain() -> None:
    """What a figure is made of, down to the rows."""


@explain.command(name="metric")
@click.argument("metric_id", metavar="ID")
@click.option("--scope", default="programme", show_default=True, help="Whole programme, a place or an organisation.")
@click.option("--period", help="Quarter, such as 2026-Q2; default: the last published one.")
@click.option("--as-known-at", help="Explain what was known at this day or instant (UTC).")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
@click.option("--all", "everything", is_flag=True, help="List every unit and row, not only the first of each.")
@command
def metric(
    settings: Settings,
    metric_id: str,
    scope: str,
    period: str | None,
    as_known_at: str | None,
    audience: str,
    everything: bool,
    as_json: bool,
) -> None:
    """Numerator and denominator of the metric ID, and the rows behind them.

    `idtracker query "SELECT DISTINCT metric_id FROM metric_value"` lists the metrics.
    """
    from idtracker.publish.snapshot import read_manifest
    from idtracker.report.explained import explain_metric

    with waiting("reading the published store", as_json):
        node = explain_metric(settings, metric_id, scope, period, as_known_at, audience, None if everything else 100)
    if as_json:
        print_json(node)
        return
    show_notice(str((read_manifest(settings, audience) or {}).get("notice", "")), stderr=True)
    console().print(_tree(node, None if everything else _LISTED), soft_wrap=False)


def _tree(node: dict[str, Any], limit: int | None) -> Tree:
    from rich.tree import Tree

    tree = Tree(_line(node))
    _grow(tree, node, limit)
    return tree


def _grow(tree: Tree, node: dict[str, Any], limit: int | None) -> None:
    nodes = node["because"]
    for inner in nodes if limit is None else nodes[:limit]:
        _grow(tree.add(_line(inner)), inner, limit)
    if limit is not None and len(nodes) > limit:
        tree.add(f"[dim]… and {len(nodes) - limit:,} more; --all lists every one[/dim]")


def _line(node: dict[str, Any]) -> Text:
    from rich.text import Text

    value = node["value"]
    if isinstance(value, float):
        value = f"{value:,.4f}".rstrip("0").rstrip(".")
    unit = f" {node['unit']}" if node.get("unit") and value is not None else ""
    if value is None:
        return Text(str(node["what"]))
    return Text.assemble(f"{node['what']}: ", (f"{value}{unit}", "bold"))
