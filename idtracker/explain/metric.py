"""Why a metric has its value: definition, numerator, denominator and the rows behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs, Mode
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric, metric_of
from idtracker.analyse.metrics.values import count, published_ends, published_value
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node, left_out, node, row_node
from idtracker.model.messages import Lang

EvidenceRows = tuple[Evidence, pd.DataFrame]


def explain(
    metric_id: str,
    facts: Mapping[str, pd.DataFrame],
    reference: Mapping[str, pd.DataFrame],
    period: str,
    scope: str = PROGRAMME,
    *,
    as_of: pd.Timestamp,
    organisations: Mode = "as_was",
    limit: int | None = 100,
    baseline: str | None = None,
    of_inputs: Sequence[Node] = (),
    lang: Lang = "en",
) -> Node:
    """A tree of {"what", "value", "because"}: the definition, then each measure with the units and rows behind it.

    At most `limit` units are listed under each figure (None: all), and a last node says how many were left out. A row
    carries `table` and, where it is a fact, `fact_id`, `submission_id`, `sheet`, `row_number`, and the `waiver` that let it
    through, if any. `baseline` is the quarter of the baseline where the programme names one;
    `of_inputs` is said of its inputs beside. Name, question and units are in `lang`, formula and rows as they are written. UsageError for
    an unknown metric, or a scope that has no value in the quarter.
    """
    chosen, quarter = metric_of(metric_id), Quarter.of(period)
    inputs = Inputs(facts, reference, as_of, organisations, baseline=baseline)
    every = list(count(chosen, inputs, quarter))
    results = [counted for counted in every if counted.scope == scope]
    if not results:
        scopes = ", ".join(dict.fromkeys(counted.scope for counted in every))
        raise UsageError(f"{chosen.id} has no value for the scope {scope!r} in {period}; there are: {scopes}.")
    return node(
        f"{chosen.id} {chosen.named(lang)}, {period}, {scope}",
        published_value(chosen, results[0]),
        [_definition(chosen, lang), *of_inputs, *(_measure(chosen, counted, limit, lang) for counted in results)],
    )


def _definition(chosen: Metric, lang: Lang) -> Node:
    least = f"{chosen.minimum_denominator} {chosen.denominator}"
    parts = {
        "question": chosen.asked(lang),
        "counted": chosen.denominator,
        "withheld below": least,
        "version": chosen.version,
    }
    return node("definition", chosen.formula, [node(what, value) for what, value in parts.items()])


def _measure(chosen: Metric, counted: MetricResult, limit: int | None, lang: Lang) -> Node:
    units, evidence = counted.units, [(e, e.rows) for e in counted.evidence]
    counting = units["counts"].astype(bool)
    reason = counted.reason(chosen.minimum_denominator)
    because = [
        node("numerator", counted.numerator, _units(evidence, units[counting], limit)),
        node("denominator", counted.denominator, _units(evidence, units[~counting], limit)),
        node("n", counted.n),
    ]
    ends = zip(("lower end", "upper end"), published_ends(chosen, counted), strict=True)
    because[:0] = [node(name, end) for name, end in (*ends, *counted.notes) if end is not None]
    if reason:
        because.insert(0, node("withheld", reason))
    return node(
        chosen.all_measures()[counted.measure],
        published_value(chosen, counted),
        because,
        measure=counted.measure,
        unit=chosen.unit_of(counted.measure, lang),
    )


def _units(evidence: list[EvidenceRows], units: pd.DataFrame, limit: int | None) -> list[Node]:
    """The units by name, each with its rows; under the denominator stand those that are not in the numerator."""
    weights = dict(zip(units["unit"], units["weight"], strict=True)) if "weight" in units else {}
    names = sorted(units["unit"].drop_duplicates())
    listed = names if limit is None else names[:limit]
    nodes = [node(name, weights.get(name), _rows(evidence, name, limit)) for name in listed]
    return [*nodes, *left_out(len(names) - len(listed))]


def _rows(evidence: list[EvidenceRows], unit: str, limit: int | None) -> list[Node]:
    nodes: list[Node] = []
    for item, evidence_rows in evidence:
        rows = evidence_rows[evidence_rows["unit"] == unit]
        listed = rows if limit is None else rows.head(limit)
        nodes.extend(
            row_node(str(row.get("table", item.table)), {str(k): v for k, v in row.items()}, item.show)
            for row in listed.to_dict("records")
        )
        nodes.extend(left_out(len(rows) - len(listed)))
    return nodes
