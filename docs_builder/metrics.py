"""The metric catalogue: one Markdown page per metric and an index, made from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from idtracker.analyse.metrics.registry import Metric, families, metrics
from idtracker.analyse.metrics.registry import family as metrics_of_family
from idtracker.analyse.metrics.scopes.declared import KINDS, NAMES, Given
from idtracker.model.register.register import Register

FAMILY_NAMES = {
    "analysis": "Joint analysis and strategy",
    "flow": "Information flow",
    "network": "Network and breadth",
    "culture": "Culture and enabling environment",
    "overlap": "Overlap and gaps",
    "effect": "Effect",
    "trust": "Trust in the numbers",
}
ANSWERED = {
    "definition_point": "What integrated delivery is",
    "barrier": "What stands in its way",
    "tool_use": "What the tools are for",
    "kpq": "Key performance questions",
}
"""The codelists of the framework, in their order."""
BETTER = {"higher": "higher", "lower": "lower", "none": "neither higher nor lower"}


def metric_page(metric: Metric) -> str:
    """The catalogue page of one metric, Markdown."""
    sections = [
        f"# {metric.id} {metric.name}",
        f"{metric.name_ar}",
        f"**{metric.question}**",
        _facts(metric),
        "## Formula\n\n" + f"`{metric.formula}`" + (f"\n\n{metric.detail}" if metric.detail else ""),
        "## Measures\n\n" + _measures(metric),
        "## Denominator and suppression\n\n" + _suppression(metric),
        "## Scopes\n\n" + _scopes(metric),
        "## Inputs\n\n" + _inputs(metric),
        "## Limitations\n\n" + metric.limitations,
    ]
    return "\n\n".join(sections) + "\n"


def catalogue_index() -> str:
    """The index of every metric by family, Markdown; links are file names such as `IM-01.md`."""
    sections = ["# Integration metrics"]
    for name in families():
        rows = [
            [f"[{m.id}]({m.id}.md)", m.name, m.question, m.unit, ", ".join([*m.elements, *m.kpqs])]
            for m in metrics_of_family(name)
        ]
        heading = f"## {FAMILY_NAMES.get(name, name.capitalize())}"
        sections.append(f"{heading}\n\n" + _table(["id", "name", "question", "unit", "answers"], rows))
    sections += ["## What they answer", *_answers()]
    sections.append(f"{len(metrics())} metrics. There is no single headline index: families are read side by side.")
    return "\n\n".join(sections) + "\n"


def _answers() -> Iterator[str]:
    """The metrics of each element of the framework and of each key performance question, as the metrics state them."""
    codes = Register.load().codelists
    for scheme, title in ANSWERED.items():
        rows = [
            [
                str(row.code),
                str(row.label_en),
                _linked(m for m in metrics().values() if row.code in (*m.elements, *m.kpqs)),
            ]
            for row in codes[codes["scheme"] == scheme].itertuples()
        ]
        yield f"### {title}\n\n" + _table(["", "", "metrics"], rows)


def _linked(listed: Iterable[Metric]) -> str:
    return ", ".join(f"[{m.id}]({m.id}.md)" for m in listed)


def _facts(metric: Metric) -> str:
    rows = [
        ["Family", metric.family],
        ["Unit", metric.unit],
        ["Better", BETTER[metric.direction]],
        ["Version", metric.version],
        ["Source", metric.source],
        ["Elements (definition D, barriers B, uses U)", ", ".join(metric.elements) or "none"],
        ["Key performance questions", ", ".join(metric.kpqs) or "none"],
    ]
    return _table(["", ""], rows)


def _measures(metric: Metric) -> str:
    rows = [
        [f"`{name}`", metric.unit_of(name), BETTER[metric.direction_of(name)], text]
        for name, text in metric.all_measures().items()
    ]
    return _table(["measure", "unit", "better", "meaning"], rows)


def _inputs(metric: Metric) -> str:
    table = _table(["table", "columns"], [[f"`{t}`", _codes(c)] for t, c in metric.inputs.items()])
    read = f"\n\nOf {_codes(metric.versions)} every version known by then is read." if metric.versions else ""
    return table + read


def _suppression(metric: Metric) -> str:
    return (
        f"Counted: {metric.denominator}.\n\n"
        f"The value is empty with the reason `below_minimum_denominator` below {metric.minimum_denominator}, `no_units` where there "
        "is nothing to count, and `undefined` where the formula has no value. Numerator, denominator and n are given all the same."
    )


def _scopes(metric: Metric) -> str:
    rows = [["country", "yes", "`programme`"]]
    for kind in KINDS:
        scope = metric.scopes.of(kind)
        is_given = not isinstance(scope, str)
        name = scope.name if isinstance(scope, Given) else NAMES[kind]
        rows.append([kind, "yes" if is_given else "no", f"`{name}=…`" if is_given else str(scope)])
    return _table(["of", "given", "as, or why not"], rows) + (f"\n\n{_SORTED}" if metric.scopes.sorted_kinds else "")


_SORTED = (
    "Of a part its shares are given, of the units that belong to it: what serves an objective serves those above it, a portfolio is what "
    "one fund pays for, and a department has what it takes part in. A part with nothing to count has no row."
)


def _codes(columns: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
