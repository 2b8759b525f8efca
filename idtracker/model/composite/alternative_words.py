"""Other choices of a method in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from idtracker.model.composite.alternatives import AggregationChoice, Alternatives, OtherAggregations
from idtracker.model.composite.words import choice_words
from idtracker.model.methods.aggregations import declared


def alternative_words(alternatives: Alternatives, scale: tuple[float, float] | None = None) -> list[str]:
    """One sentence for each decision; none where nothing is declared. `scale` is that of normalisations that state none."""
    return [*_normalisation(alternatives, scale), *_aggregation(alternatives), *_weights(alternatives)]


def _normalisation(alternatives: Alternatives, scale: tuple[float, float] | None) -> Iterator[str]:
    for entry in alternatives.normalisation:
        choices = " · or ".join(choice_words(choice, scale) for choice in entry.choices)
        yield f"normalisation of {', '.join(entry.of) or 'every indicator'}: {choices}"


def _aggregation(alternatives: Alternatives) -> Iterator[str]:
    for entry in alternatives.aggregation:
        choices = " · or ".join(form_words(choice) for choice in entry.choices)
        yield f"aggregation of {_nodes(entry)}: {choices or 'no other'}"


def _nodes(entry: OtherAggregations) -> str:
    if entry.level is not None:
        return f"level {entry.level}"
    return ", ".join(entry.of) or "every node"


def form_words(choice: AggregationChoice) -> str:
    """Another aggregation with what it needs."""
    own = choice.model_dump(exclude_none=True, exclude={"aggregation"})
    said = [f"{name.replace('_', ' ')} {_plain(value)}" for name, value in own.items()]
    return ", ".join([declared(choice.aggregation).words, *said])


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _weights(alternatives: Alternatives) -> Iterator[str]:
    weights = alternatives.weights
    if "spread" in weights.model_fields_set:
        yield "weights: certain" if weights.spread == 0 else f"weights: give or take {weights.spread:.0%} among equals"
    for one in weights.sets:
        nodes = (f"{node} {' '.join(f'{c} {w:g}' for c, w in own.items())}" for node, own in one.weights.items())
        yield f"weights of {one.label}: {'; '.join(nodes)}"
