"""Amounts said in another currency by dated rates, and files of rates brought into the form of the reference table.

A rate is of one day: the latest one not after the day of the amount is used while it is no older than the row says. Where
there is none the amount stays missing; it is never taken as it is.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isclose
from pathlib import Path

import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.register.register import Register
from idtracker.model.register.table_specs import EXCHANGE_RATE

_AGE_OF_KIND = {"day": 7, "month": 45}  # a week of bank holidays; a month, and the publisher's delay
_ROUNDING = 1e-6  # relative; the same rate is published with ten digits and with six
_KIND_OF_FREQUENCY = {"D": "day", "M": "month"}
_SPELLINGS = {  # heading of a rates file, folded -> column
    "date": "quoted_on", "quoted_on": "quoted_on", "rate": "rate", "currency": "currency", "frequency": "frequency",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of one currency for one unit of another on a day; `source` says who published it."""

    currency: str
    base: str
    quoted_on: pd.Timestamp
    rate: float
    max_age_days: int | None
    source: str

    def is_usable(self, day: pd.Timestamp) -> bool:
        """Whether the rate may be used on a day not before its own."""
        return self.max_age_days is None or (day - self.quoted_on).days <= self.max_age_days

    def __str__(self) -> str:
        return f"{self.rate:.12g} {self.currency} per {self.base} on {self.quoted_on.date()} ({self.source})"


@dataclass(frozen=True, slots=True)
class Step:
    """What an amount is multiplied by, and the rates that this comes from."""

    factor: float
    rates: tuple[Rate, ...]


class Rates:
    """The dated rates of a register, to convert amounts with."""

    def __init__(self, exchange_rates: pd.DataFrame) -> None:
        self._series: dict[tuple[str, str], list[Rate]] = defaultdict(list)
        self._partners: dict[str, set[str]] = defaultdict(set)
        columns = ("currency", "base", "quoted_on", "rate", "max_age_days", "source")
        frame = exchange_rates.sort_values("quoted_on", kind="stable")
        for currency, base, day, rate, age, source in zip(*(frame[c] for c in columns), strict=True):
            limit = None if pd.isna(age) else int(age)
            self._series[currency, base].append(Rate(currency, base, day, float(rate), limit, source))
            self._partners[currency].add(base)
            self._partners[base].add(currency)

    def step(self, currency: str, day: pd.Timestamp, to: str) -> Step | None:
        """How an amount of a day is said in another currency: directly, else by way of one currency; None without rates."""
        if currency == to:
            return Step(1.0, ())
        if (direct := self._direct(currency, day, to)) is not None:
            return direct
        for between in sorted(self._partners[currency] & self._partners[to] if self._knows(currency, to) else ()):
            first, second = self._direct(currency, day, between), self._direct(between, day, to)
            if first is not None and second is not None:
                return Step(first.factor * second.factor, first.rates + second.rates)
        return None

    def _knows(self, *currencies: str) -> bool:
        return all(currency in self._partners for currency in currencies)

    def _direct(self, currency: str, day: pd.Timestamp, to: str) -> Step | None:
        """By a rate of one against the other, whichever way round it is quoted; the later of the two counts."""
        priced, quoted = self._latest(to, currency, day), self._latest(currency, to, day)
        if priced is not None and (quoted is None or priced.quoted_on >= quoted.quoted_on):
            return Step(priced.rate, (priced,))
        return None if quoted is None else Step(1 / quoted.rate, (quoted,))

    def _latest(self, currency: str, base: str, day: pd.Timestamp) -> Rate | None:
        series = self._series.get((currency, base), [])
        place = bisect_right(series, day, key=lambda rate: rate.quoted_on)
        return series[place - 1] if place and series[place - 1].is_usable(day) else None


def convert(
    amounts: pd.Series, currency: pd.Series, day: pd.Series, to: str, exchange_rates: pd.DataFrame
) -> pd.DataFrame:
    """Amounts in the currency `to`, on the index of `amounts`: columns `amount` and `rate` (float) and `rate_used` (text).

    `day` holds dates; `exchange_rates` has the columns of the reference table. Where amount, currency, day or rate is missing
    all three are missing; an amount that is in `to` already has the rate 1 and no `rate_used`.
    """
    rates = Rates(exchange_rates)
    steps: dict[tuple[str, pd.Timestamp], Step | None] = {}
    found: list[tuple[float | None, float | None, str | None]] = []
    for amount, code, when in zip(amounts, currency, day, strict=True):
        if pd.isna(amount) or pd.isna(code) or pd.isna(when):
            found.append((None, None, None))
            continue
        key = (str(code), pd.Timestamp(when))
        if key not in steps:
            steps[key] = rates.step(*key, to)
        step = steps[key]
        if step is None:
            found.append((None, None, None))
        else:
            used = "; ".join(map(str, step.rates)) or None
            found.append((float(amount) * step.factor, step.factor, used))
    converted = pd.DataFrame(found, columns=["amount", "rate", "rate_used"], index=amounts.index)
    return converted.astype({"amount": "float64", "rate": "float64", "rate_used": "str"})


@dataclass(frozen=True, slots=True)
class Imported:
    """Rates read from a file as rows of the reference table, and what was left out.

    `unknown` counts rows by a currency that is not known; `contradictions` names days on which the file says two rates.
    """

    rows: list[dict[str, str]]
    unknown: dict[str, int]
    contradictions: list[str]


def read_rates(content: bytes, place: str, register: Register, base: str, source: str) -> Imported:
    """Rates of a CSV file with the columns Date, Rate, Currency and perhaps Frequency (D or M; else M).

    A rate is the number of units of the currency for one of `base`. Left out are currencies that the register does not
    know, and days of which the file says two rates that differ by more than rounding. A cell that is no date, or no number
    above 0, raises UsageError with its line.
    """
    known = set(register.currencies["currency"])
    if base not in known:
        raise UsageError(f"`{base}` is no known currency; expected a code such as USD")
    found: dict[tuple[str, str], dict[str, str]] = {}
    unknown: dict[str, int] = {}
    problems: list[str] = []
    contradicted: dict[tuple[str, str], str] = {}
    for line, cells in _records(content, place):
        currency = cells["currency"].upper()
        if currency == base:
            continue
        if currency not in known:
            unknown[currency] = unknown.get(currency, 0) + 1
            continue
        row = _row(cells, currency, base, source)
        earlier = found.get((currency, cells["quoted_on"]))
        if row is None:
            text = f"`{cells['quoted_on']}` and `{cells['rate']}`; expected a date and a number above 0"
            problems.append(f"{place}:{line}: {text}")
        elif earlier is None:
            found[currency, cells["quoted_on"]] = row
        elif not isclose(float(earlier["rate"]), float(row["rate"]), rel_tol=_ROUNDING):
            text = (
                f"{place}:{line}: {currency} of {row['quoted_on']} is {row['rate']} here and {earlier['rate']} before"
            )
            contradicted.setdefault((currency, cells["quoted_on"]), text)
    if problems:
        raise UsageError("\n".join(problems))
    rows = [found[key] for key in sorted(found) if key not in contradicted]
    return Imported(rows, dict(sorted(unknown.items())), list(contradicted.values()))


def _records(content: bytes, place: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        heading = [_SPELLINGS.get(cell.strip().lower(), "") for cell in next(reader, [])]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise UsageError(f"{place}:1: not readable ({problem}); expected comma-separated text in UTF-8") from None
    if not {"quoted_on", "rate", "currency"} <= set(heading):
        raise UsageError(f"{place}:1: expected columns Date, Rate and Currency")
    for cells in reader:
        if any(cell.strip() for cell in cells):
            given = dict(zip(heading, map(str.strip, cells), strict=False))
            yield reader.line_num, {"quoted_on": "", "rate": "", "currency": "", "frequency": "M"} | given


def _row(cells: dict[str, str], currency: str, base: str, source: str) -> dict[str, str] | None:
    try:
        day, rate = date.fromisoformat(cells["quoted_on"]), float(cells["rate"])
    except ValueError:
        return None
    if not 0 < rate < float("inf"):
        return None
    kind = _KIND_OF_FREQUENCY.get(cells["frequency"].upper(), "month")
    return {
        "currency": currency,
        "base": base,
        "quoted_on": day.isoformat(),
        "rate": cells["rate"],
        "kind": kind,
        "max_age_days": str(_AGE_OF_KIND[kind]),
        "source": source,
    }


def write_rates(path: Path, rows: list[dict[str, str]]) -> tuple[int, int]:
    """Rates added to a programme's file, in order of currency and day; how many are new, and how many say otherwise now.

    A rate of the same currency, base and day is replaced. The file is written anew beside the old one and takes its place in
    one step.
    """
    present = _present(path)
    merged = {tuple(row[c] for c in EXCHANGE_RATE.key): row for row in present}
    stated = {tuple(row[c] for c in EXCHANGE_RATE.key): row for row in rows}
    changed = sum(1 for key, row in stated.items() if key in merged and merged[key] != row)
    added = len(stated.keys() - merged.keys())
    merged |= stated
    out = io.StringIO()
    writer = csv.DictWriter(out, list(EXCHANGE_RATE.columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(merged[key] for key in sorted(merged))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(out.getvalue(), "utf-8")
    draft.replace(path)
    return added, changed


def _present(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    return [{c: (row.get(c) or "").strip() for c in EXCHANGE_RATE.columns} for row in rows if any(row.values())]
