"""What must hold between units, currencies and exchange rates: positive, one for each day, in order and without holes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.register.checks.shared import Entry, cells, check_order, is_known, shared, spans_of
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.units import unit_named
from idtracker.model.text import fold

if TYPE_CHECKING:
    from idtracker.model.register.register import Register


def check_measures(register: Register) -> Iterator[RegisterProblem]:
    """Every problem of units, currencies and rates; holes and the order of rates do not stop the register."""
    yield from _units(register)
    yield from _indicator_units(register)
    yield from check_order(register, "currencies")
    yield from _positive(register, "currencies", "minor_units", least_is_zero=True)
    yield from _positive(register, "exchange_rates", "rate")
    yield from _rates(register)
    yield from _series(register)


def _positive(register: Register, table: str, column: str, least_is_zero: bool = False) -> Iterator[RegisterProblem]:
    values: pd.Series = getattr(register, table)[column]
    wrong = (values < 0) if least_is_zero else (values <= 0)
    for origin, is_wrong, value in zip(register.origins[table], wrong, values, strict=True):
        if is_wrong:
            least = "0 or more" if least_is_zero else "a number above 0"
            yield RegisterProblem(origin, "bounds", f"`{column}` is {value}; expected {least}")


def _units(register: Register) -> Iterator[RegisterProblem]:
    yield from _positive(register, "units", "to_base")
    entries: list[Entry] = []
    columns = ("unit", "name", "name_ar", "dimension", "to_base")
    for origin, unit, name, name_ar, dimension, size in cells(register, "units", *columns):
        entries += [((fold(t),), f"{size} {dimension}", origin) for t in dict.fromkeys((unit, name, name_ar)) if t]
    for (text,), owners in shared(entries):
        *others, origin = owners.values()
        message = f"unit `{text}` means {' and '.join(owners)}; expected one size of one dimension"
        yield RegisterProblem(origin, "clash", message, others=tuple(others))


def _indicator_units(register: Register) -> Iterator[RegisterProblem]:
    for origin, indicator, unit in cells(register, "indicators", "indicator_id", "unit"):
        if unit and not is_known(register, "units", set(), unit) and unit_named(register, unit) is None:
            text = f"the unit `{unit}` of {indicator} is not known; expected one of units.csv, or one that pint knows"
            yield RegisterProblem(origin, "unit", text, stops=False)


def _rates(register: Register) -> Iterator[RegisterProblem]:
    known = set(register.currencies["currency"])
    for origin, currency, base, kind, age in cells(
        register, "exchange_rates", "currency", "base", "kind", "max_age_days"
    ):
        for column, value in (("currency", currency), ("base", base)):
            if not is_known(register, "currencies", known, value):
                yield RegisterProblem(origin, "reference", f"`{column}` is `{value}`; expected a known currency")
        if currency == base:
            yield RegisterProblem(origin, "rate", f"{currency} is quoted against itself; expected another `base`")
        if kind != "fixed" and not age:
            text = f"the rate of a {kind} has no `max_age_days`; expected how long it may be used"
            yield RegisterProblem(origin, "rate", text)
        if age and int(float(age)) < 0:
            yield RegisterProblem(origin, "bounds", f"`max_age_days` is {age}; expected 0 or more")
    yield from _in_use(register)


def _in_use(register: Register) -> Iterator[RegisterProblem]:
    """Rates of days on which a currency was not in use."""
    spans = spans_of(register, "currencies", "currency")
    rates = register.exchange_rates
    for column in ("currency", "base"):
        for origin, code, day in zip(
            register.origins["exchange_rates"], rates[column], rates["quoted_on"], strict=True
        ):
            if any(not begin <= day <= end for begin, end, _ in spans.get(code, ())):
                text = f"{code} was not in use on {day.date()}; expected a day on which it was"
                yield RegisterProblem(origin, "rate", text, stops=False)


def _series(register: Register) -> Iterator[RegisterProblem]:
    """Within a file the rates of a currency stand in the order of their days; between two rates no day is without one."""
    rates = register.exchange_rates.assign(origin=list(register.origins["exchange_rates"]))
    rates["file"] = rates["origin"].str.rpartition(":")[0]
    for (currency, base, _), rows in rates.groupby(["currency", "base", "file"], sort=True):
        backwards = rows["quoted_on"].diff() < timedelta(0)
        for origin, day in rows.loc[backwards, ["origin", "quoted_on"]].itertuples(index=False):
            text = (
                f"{currency} per {base} of {day.date()} stands after a later day; expected the rates in order of days"
            )
            yield RegisterProblem(origin, "sequence", text, stops=False)
    for (currency, base), rows in rates.sort_values("quoted_on").groupby(["currency", "base"], sort=True):
        last_use = rows["quoted_on"] + pd.to_timedelta(rows["max_age_days"].astype("float64"), unit="D")
        for origin, day, until in zip(rows["origin"][1:], rows["quoted_on"][1:], last_use[:-1], strict=True):
            if day - until > timedelta(days=1):
                first, final = (until + timedelta(days=1)).date(), (day - timedelta(days=1)).date()
                text = f"{currency} per {base} has no rate from {first} to {final}; expected one at least"
                yield RegisterProblem(origin, "hole", text, stops=False)
