"""A method in words, and with data whether its parts go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from idtracker.model.composite.alternative_words import alternative_words
from idtracker.model.composite.definition import Index
from idtracker.model.composite.words import indicator_words, node_words
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.home import Home
from idtracker.model.messages import Lang
from idtracker.model.method import Method
from idtracker.model.methods.aggregations import FLOORED
from idtracker.operate.documents.methods.checked import CorrelatedPair, MethodCheck, MethodFinding, MethodNode
from idtracker.operate.services.methods.computed import computed_on, finding_of, with_units
from idtracker.operate.services.methods.known import Known, kind_of, load_known, problems_as_scoring
from idtracker.operate.services.methods.trend_words import trend_words

if TYPE_CHECKING:
    import pandas as pd


def checked(method: Known, data: pd.DataFrame | None, home: Home | None = None, lang: Lang = "en") -> MethodCheck:
    """A method in words; with data also whether its parts go together. A wrong definition is told, not raised.

    Of a method that the programme of `home` names also what keeps it from scoring the tracker; of the one that makes the published scores what the
    values of the latest quarter do not allow. `lang` is that of the sentences about trends; all others are English.
    """
    try:
        found = load_known(method)
    except DefinitionError as problem:
        return MethodCheck(
            name=method.name, kind=None, method_version=None, title=None, source=None, note="", tree=[], alternatives=[], trend=[],
            problems=problem.problems, alphas={}, correlated=[], findings=[],
        )  # fmt: skip
    if isinstance(found, Method):
        if data is not None:
            raise UsageError(
                f"{method.name} is the tracker's own method: it is computed by `idtracker run`, not on a file."
            )
        return _described(method, found, list(_tracker_tree(found)), "", lang)
    document = _described(method, found, list(_tree(found)), found.note, lang)
    if data is not None:
        return _with_data(document, found, data)
    if home is None:
        return document
    problems = problems_as_scoring(home, method)
    return document.model_copy(update={"problems": problems}) if problems else _with_round(document, found, home)


def _with_round(document: MethodCheck, index: Index, home: Home) -> MethodCheck:
    from idtracker.operate.services.methods.latest import findings_of_latest

    found = [finding_of(f) for f in findings_of_latest(home, index)]
    return document.model_copy(update={"findings": [*document.findings, *found]})


def _described(method: Known, found: Index | Method, tree: list[MethodNode], note: str, lang: Lang) -> MethodCheck:
    source = found.source if isinstance(found, Index) else None
    findings = [] if isinstance(found, Method) else _about_the_tree(found)
    return MethodCheck(
        name=method.name, kind=kind_of(found), method_version=found.method_version, title=found.title, source=source,
        note=note, tree=tree, alternatives=_alternatives(found),
        trend=[] if found.trend is None else trend_words(found.trend, lang), problems=[], alphas={}, correlated=[], findings=findings,
    )  # fmt: skip


def _alternatives(found: Index | Method) -> list[str]:
    scale = found.indicator_defaults.scale if isinstance(found, Index) else None
    return alternative_words(found.alternatives, scale)


def _about_the_tree(index: Index) -> list[MethodFinding]:
    from idtracker.analyse.composite.findings import of_tree

    return [finding_of(f) for f in of_tree(index)]


def _with_data(document: MethodCheck, index: Index, data: pd.DataFrame) -> MethodCheck:
    from idtracker.analyse.composite.consistency import consistency_of
    from idtracker.analyse.sensitivity.derive import undefined_on_file

    computed = computed_on(index, data)
    found = consistency_of(index.hierarchy, computed)
    undefined = undefined_on_file(index, computed, with_units(index, data)) if document.alternatives else ()
    return document.model_copy(
        update={
            "alphas": found.alphas,
            "correlated": [CorrelatedPair(first=a, second=b, correlation=r) for a, b, r in found.pairs],
            "findings": [finding_of(f) for f in (*computed.findings, *found.findings, *undefined)],
        }
    )


def _tree(index: Index) -> Iterator[MethodNode]:
    """Nodes and indicators from the root down, each below every parent that it has; a shared node is unfolded once."""
    tree, unfolded = index.hierarchy, set[str]()

    def below(code: str, parent: str | None, depth: int, weight: float | None) -> Iterator[MethodNode]:
        node = tree.nodes.get(code)
        yield MethodNode(
            code=code,
            label=node.label if node else index.indicators[code].label,
            kind="node" if node else "indicator",
            parent=parent,
            depth=depth,
            weight=weight,
            effective_weight=tree.effective_weights[code],
            words=node_words(node) if node else indicator_words(index, code),
        )
        if node is None or code in unfolded:
            return
        unfolded.add(code)
        for place, child in enumerate(node.children):
            yield from below(child, code, depth + 1, node.weights[place] if node.weights else None)

    yield from below(tree.root.code, None, 0, 1.0)


def _tracker_tree(method: Method) -> Iterator[MethodNode]:
    """The tracker's own method: dimensions below the root; indicators come from the reference data."""
    across = f"{method.across} mean of the dimensions, scores below {method.floor:g} count as it in a {' or '.join(FLOORED)} mean"
    within = f"{method.within} mean of its indicators, at least {method.coverage:.0%} of the weight needed"
    yield MethodNode(
        code=method.root,
        label="the whole",
        kind="node",
        parent=None,
        depth=0,
        weight=1.0,
        effective_weight=1.0,
        words=across,
    )
    for code, dimension in method.dimensions.items():
        yield MethodNode(
            code=code, label=dimension.label, kind="node", parent=method.root, depth=1, weight=dimension.weight,
            effective_weight=dimension.weight, words=within,
        )  # fmt: skip
