"""Other choices that a method names, as parts of a problem: aggregations, sets of weights; and which of them the data allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from idtracker.analyse.composite.findings import Finding, finding
from idtracker.analyse.sensitivity.nodes import node_values, with_form
from idtracker.analyse.sensitivity.problem import Flags, Node, Numbers, Problem, Way
from idtracker.analyse.sensitivity.sample import known_of
from idtracker.model.composite.alternative_faults import is_stated, nodes_of, rules_under
from idtracker.model.composite.alternatives import AggregationChoice, Alternatives
from idtracker.model.composite.node import NodeRules
from idtracker.model.composite.tree import Tree, TreeNode
from idtracker.model.methods.aggregations import AS_STATED, DRAWN, compared_with

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Forms:
    """Aggregations of a node, the stated one first; rules of those that are declared; the choice that it shares."""

    names: tuple[str, ...]
    rules: Mapping[str, NodeRules] = field(default_factory=dict)
    shared: str | None = None
    is_declared: bool = False


def forms_at(tree: Tree, node: TreeNode, alternatives: Alternatives) -> Forms:
    """What is declared for a node, else the one that its own is compared with, where draws try that unasked."""
    stated = node.rules.aggregation or "arithmetic"
    for number, entry in enumerate(alternatives.aggregation):
        if node.code in nodes_of(tree, entry):
            own = [choice for choice in entry.choices if not is_stated(node.rules, choice)]
            rules = {form_label(choice): rules_under(node.rules, choice) for choice in own}
            names = [form_label(choice) if choice in own else stated for choice in entry.choices]
            return Forms((stated, *names), rules, f"entry {number}", is_declared=True)
    return Forms((stated, compared_with(stated)) if stated in DRAWN else (stated,))


def no_other_form(form: str, forms: Forms) -> str:
    """Why a node has one aggregation alone."""
    if forms.is_declared:
        return "the method says that no other was as reasonable"
    return f"{form.replace('_', ' ')} has no alternative that is as reasonable, and the method names none"


def shared_of(options: Mapping[str, tuple[str, object]], forms: Mapping[str, Forms]) -> dict[str, str]:
    """Leaf or node -> the name of the choice that it makes together with others."""
    found = {leaf: name for leaf, (name, _) in options.items()}
    return found | {code: form.shared for code, form in forms.items() if form.shared}


def form_label(choice: AggregationChoice) -> str:
    """The aggregation with what it needs, such as `power, exponent 0.5`."""
    own = choice.model_dump(exclude_none=True, exclude={"aggregation"})
    return ", ".join([choice.aggregation, *(f"{name} {_plain(value)}" for name, value in own.items())])


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def weights_at(
    code: str, children: Sequence[str], weights: Sequence[float], alternatives: Alternatives, aggregation: str
) -> tuple[tuple[float, ...], ...]:
    """The other sets of weights of a node; where a set does not name it, what is stated. None where no set does."""
    sets = alternatives.weights.sets
    if not any(code in one.weights for one in sets):
        return ()
    found: list[tuple[float, ...]] = []
    for one in sets:
        own = [float(one.weights[code][child]) for child in children] if code in one.weights else list(weights)
        total = 1.0 if aggregation in AS_STATED else sum(own) or 1.0
        found.append(tuple(weight / total for weight in own))
    return tuple(found)


def undeclared(
    alternatives: Alternatives, leaves: Sequence[str], ways: Mapping[str, tuple[Way, ...]]
) -> dict[str, str]:
    """What has no alternative although other things of its kind have one, and why weights are not drawn around the stated ones."""
    told = {}
    without = [leaf for leaf in leaves if len(ways.get(leaf, ())) < 2]
    if without and len(without) < len(leaves):
        told["normalisation of others"] = f"no alternative is declared for {_listed(without)}"
    if alternatives.weights.spread == 0:
        told["weights"] = "the method says that they are certain (spread 0), and names no other set"
    return told


def only_defined(problem: Problem) -> tuple[Problem, tuple[Finding, ...]]:
    """The problem without the declared alternatives that are not defined for a value as it is stated; a finding tells each.

    One that is refused for one leaf or node is refused for all that choose it together. A mean that nobody declared is the concern of the
    adapter that offers it.
    """
    known, why = known_of(problem), dict(problem.not_varied)
    refused = [*_undefined_ways(problem, known), *_undefined_forms(problem, known)]
    for one in refused:
        why[f"{one.kind} of {one.code}: {one.label}"] = f"it is not defined for {one.told}"
    gone = {(one.kind, _shared(problem, one.code), one.number) for one in refused}
    ways = {
        leaf: tuple(w for n, w in enumerate(own) if ("normalisation", _shared(problem, leaf), n) not in gone)
        for leaf, own in problem.ways.items()
    }
    nodes = tuple(
        replace(
            node,
            forms=tuple(
                f for n, f in enumerate(node.forms) if ("aggregation", _shared(problem, node.code), n) not in gone
            ),
        )
        for node in problem.nodes
    )
    kept = replace(problem, ways=ways, nodes=nodes, not_varied=why)
    if "normalisation" not in kept.varied() and any(name.startswith("normalisation of ") for name in why):
        why["normalisation"] = "none of the alternatives that are declared can be drawn"
    findings = [finding("alternative-undefined", o.code, function=f"`{o.label}`", value=o.told) for o in refused]
    return kept, tuple(findings)


@dataclass(frozen=True, slots=True)
class _Refused:
    """An alternative, by its place among the choices, and the places for which it is not defined."""

    kind: str
    code: str
    number: int
    label: str
    told: str


def _shared(problem: Problem, code: str) -> str:
    return problem.shared.get(code, code)


def _undefined_ways(problem: Problem, known: Mapping[str, Numbers]) -> Iterator[_Refused]:
    for leaf, options in problem.ways.items():
        raw = problem.values[None, :, problem.leaves.index(leaf)]
        for number, way in enumerate(options[1:], start=1):
            bad = np.isnan(way.onto(raw)[0]) & ~np.isnan(known[leaf][0])
            if bad.any():
                places = _places(problem, bad)
                told = f"{places} ({way.reason.rstrip('.')})" if way.reason else places
                yield _Refused("normalisation", leaf, number, way.label, told)


def _undefined_forms(problem: Problem, known: Mapping[str, Numbers]) -> Iterator[_Refused]:
    for node in problem.nodes:
        children = [known[child] for child in node.children]
        for number, form in enumerate(node.forms):
            if number and form in node.others:
                values = node_values(with_form(node, form), children, covered=problem.covered[node.code])[0]
                bad = problem.covered[node.code] & np.isnan(values) & ~np.isnan(known[node.code][0])
                if bad.any():
                    yield _Refused("aggregation", node.code, number, form, _places(problem, bad))


def _places(problem: Problem, bad: Flags) -> str:
    return _listed([place for place, is_bad in zip(problem.places, bad, strict=True) if is_bad])


def with_common_choices(problem: Problem, before: Problem) -> tuple[Problem, Problem]:
    """Both rounds with the choices that both allow, so that a draw is under one method in both."""
    return _kept_to(problem, before), _kept_to(before, problem)


def _kept_to(problem: Problem, other: Problem) -> Problem:
    labels = {leaf: {way.label for way in ways} for leaf, ways in other.ways.items()}
    forms = {node.code: set(node.forms) for node in other.nodes}
    ways = {
        leaf: tuple(w for w in own if leaf not in labels or w.label in labels[leaf])
        for leaf, own in problem.ways.items()
    }
    nodes: list[Node] = []
    for node in problem.nodes:
        kept = tuple(form for form in node.forms if node.code not in forms or form in forms[node.code])
        nodes.append(replace(node, forms=kept))
    return replace(problem, ways=ways, nodes=tuple(nodes))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(str, names[:_SHOWN]))
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
