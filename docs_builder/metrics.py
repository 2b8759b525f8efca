"""The metric catalogue: one Markdown page per metric and an index, made from the registry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docs_builder.metric_examples import example_section
from idtracker.analyse.metrics.registry import Metric, families, metrics
from idtracker.analyse.metrics.registry import family as metrics_of_family
from idtracker.analyse.metrics.scopes.declared import KINDS, NAMES, Given
from idtracker.model.config.programme import Programme
from idtracker.model.errors import DefinitionError
from idtracker.model.framework.definition import Element, Framework, Question
from idtracker.model.framework.load import SHIPPED, Known, load_framework
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
BETTER = {"higher": "higher", "lower": "lower", "none": "neither higher nor lower"}


def metric_page(metric: Metric) -> str:
    """The catalogue page of one metric, Markdown."""
    sections = [
        f"# {metric.id} {metric.name}",
        f"{metric.name_ar}",
        f"**{metric.question}**",
        metric.asked("ar"),
        _facts(metric),
        "## Formula\n\n" + f"`{metric.formula}`" + (f"\n\n{metric.detail}" if metric.detail else ""),
        "## Example\n\n" + example_section(metric),
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


def shipped_framework() -> Framework:
    """The framework that a programme reviews where it names no other."""
    register = Register.load()
    measures = {m.id: list(m.all_measures()) for m in metrics().values()}
    name = str(Programme.model_fields["framework"].default)
    loaded = load_framework(SHIPPED, name, Known(measures, register.codes("kpq")))
    if loaded.framework is None or loaded.problems or loaded.advice:
        raise DefinitionError([*loaded.problems, *loaded.advice])
    return loaded.framework


def _answers() -> Iterator[str]:
    """The metrics of each element of the framework and of each key performance question, as the shipped framework states them."""
    framework = shipped_framework()
    for group in framework.groups:
        elements = [element for element in framework.elements if element.group == group.code]
        yield f"### {group.label.en}\n\n" + _table(["", "", "metrics"], [_cited(framework, e) for e in elements])
    for stage in framework.stages:
        questions = [question for question in framework.questions if question.stage == stage.code]
        rows = [_cited(framework, question) for question in questions]
        yield f"### Key performance questions: {stage.label.en}\n\n" + _table(["", "", "metrics"], rows)


def _cited(framework: Framework, subject: Element | Question) -> list[str]:
    """Code, text and metrics of an element or question; a figure that is one of several of its metric is named."""
    series, known = framework.series(), metrics()
    by_metric: dict[str, list[str]] = {}
    for name in subject.evidence:
        by_metric.setdefault(series[name].metric, []).append(name)
    cells = []
    for metric_id in sorted(by_metric):
        parts = [name.removeprefix(metric_id).strip() for name in by_metric[metric_id]]
        named = f" ({', '.join(part for part in parts if part)})" if any(parts) else ""
        cells.append(f"[{metric_id}]({known[metric_id].id}.md){named}")
    return [subject.code, subject.label.en, ", ".join(cells)]


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
