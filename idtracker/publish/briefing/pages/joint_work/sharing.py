"""The section about time to share: the published medians, and the curves of how long items waited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from idtracker.publish.briefing.pages.joint_work.metrics import Measured
from idtracker.publish.briefing.pages.wording import Row, Words
from idtracker.publish.briefing.parts import Block, Chart, Edition, Inline, Link, Listing, Section, Table
from idtracker.publish.briefing.source import PublishedRows

if TYPE_CHECKING:
    from idtracker.analyse.metrics.inputs import Inputs
    from idtracker.analyse.metrics.sharing.events import Entitlement

_METRIC, _EVENTS = "IM-08", "log=events"
_SAID = ("median", "p90", "median_inside", "median_outside")
_SIDES = ("inside", "outside")
_COLOURS = {"inside": "#00539f", "outside": "#d95f0e"}
LEAST = 5
"""Items below which no curve is drawn, as the metric is withheld."""
Curve = list[tuple[int, float]]


def sharing_section(source: PublishedRows, edition: Edition, inputs: Inputs, measured: Measured) -> Section:
    """Time to share in the four quarters to the latest measured one."""
    words = Words("integration", edition.lang)
    said = [s for name in (*_SAID, "logrank_p") for s in measured.sentences(_METRIC, words, measure=name)]
    blocks: list[Block] = [Listing(said) if said else words.sentence("sharing_empty", 1)]
    chart = _chart(words, inputs, measured)
    blocks.append(chart if chart is not None else words.sentence("sharing_no_curve"))
    why = [words.sentence(name, 3) for name in ("sharing_why", "sharing_why_curve")]
    return Section("sharing", words.text("sharing_title", period=measured.period), blocks, why)


def waiting_curve(days: Sequence[int], is_shared: Sequence[bool]) -> Curve:
    """Kaplan-Meier: the share that still waits after each day on which something was shared, from day 0 on.

    An item that is not shared leaves those at risk after its last day.
    """
    still, curve = 1.0, [(0, 1.0)]
    for moment in sorted({day for day, shared in zip(days, is_shared, strict=True) if shared}):
        at_risk = sum(day >= moment for day in days)
        ended = sum(shared and day == moment for day, shared in zip(days, is_shared, strict=True))
        still *= (at_risk - ended) / at_risk
        curve.append((moment, still))
    last = max(days, default=0)
    return [*curve, (last, still)] if last > curve[-1][0] else curve


def _chart(words: Words, inputs: Inputs, measured: Measured) -> Chart | None:
    """The curves of items for recipients in and outside government that organisations log; None where too few are known."""
    curves = {side: waiting_curve(*items) for side, items in _items(inputs, measured).items() if len(items[0]) >= LEAST}
    if not curves:
        return None
    labels = {side: words.text(f"sharing_{side}") for side in _SIDES}
    values = [
        {"days": day, "share": round(share, 6), "side": labels[side]}
        for side, curve in curves.items()
        for day, share in curve
    ]
    return Chart(
        words.text("sharing_chart"),
        curve_spec(values, [labels[s] for s in curves], [_COLOURS[s] for s in curves], words),
        words.text("sharing_alt"),
        _table(words, measured),
    )


def _items(inputs: Inputs, measured: Measured) -> dict[str, tuple[list[int], list[bool]]]:
    """Days and whether shared of each logged item by the side of its recipient; recipients that nobody knows are on neither."""
    from idtracker.analyse.metrics.quarter import Quarter
    from idtracker.analyse.metrics.sharing.events import logged

    quarter = Quarter.of(measured.period)
    traits, stands_for = inputs.traits(quarter), inputs.successors(quarter)
    sides: dict[str, tuple[list[int], list[bool]]] = {side: ([], []) for side in _SIDES}

    def side_of(item: Entitlement) -> str | None:
        known = None if item.taker is None else traits.get(stands_for.get(item.taker, item.taker))
        return None if known is None else "outside" if known.is_external else "inside"

    for item in logged(inputs, quarter):
        side = side_of(item)
        if side is not None:
            sides[side][0].append(item.days)
            sides[side][1].append(item.is_shared)
    return sides


def curve_spec(values: list[dict[str, Any]], labels: list[str], colours: list[str], words: Words) -> dict[str, Any]:
    """The Vega-Lite specification of falling steps."""
    legend = {"title": None, "orient": "bottom", "labelLimit": 360, "columns": 1, "symbolType": "stroke"}
    return {
        "width": 620,
        "height": 260,
        "data": {"values": values},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.2},
        "encoding": {
            "x": {"field": "days", "type": "quantitative", "title": words.text("sharing_days")},
            "y": {
                "field": "share",
                "type": "quantitative",
                "title": words.text("sharing_waiting"),
                "axis": {"format": ".0%"},
                "scale": {"domain": [0, 1]},
            },
            "color": {
                "field": "side",
                "type": "nominal",
                "scale": {"domain": labels, "range": colours},
                "legend": legend,
            },
        },
    }


def _table(words: Words, measured: Measured) -> Table:
    """The published figures that the curves pass through."""
    wanted = [(_METRIC, name, "programme") for name in _SAID] + [(_METRIC, name, _EVENTS) for name in ("median", "p90")]
    shown: list[tuple[tuple[str, str, str], Row]] = [(key, row) for key in wanted if (row := measured.row(*key))]
    rows: list[Sequence[Inline | Link | None]] = [
        (words.text(f"says_{key[0]}_{key[1]}"), words.text("scope_events" if key[2] == _EVENTS else "scope_all"),
         measured.cell(row, "value", words.lang), measured.cell(row, "numerator", words.lang), measured.cell(row, "n", words.lang))
        for key, row in shown
    ]  # fmt: skip
    headings = [words.text(f"sharing_{name}") for name in ("figure", "scope", "days", "shared", "items")]
    return Table(words.text("sharing_table"), headings, rows, empty_text=words.text("sharing_empty"))
