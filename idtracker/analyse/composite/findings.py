"""What cannot be computed, or must not be read without a word: rules, their sentences and remedies in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from idtracker.model.composite.definition import Index

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Text:
    """One rule: an error leaves values empty, a warning asks to be read beside them."""

    severity: Severity
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding about a node or indicator, of one unit or of all."""

    rule: str
    where: str
    """Code of the node or indicator; empty where it is about the data as a whole."""
    unit: str
    """Unit as the data name it; empty where it is about all of them."""
    severity: Severity
    message: str
    remedy: str


TEXTS: dict[str, Text] = {
    "no-column": Text(
        "error", "The data have no column `{column}`, which {where} needs.", "Add the column, or check its heading."
    ),
    "repeated-column": Text(
        "error",
        "The data have several columns `{column}`; none of them is used.",
        "Give each column a name of its own.",
    ),
    "not-a-number": Text(
        "error", "{where} of {unit} is `{value}`, which is no number.", "Write a number, or leave it empty."
    ),
    "unknown-category": Text(
        "error",
        "{where} of {unit} is `{value}`, which is not in its table of categories.",
        "Add it under `values`, or mend the data.",
    ),
    "repeated-unit": Text(
        "error", "{unit} stands in several rows; none of them is used.", "Keep one row for each unit and period."
    ),
    "unnamed-unit": Text(
        "error", "{count} rows name no unit or no period; they are not used.", "Name both in each row."
    ),
    "no-group": Text("error", "{unit} has no {column}, which {where} needs.", "Give its {column}."),
    "no-denominator": Text(
        "error",
        "{where} of {unit} is per {column}, which is missing, zero or negative there.",
        "Give a positive {column}.",
    ),
    "all-missing": Text("error", "{where} has no value for any unit.", "Fill the column, or leave the indicator out."),
    "not-positive": Text(
        "error",
        "{where} of {unit} is {value}, of which {function} is not defined.",
        "Check the value; add an offset, a floor or another form.",
    ),
    "all-equal": Text(
        "error",
        "All units have one value of {where}: {function} does not tell them apart.",
        "Use stated goalposts, or leave it out.",
    ),
    "too-few-units": Text(
        "error",
        "{where} has values for {count} units, and {function} needs {least}.",
        "Add units, or use stated goalposts.",
    ),
    "too-few-places": Text(
        "error",
        "{where} in {unit}: {count} places have a value, and {function} needs {least}.",
        "Nothing until more report; a statistic of stated `reference_periods`, or goalposts, would not wait for them.",
    ),
    "places-equal": Text(
        "error",
        "{where} in {unit} is the same in all places: {function} does not tell them apart.",
        "Use stated goalposts, or `reference_periods` in which places differ.",
    ),
    "at-the-end": Text(
        "warning",
        "{where} of {unit} is {value}, of which {function} is not defined: it lies at the end of the scale.",
        "Check the value; log1p or an offset would tell such values apart.",
    ),
    "no-reference": Text(
        "error",
        "{where} is held against {value}, which the data lack, have without value, or with 0.",
        "Name a unit that has a value.",
    ),
    "target-not-beyond": Text(
        "error",
        "{where}: the worst value ({value}) is not on the other side of the target.",
        "Check target and direction, or state `worst`.",
    ),
    "beyond-scale": Text(
        "error", "{where} of {unit} is {value}, beyond the scale that it is on already.", "Check the value or `scale`."
    ),
    "not-imputed": Text(
        "warning", "{where} of {unit} could not be filled by {function}.", "Nothing, if the gap is meant to stay."
    ),
    "test-not-passed": Text(
        "warning",
        "{where} has outliers that no step of its treatment brings in order.",
        "Look at the values; add a step or goalposts.",
    ),
    "not-under-mean": Text(
        "error",
        "{where} of {unit} has a child of {value}: {function} is not defined there.",
        "State a `floor`, or another aggregation.",
    ),
    "too-little": Text(
        "error",
        "{where} of {unit} stays empty: {value} of it is there, and {least} is needed.",
        "Complete the data, or state another `coverage`.",
    ),
    "no-weights": Text(
        "error",
        "The data give {where} no {function}: too few complete units, no variation, or no common direction.",
        "State weights, or another aggregation.",
    ),
    "too-few-whole-places": Text(
        "error",
        "{where} in {unit}: {count} places have all its children, and weights by {function} need {least}.",
        "Nothing until more report; stated weights would not wait.",
    ),
    "child-equal": Text(
        "error",
        "{where} in {unit}: {value} is the same in all places, and {function} gives it no weight.",
        "State weights, or take the child out.",
    ),
    "no-first-component": Text(
        "error",
        "{where} in {unit}: two directions explain as much, so that its children have no first principal component.",
        "State weights, or take those by inverse_standard_deviation.",
    ),
    "child-of-country": Text(
        "warning",
        "{where} in {unit}: {value} is expected of the country alone, so that weights from the places give it none.",
        "State weights, or leave the child out.",
    ),
    "one-indicator": Text(
        "warning", "{where} rests on one indicator alone.", "Say so where it is shown, or add indicators."
    ),
    "in-two-nodes": Text(
        "warning", "{where} counts in {value}, and so more than once.", "Keep it in one node, or say `shared: true`."
    ),
    "same-column": Text(
        "warning",
        "{where} and {value} read one column, `{column}`, and so it counts more than once.",
        "Keep one of them, or say `shared: true`.",
    ),
    "beyond-bands": Text(
        "error", "{where} of {unit} is {value}, which is in no band.", "Extend the bands, or check the value."
    ),
    "alternative-undefined": Text(
        "error",
        "{where}: its alternative {function} is not defined for {value}, and is not drawn.",
        "Check the values, or name an alternative that is defined for all of them.",
    ),
    "correlated": Text(
        "warning",
        "{where} and {value} say nearly the same: correlation {number}.",
        "Keep one, or let them share one weight.",
    ),
    "against-its-node": Text(
        "warning", "{where} runs against the rest of {value}: correlation {number}.", "Check its direction."
    ),
    "low-alpha": Text(
        "warning",
        "The children of {where} hardly go together: Cronbach's alpha {number}.",
        "Check directions; a low alpha is no fault of a checklist.",
    ),
}


def finding(rule: str, where: str, unit: str = "", **values: object) -> Finding:
    """A finding with its sentence filled in."""
    text = TEXTS[rule]
    filled = {name: _plain(value) for name, value in values.items()} | {"where": where, "unit": unit}
    return Finding(rule, where, unit, text.severity, text.sentence.format(**filled), text.remedy.format(**filled))


def of_units(
    rule: str, where: str, units: Iterable[object], found: Iterable[object], **values: object
) -> list[Finding]:
    """One finding for each unit with the value found there."""
    return [finding(rule, where, str(u), value=v, **values) for u, v in zip(units, found, strict=True)]


def of_tree(index: Index) -> list[Finding]:
    """What the definition itself calls for a word on; `shared` indicators count twice on purpose."""
    tree = index.hierarchy
    found = [finding("one-indicator", tree.root.code)] if len(tree.indicators) == 1 else []
    readers: dict[str, list[str]] = {}
    for code, indicator in index.indicators.items():
        parents = tree.parents_of(code)
        if indicator.shared:
            continue
        if len(parents) > 1:
            found.append(finding("in-two-nodes", code, value=", ".join(parents)))
        if indicator.constant is None:
            readers.setdefault(index.column_of(code), []).append(code)
    return found + [
        finding("same-column", codes[0], value=", ".join(codes[1:]), column=column)
        for column, codes in readers.items()
        if len(codes) > 1
    ]


def _plain(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
