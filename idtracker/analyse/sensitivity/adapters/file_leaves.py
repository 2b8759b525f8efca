"""Leaves of an index file: on their scale as computed, or as they were before, with the ways onto it and what could stand in gaps.

A gap that was filled by a mean or median is filled in each draw with one of the values that it was taken of. Normalisation, and treatment
of outliers, are then done draw by draw, as they look at all units together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from idtracker.analyse.composite.engine import Computed
from idtracker.analyse.composite.imputation import donors_of, imputed
from idtracker.analyse.composite.normalisation import Job, normalised
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.outliers import transform, treated
from idtracker.analyse.composite.stage import Numbers, Table
from idtracker.analyse.sensitivity.adapters.ways import ends_of, options_of_tree, remembered
from idtracker.analyse.sensitivity.problem import Way
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.preparation import Missing


@dataclass(slots=True)
class FileLeaves:
    """Columns in the order of the leaves, rows in that of the places."""

    values: list[Numbers] = field(default_factory=list)
    without_imputed: list[Numbers] = field(default_factory=list)
    ways: dict[str, tuple[Way, ...]] = field(default_factory=dict)
    donors: dict[str, dict[int, Numbers]] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)


def leaves_of_file(index: Index, computed: Computed, table: Table, leaves: tuple[str, ...]) -> FileLeaves:
    """Every leaf; `table` is in the order of the places, and `computed` is given in that order too."""
    found, options = FileLeaves(), options_of_tree(index)
    columns = {code: computed.denominated[code].to_numpy(dtype="float64") for code in index.indicators}
    for code in leaves:
        rules, before = index.rules_of(code), columns[code]
        others = np.column_stack([x for name, x in columns.items() if name != code] or [np.empty((len(before), 0))])
        scaled = computed.normalised[code].to_numpy(dtype="float64")
        filled = np.isnan(before) & ~np.isnan(scaled)
        late = rules.missing is not None and rules.missing.after == "normalisation"
        other = options.get(code, ("", ()))[1]
        values = scaled
        if other or (filled.any() and not late):
            values = computed.imputed[code].to_numpy(dtype="float64")
            choices = (("as stated", rules), *other)
            found.ways[code] = tuple(_way(table, code, label, one, others, values, scaled) for label, one in choices)
        found.values.append(values)
        found.without_imputed.append(np.where(filled, np.nan, values))
        if filled.any() and rules.missing is not None:
            _fill(
                found,
                table,
                code,
                rules.missing,
                before if not late else np.where(filled, np.nan, scaled),
                others,
                filled,
            )
            if late and other:
                found.donors.pop(code, None)
                found.why[f"imputation of {code}"] = "it is filled on the common scale, under each alternative anew"
    return found


def _fill(
    found: FileLeaves, table: Table, code: str, rule: Missing, values: Numbers, others: Numbers,
    filled: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    """What could stand in the gaps of a leaf, or why that is not known."""
    donors = donors_of(table, code, values, rule, others)
    if donors is None:
        reasons = {"value": "a stated value stands in", "carried": "the unit's own earlier value stands in"}
        found.why[f"imputation of {code}"] = f"{reasons[rule.method]}: how far it is off, the data do not tell"
        return
    several = {row: own for row, own in donors.items() if filled[row] and own[0] != own[-1]}
    alone = [str(table.names[row]) for row in np.flatnonzero(filled) if row not in several]
    if several:
        found.donors[code] = several
    if alone:
        found.why[f"imputation of {code}"] = f"one value alone stands behind that of {', '.join(alone[:3])}"


def _way(
    table: Table, code: str, label: str, rules: IndicatorRules, others: Numbers, values: Numbers, scaled: Numbers
) -> Way:
    """One way, and what the data say against it. A unit that has no value as stated gets none by an alternative."""
    loud = _quiet(table)
    _one(loud, code, rules, others, values)
    told = [finding.message for finding in loud.findings if finding.severity == "error"]
    return Way(
        label, _draw_by_draw(table, code, rules, others, np.isnan(scaled)), ends_of(rules), told[0] if told else ""
    )


def _draw_by_draw(
    table: Table, code: str, rules: IndicatorRules, others: Numbers, absent: npt.NDArray[np.bool_]
) -> Callable[[Numbers], Numbers]:
    def onto(values: Numbers) -> Numbers:
        return np.where(absent, np.nan, np.stack([_one(_quiet(table), code, rules, others, draw) for draw in values]))

    return remembered(onto)


def _one(table: Table, code: str, rules: IndicatorRules, others: Numbers, values: Numbers) -> Numbers:
    """All units of one draw, from the filled values to the scale, as the engine does it."""
    fixed = transform(rules.transform)
    calm, function = treated(table, code, fixed(values), rules.treatment)
    scaled = calm
    if rules.normalise is not None and not np.isnan(calm).all():
        job = Job(table, code, calm, rules.direction or 1, lambda x: function(fixed(x)), rules.scale)
        scaled = normalised(job, rules.normalise)
    late = rules.missing if rules.missing and rules.missing.after == "normalisation" else None
    return rounded(imputed(table, code, scaled, late, others), rules.round)


def _quiet(table: Table) -> Table:
    """The same rows, with findings of their own."""
    return Table(table.frame, table.units, table.names, table.periods)
