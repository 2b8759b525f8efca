"""Files of exchange rates brought into the form of the reference table; the macro `amount_in` says amounts by its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isclose
from pathlib import Path

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
    rates: dict[tuple[str, str], dict[str, str]] = {}
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
        earlier = rates.get((currency, cells["quoted_on"]))
        if row is None:
            text = f"`{cells['quoted_on']}` and `{cells['rate']}`; expected a date and a number above 0"
            problems.append(f"{place}:{line}: {text}")
        elif earlier is None:
            rates[currency, cells["quoted_on"]] = row
        elif not isclose(float(earlier["rate"]), float(row["rate"]), rel_tol=_ROUNDING):
            text = (
                f"{place}:{line}: {currency} of {row['quoted_on']} is {row['rate']} here and {earlier['rate']} before"
            )
            contradicted.setdefault((currency, cells["quoted_on"]), text)
    if problems:
        raise UsageError("\n".join(problems))
    rows = [rates[key] for key in sorted(rates) if key not in contradicted]
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
            record = dict(zip(heading, map(str.strip, cells), strict=False))
            yield reader.line_num, {"quoted_on": "", "rate": "", "currency": "", "frequency": "M"} | record


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
