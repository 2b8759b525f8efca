"""`explain`: what a figure is made of, down to submission, file, sheet and row; back: what a file changed; and what a missing one would."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.output import command, console, print_json, show_notice, waiting
from idtracker.cli.reading.explain_consequences import consequences
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang
from idtracker.publish.access import note

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

_LISTED, _LISTED_IN_DOCUMENTS = 8, 100
PROGRAMME = "programme"
_FOLDED = "governorate"  # nodes of this kind are shown without what is below them unless everything is asked for

_audience = click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
_lang = click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Of the sentence of --since."
)
_everything = click.option("--all", "everything", is_flag=True, help="List every entry, not only the first of each.")
_as_known_at = click.option("--as-known-at", help="Explain what was known at this day or instant (UTC).")


@click.group()
def explain() -> None:
    """What a figure is made of, down to the rows; what a file changed; and what missing reports would tell."""


explain.add_command(consequences)


@explain.command(name="metric")
@click.argument("metric_id", metavar="ID")
@click.option("--scope", default=PROGRAMME, show_default=True, help="Whole programme, a place or an organisation.")
@click.option("--period", help="Quarter, such as 2026-Q2; default: the last published one.")
@click.option("--since", help="Why a network metric (IM-16 to IM-19, IM-24) moved since this quarter.")
@_lang
@_as_known_at
@_audience
@_everything
@command
def metric(
    home: Home,
    metric_id: str,
    scope: str,
    period: str | None,
    since: str | None,
    lang: Lang,
    as_known_at: str | None,
    audience: str,
    everything: bool,
    as_json: bool,
) -> None:
    """Numerator and denominator of the metric ID, and the rows behind them.

    `idtracker query "SELECT DISTINCT metric_id FROM metric_value"` lists the metrics. With --since: what moved a network
    metric, by merger, roster, silence and behaviour, in contributions that add up to the difference.
    """
    from idtracker.operate.services.explanations.metric import explain_metric, explain_metric_change

    if since is not None and scope != PROGRAMME:
        raise UsageError("--since explains the figures of the whole programme; leave --scope out.")

    def tree(limit: int | None) -> dict[str, Any]:
        if since is not None:
            return explain_metric_change(home, metric_id, since, period, lang, as_known_at, audience, limit)
        return explain_metric(home, metric_id, scope, period, as_known_at, audience, limit, lang)

    _show(home, audience, tree, everything, as_json)


@explain.command(name="score")
@click.argument("place")
@click.argument("period")
@click.option("--node", help="Dimension, by code or name; default: the whole index.")
@click.option("--since", help="Why it moved since this quarter, date or instant of knowledge (UTC), or publication.")
@_lang
@_as_known_at
@_audience
@_everything
@command
def score(
    home: Home,
    place: str,
    period: str,
    node: str | None,
    since: str | None,
    lang: str,
    as_known_at: str | None,
    audience: str,
    everything: bool,
    as_json: bool,
) -> None:
    """The score of PLACE in PERIOD: dimensions, indicators, reports, and the rows of files behind them.

    PLACE is a code or a name, PERIOD a quarter in any spelling. `points` of the parts add up to the score; where the mean
    is geometric, the product of the factors is the score. With --since: what moved it, by cause, indicator and
    organisation, in points that add up to the difference; no order of the causes is preferred.
    """
    from idtracker.operate.services.explanations.figure import explain_score, explain_score_change

    def tree(limit: int | None) -> dict[str, Any]:
        if since is not None:
            return explain_score_change(home, place, period, since, node, lang, as_known_at, audience, limit)
        return explain_score(home, place, period, node, as_known_at, audience, limit)

    _show(home, audience, tree, everything, as_json)


@explain.command(name="cell")
@click.argument("indicator")
@click.argument("place")
@click.argument("period")
@_as_known_at
@_audience
@_everything
@command
def cell(
    home: Home,
    indicator: str,
    place: str,
    period: str,
    as_known_at: str | None,
    audience: str,
    everything: bool,
    as_json: bool,
) -> None:
    """The merged value of INDICATOR for PLACE in PERIOD, and every report behind it, used or not."""
    from idtracker.operate.services.explanations.figure import explain_cell

    def tree(limit: int | None) -> dict[str, Any]:
        return explain_cell(home, indicator, place, period, as_known_at, audience, limit)

    _show(home, audience, tree, everything, as_json, fold=False)


@explain.command(name="submission")
@click.argument("name", metavar="ID_OR_FILE_NAME")
@_audience
@_everything
@command
def submission(home: Home, name: str, audience: str, everything: bool, as_json: bool) -> None:
    """What one file changed: its rows, the facts it added, corrected and closed, and the figures that followed.

    Cells, scores and metrics are computed for the last instant before its arrival and for its arrival.
    """
    from idtracker.operate.services.explanations.submission import explain_submission

    def tree(limit: int | None) -> dict[str, Any]:
        return explain_submission(home, name, audience, limit)

    _show(home, audience, tree, everything, as_json)


@explain.command(name="fact")
@click.argument("fact_id")
@_audience
@command
def fact(home: Home, fact_id: str, audience: str, as_json: bool) -> None:
    """Every vintage of one fact: what it said from when to when, by which file and row, and what ended it."""
    from idtracker.operate.services.explanations.fact import explain_fact

    _show(home, audience, lambda limit: explain_fact(home, fact_id, audience), True, as_json)


@explain.command(name="missing")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of sentences.")
@_audience
@command
def missing(home: Home, lang: Lang, audience: str, as_json: bool) -> None:
    """Reports that are owed and have not come: how much narrower each would make the intervals of scores, and what it would cover.

    What a report would have is taken from what its source reported before; a source without history has no estimate.
    """
    from idtracker.model.messages import phrase
    from idtracker.operate.services.explanations.missing import missing_list
    from idtracker.publish.current import open_current

    with open_current(home, audience) as published:
        document = missing_list(published, lang)
    if as_json:
        print_json(document)
        return
    for report in document.reports:
        console().print(report.sentence, markup=False, soft_wrap=True)
    if not document.reports:
        console().print(phrase("operate/missing", "none", lang))


def _show(
    home: Home,
    audience: str,
    make: Callable[[int | None], dict[str, Any]],
    everything: bool,
    as_json: bool,
    fold: bool = True,
) -> None:
    """The tree that `make` gives, as a document or on the terminal; `fold` hides what is below governorates."""
    from idtracker.publish.manifest import read_manifest

    with waiting("reading the published store", as_json):
        node = make(None if everything else _LISTED_IN_DOCUMENTS)
    note(shown=str(node["what"]))
    if as_json:
        from idtracker.operate.documents.explanation import Explanation

        Explanation.model_validate(node)
        print_json(node)  # with the keys of each node in its own order
        return
    show_notice(str((read_manifest(home, audience) or {}).get("notice", "")), stderr=True)
    console().print(_tree(node, None if everything else _LISTED, fold and not everything), soft_wrap=False)


def _tree(node: dict[str, Any], limit: int | None, fold: bool) -> Tree:
    from rich.tree import Tree

    tree = Tree(_line(node))
    _grow(tree, node, limit, fold)
    return tree


def _grow(tree: Tree, node: dict[str, Any], limit: int | None, fold: bool) -> None:
    nodes = node["because"]
    if fold and nodes and node.get("kind") == _FOLDED:
        words = (node["indicator_id"], node["place_id"], node["period"])
        tree.add(f"[dim]idtracker explain cell {' '.join(words)}[/dim]")
        return
    for inner in nodes if limit is None else nodes[:limit]:
        _grow(tree.add(_line(inner)), inner, limit, fold)
    if limit is not None and len(nodes) > limit:
        tree.add(f"[dim]… and {len(nodes) - limit:,} more; --all lists every one[/dim]")


def _line(node: dict[str, Any]) -> Text:
    from rich.text import Text

    value = node["value"]
    line = Text(str(node["what"]))
    if value is not None:
        unit = f" {node['unit']}" if node.get("unit") else ""
        line.append(": ").append(f"{_number(value)}{unit}", "bold")
    for part in (_part(node), node.get("says")):
        if part:
            line.append("  ").append(str(part), "dim")
    return line


def _part(node: dict[str, Any]) -> str:
    """What a node adds to the one above it."""
    for name, words in (("points", "points of it"), ("factor", "as a factor"), ("part_of_value", "of the value")):
        if node.get(name) is not None:
            weight = node.get("weight", node.get("population_share"))
            return f"[{_number(node[name])} {words}, weight {weight:.3f}]"
    return ""


def _number(value: object) -> object:
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
