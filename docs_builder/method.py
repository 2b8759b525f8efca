"""The page of the tracker's method: every parameter with its meaning, and the formulas as the code that computes them says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from docs_builder.markdown import anchor, code, codes, page, plain, prose, sentence, table
from idtracker.model.config.yaml_lines import Loc, read_lined
from idtracker.model.method import BUNDLED, Method, load_method

_TABLES = ("dimensions", "grading", "band_scheme")
_STEPS: dict[str, tuple[str, ...]] = {
    "Indicators computed from facts": (
        "merge.computed_indicators.observations",
        "merge.computed_indicators.places",
        "merge.computed_indicators.events",
        "merge.computed_indicators.survey",
        "merge.computed_indicators.survey:average_answers",
    ),
    "From observations to reports": (
        "merge.reports",
        "merge.reports:usable_rows",
        "merge.reports:place_in_quarters",
        "merge.reports:closest_rows",
        "merge.reports:roll_up",
        "merge.reports:independent_reports",
    ),
    "From reports to cells": ("merge.policies.policy", "merge.cell_status"),
    "Sources calibrated against one another": ("merge.policies.calibration", "merge.policies.components"),
    "Decisions about single cells": ("merge.policies.decisions",),
    "From values to scores": ("merge.scoring:score", "merge.scoring:score_error"),
    "The country's cell": ("merge.policies.national",),
    "Carrying forward": ("merge.carry", "merge.carry:carry_forward"),
    "How sure a value is": ("merge.uncertainty.errors", "merge.uncertainty.history", "merge.uncertainty.country"),
    "Dimensions and the whole": ("index.score", "index.aggregate", "index.score:bands_of"),
    "Trends": ("index.trend", "index.change_point"),
}


def method_page(path: Path = BUNDLED) -> str:
    """Markdown of method.md."""
    method = load_method(path)
    text = path.read_text("utf-8")
    written = read_lined(path.read_bytes())

    def note(loc: Loc) -> str:
        return _comment(text.splitlines()[written.line_of(loc) - 1]) if loc in written.lines else ""

    parameters = [[code(".".join(map(str, loc))), _value(v), plain(note(loc))] for loc, v in _flat(written.data)]
    return page(
        "# The tracker's method",
        f"**{plain(method.title)}**, version `{method.method_version}`. Every score and trend names the version that made it.",
        plain(_heading_comment(text)),
        "The table [`method`](tables/method.md) holds the whole definition. The steps below follow a report from what was "
        "typed to the trend; each text is that of the code that computes the step.",
        "## Parameters",
        table(["parameter", "value", "meaning"], parameters),
        f"An interval of {method.interval_level:.0%} is the score and {method.interval_z:g} standard errors on either side, cut at 0 "
        "and 100 (`low` and `high` of [`score`](tables/score.md)).",
        *_tables(method, note),
        "## Formulas",
        *(f"### {title}\n\n{_docstrings(modules)}" for title, modules in _STEPS.items()),
    )


def _flat(data: dict[str, Any], above: Loc = ()) -> Iterator[tuple[Loc, Any]]:
    """Parameters that are one value or a list, with their place; what has a table of its own is left out."""
    for key, value in data.items():
        if isinstance(value, dict):
            if key not in _TABLES:
                yield from _flat(value, (*above, key))
        else:
            yield (*above, key), value


def _value(value: object) -> str:
    if isinstance(value, bool):
        return code(str(value).lower())
    return codes(value) if isinstance(value, list) else code(value)


def _comment(line: str) -> str:
    match = re.search(r"\s#\s(.*)$", line)
    return match.group(1).strip() if match else ""


def _heading_comment(text: str) -> str:
    """The comment at the top of the file."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines)


def _tables(method: Method, note: Callable[[Loc], str]) -> list[str]:
    dimensions = [[code(name), plain(d.label), f"{d.weight:g}"] for name, d in method.dimensions.items()]
    bands = [[plain(b.label), f"{b.low:g}", f"{b.high:g}"] for b in method.band_scheme.bands]
    grading = method.grading
    grades = [
        [kind, code(name), "cannot be judged" if grade is None else f"{grade:g}"]
        for kind, scale in (("reliability", grading.reliability), ("credibility", grading.credibility))
        for name, grade in scale.items()
    ]
    links = ", ".join(
        f"[`{scheme}`](codelists.md{anchor(scheme)})" for scheme in ("source_reliability", "information_credibility")
    )
    return [
        "## Dimensions",
        f"Below the root `{method.root}`. {plain(sentence(note(('dimensions',))))}",
        table(["dimension", "meaning", "weight"], dimensions),
        "## Bands",
        f"Scheme `{method.band_scheme.id}`: {plain(note(('band_scheme', 'id')))}.",
        table(["band", "from", "to"], bands),
        "## Grades",
        f"{plain(sentence(note(('grading',))))} Codes: {links}.",
        table(["part of the grade", "code", "counts as"], grades),
        f"A report without a usable grade weighs {grading.ungraded_weight:g} ({plain(note(('grading', 'ungraded_weight')))}).",
    ]


def _docstrings(names: tuple[str, ...]) -> str:
    """Docstrings of modules (`merge.policy`) and functions (`merge.indicators:scale`), one after the other."""
    texts = []
    for name in names:
        module, _, function = name.partition(":")
        module_found: ModuleType | Any = import_module(f"idtracker.analyse.{module}")
        texts.append(
            prose(inspect.cleandoc((getattr(module_found, function) if function else module_found).__doc__ or ""))
        )
    return "\n\n".join(texts)
