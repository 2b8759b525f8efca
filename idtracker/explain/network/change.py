"""Why a network metric moved, as a tree: merger, roster, silence and behaviour, with the organisations and ties behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.network.changes import APPEARED, WITHHELD, ChangePart, change_between, parts_of
from idtracker.analyse.metrics.network.sides import NETWORK_METRICS, quarters_read
from idtracker.analyse.metrics.network.silence import missing_reports
from idtracker.analyse.metrics.network.split import BEHAVIOUR, CAUSES, MERGER, ROSTER, SILENCE, Change, Game
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric, metric_of
from idtracker.analyse.metrics.values import count, published_value
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node, first_of, node
from idtracker.model.messages import LIST_MARK, Lang, phrase

_TEXTS = "explain/network/change"
_LABELS = {
    MERGER: "organisations that became others",
    ROSTER: "organisations that joined or left the roster",
    SILENCE: "ties that nobody reported on one side",
    BEHAVIOUR: "ties that began or ended",
}
_NOTHING = 5e-4
_WEIGHTED = "constraint"
"""The one figure that a tie moves which both sides have, by how many activities it stands for."""


def explain_network_change(
    metric_id: str,
    facts: Mapping[str, pd.DataFrame],
    reference: Mapping[str, pd.DataFrame],
    since: str,
    period: str,
    *,
    as_of: pd.Timestamp,
    lang: Lang = "en",
    limit: int | None = 100,
) -> Node:
    """The tree of what moved each figure of a network metric between two quarters; at most `limit` entries under a cause.

    The contributions of a figure add up to its difference. UsageError for a metric of no network, and where `since` is not earlier.
    """
    chosen, (before, after) = metric_of(metric_id), (Quarter.of(since), Quarter.of(period))
    if chosen.id not in NETWORK_METRICS:
        raise UsageError(
            f"{chosen.id} is not divided into causes; those of networks are: {', '.join(NETWORK_METRICS)}."
        )
    if before.start >= after.start:
        raise UsageError(f"--since {since} is not before {period}.")
    nodes = _figures(Inputs(facts, reference, as_of), chosen, (before, after), lang, limit)
    first = nodes[0]
    return node(
        f"Change of {chosen.id} {chosen.name}, {period}, since {since}",
        first["value"],
        nodes,
        says=first["sentence"],
        sentence=first["sentence"],
        since=since,
        period=period,
        before=first["before"],
        kind="change",
    )


def _figures(
    inputs: Inputs, chosen: Metric, quarters: tuple[Quarter, Quarter], lang: Lang, limit: int | None
) -> list[Node]:
    """Each figure of a metric with its difference, the causes of that, and all of it in a sentence."""
    values = {q: {r.measure: published_value(chosen, r) for r in count(chosen, inputs, q)} for q in quarters}
    parts = parts_of(inputs, *quarters, chosen.id, lambda _, measure, quarter: values[quarter][measure])
    details = {is_weighted: _details(inputs, quarters, chosen.id, is_weighted, limit) for is_weighted in (False, True)}
    nodes = []
    for measure, text in chosen.measures.items():
        first, last = values[quarters[0]][measure], values[quarters[1]][measure]
        own = [part for part in parts if part.measure == measure]
        said = change_sentence(chosen, measure, quarters, (first, last), own, lang)
        because = [_cause(part, details[measure == _WEIGHTED]) for part in own if part.cause in CAUSES]
        moved = None if first is None or last is None else last - first
        nodes.append(node(text, moved, because, measure=measure, before=first, after=last, sentence=said))
    return nodes


def change_sentence(
    chosen: Metric,
    measure: str,
    quarters: tuple[Quarter, Quarter],
    ends: tuple[float | None, float | None],
    parts: Sequence[ChangePart],
    lang: Lang,
) -> str:
    """One figure's change and its parts in one sentence; what behaviour did is always said."""
    name = chosen.name_ar if lang == "ar" else chosen.name
    texts = ["" if end is None else f"{end:.3f}" for end in ends]
    words = {
        "metric": name if measure == "value" else f"{name} ({measure})",
        "since": quarters[0].code,
        "period": quarters[1].code,
        "before": texts[0],
        "after": texts[1],
    }
    listed = [
        phrase(_TEXTS, part.cause, lang, points=f"{part.contribution:+.3f}")
        for part in parts
        if part.contribution is not None and (part.cause == BEHAVIOUR or abs(part.contribution) >= _NOTHING)
    ]
    return phrase(_TEXTS, _kind(ends, parts), lang, **words, parts=LIST_MARK.text(lang).join(listed))


def _kind(ends: tuple[float | None, float | None], parts: Sequence[ChangePart]) -> str:
    before, after = ends
    if before is None or after is None:
        causes = {part.cause for part in parts}
        return "appeared" if APPEARED in causes else "withheld" if WITHHELD in causes else "nothing"
    first, last = round(before, 3), round(after, 3)
    return "stayed" if first == last else "rose" if last > first else "fell"


def _cause(part: ChangePart, details: Mapping[str, list[Node]]) -> Node:
    because = details[part.cause]
    return node(_LABELS[part.cause], part.contribution, because, cause=part.cause, kind="cause")


def _details(
    inputs: Inputs, quarters: tuple[Quarter, Quarter], metric_id: str, is_weighted: bool, limit: int | None
) -> dict[str, list[Node]]:
    """What stands under each cause: organisations, missing reports, and ties, those of both sides only where weights count."""
    change = change_between(inputs, *quarters, metric_id)
    game = Game(change.before, change.after)
    missing = [
        node(f"missing report of {report.org_id} for {report.period} ({report.source_id})", None, org_id=report.org_id)
        for report in dict.fromkeys(r for q in _read(metric_id, *quarters) for r in missing_reports(inputs, q))
    ]
    ties = {cause: _ties(game, cause, is_weighted) for cause in (ROSTER, SILENCE, BEHAVIOUR)}
    found = {MERGER: _merged(inputs, change), ROSTER: [*_roster(change), *ties[ROSTER]]}
    found |= {SILENCE: [*missing, *ties[SILENCE]], BEHAVIOUR: ties[BEHAVIOUR]}
    return {cause: first_of(nodes, limit) for cause, nodes in found.items()}


def _read(metric_id: str, before: Quarter, after: Quarter) -> list[Quarter]:
    return list(dict.fromkeys(q for end in (before, after) for q in quarters_read(metric_id, end)))


def _merged(inputs: Inputs, change: Change) -> list[Node]:
    """The organisations of either side that are another one in the reading of one day."""
    gone = sorted({*change.was.orgs, *change.now.orgs} - {*change.before.orgs, *change.after.orgs})
    stands_for = inputs.organisations.successors(inputs.as_of.normalize())
    return [node(org, f"is {stands_for.get(org, 'another organisation')}", org_id=org) for org in gone]


def _roster(change: Change) -> list[Node]:
    old, new = set(change.before.orgs), set(change.after.orgs)
    joined = [node(org, "joined", org_id=org) for org in sorted(new - old)]
    return [*joined, *(node(org, "left", org_id=org) for org in sorted(old - new))]


def _ties(game: Game, cause: str, is_weighted: bool) -> list[Node]:
    """Ties of the last quarter of each side that a cause changed, with how many activities both share."""
    return [
        node(f"{pair.a} – {pair.b}", pair.after, before=pair.before, says=f"activities shared, before: {pair.before}")
        for pair in game.pairs(cause)
        if is_weighted or not (pair.before and pair.after)
    ]
