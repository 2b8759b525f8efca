"""What a new file probably is: its canonical table, the field of each heading, its key and its cadence. Only guesses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from idtracker.ingest.draft.draft_iati import Section
from idtracker.ingest.draft.similarity import filled, similarity

LEAST_LIKENESS = 78.0
REFERENCE = "reference"
_KEY_ORDER = ("indicator", "organisation", "place", "code", "date", "text", "period")
_NEVER_KEY = frozenset({"note", "description", "title"})
_SAME_FOR_ALL = frozenset({"classification", "handling", "releasable_to", "originator"})
PERIOD_FORMS = {
    "quarter": r"\d{4}[ -]?Q[1-4]|Q[1-4][ -]\d{4}",
    "month": r"\d{4}-\d{2}|[A-Z][a-z]{2,8}[ -]\d{4}",
    "half_year": r"\d{4}[ -]?H[12]|H[12][ -]\d{4}",
    "financial_year": r"\d{4}/\d{2}",
    "year": r"(?:19|20)\d{2}",
    "week": r"\d{4}-W\d{2}",
    "day": r"\d{4}-\d{2}-\d{2}",
}


class CanonicalField(Protocol):
    """A field of a canonical table, as `contract.tables.ColumnSpec` describes it."""

    @property
    def field(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def is_required(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Sample:
    """One table of the file: sheet (or section, or path of the records) and the first values under each heading.

    Every list is as long as the others; an empty cell is an empty text. `header_rows` are given where several rows
    together make the headings.
    """

    sheet: str
    columns: Mapping[str, Sequence[str]]
    also: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheet and those that hold the same headings."""
        return (self.sheet, *self.also)


@dataclass(frozen=True, slots=True)
class GuessedPart:
    """The table that a sample probably feeds, and how."""

    sample: Sample
    feeds: str
    pairs: dict[str, str]
    fields: dict[str, CanonicalField] = field(repr=False)
    key: list[str]
    is_key_unique: bool
    across: str | None = None

    @property
    def unmapped(self) -> list[str]:
        """Headings that suit no field, in the order of the file."""
        across = re.compile(self.across) if self.across else None
        return [h for h in self.sample.columns if h not in self.pairs.values() and not (across and across.fullmatch(h))]

    @property
    def lacking(self) -> list[CanonicalField]:
        """Required fields that no heading suits."""
        return [f for f in self.fields.values() if f.is_required and f.field not in self.pairs]


def guess_part(sample: Sample, table_fields: Mapping[str, Sequence[CanonicalField]]) -> GuessedPart:
    """The best canonical table for a sample, its fields paired with headings."""
    across = periods_across(list(sample.columns))
    columns = _long(sample, across)
    guesses = {table: pair_up(columns, fields) for table, fields in table_fields.items()}
    feeds = max(guesses, key=lambda table: _suits(guesses[table], table_fields[table], across))
    fields = {f.field: f for f in table_fields[feeds] if f.field not in _SAME_FOR_ALL or f.field in guesses[feeds]}
    pairs = guesses[feeds] or _at_least_one(sample, fields)
    key, is_unique = guess_key(columns, pairs, fields)
    if REFERENCE in fields and fields[REFERENCE].is_required and REFERENCE not in pairs:
        key, is_unique = [REFERENCE], True  # the number of the row stands in
    if "indicator" in fields and "indicator" not in pairs and sample.also:
        key, is_unique = ["indicator", *key], True  # the sheet stands in
    derived = [h for h in pairs.values() if h not in sample.columns and h != "period"]
    used = _with_measures(across, derived) if across and "period" in pairs else None
    return GuessedPart(sample, feeds, pairs, fields, key, is_unique, used)


def known_part(sample: Sample, section: Section, table_fields: Mapping[str, Sequence[CanonicalField]]) -> GuessedPart:
    """The part of a section whose headings have a known meaning."""
    fields = {f.field: f for f in table_fields[section.feeds]}
    headings = {name: next((h for h in wanted if h in sample.columns), "") for name, wanted in section.headings.items()}
    pairs = {name: heading for name, heading in headings.items() if heading}
    beside = {name: _Beside(name) for name in pairs if name not in fields}
    key = [name for name in section.key if name in pairs]
    chosen = {k: f for k, f in fields.items() if k in pairs or k not in _SAME_FOR_ALL}
    return GuessedPart(sample, section.feeds, pairs, chosen | beside, key, _tells_apart(sample.columns, pairs, key))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside a canonical field, such as the currency of an amount."""

    field: str
    kind: str = "text"
    is_required: bool = False

    @property
    def description(self) -> str:
        return self.field.replace("_", " ").capitalize()


def pair_up(columns: Mapping[str, Sequence[str]], fields: Sequence[CanonicalField]) -> dict[str, str]:
    """Field -> heading, best similarity first, each used once; in the order of the headings."""
    scores = [
        (similarity(heading, f.field, f.kind, values), -place, f.field, heading)
        for place, (heading, values) in enumerate(columns.items())
        for f in {f.field: f for f in fields}.values()
    ]
    taken: dict[str, str] = {}
    for score, _, name, heading in sorted(scores, reverse=True):
        if score >= LEAST_LIKENESS and name not in taken and heading not in taken.values():
            taken[name] = heading
    order = list(columns)
    return dict(sorted(taken.items(), key=lambda pair: order.index(pair[1])))


def guess_key(
    columns: Mapping[str, Sequence[str]], pairs: Mapping[str, str], fields: Mapping[str, CanonicalField]
) -> tuple[list[str], bool]:
    """Required fields, the reference and the period where there are any, then others until the sample's rows differ.

    Also says whether they do.
    """
    able = [f for f in pairs if fields[f].kind in _KEY_ORDER and f not in _NEVER_KEY]
    key = [f for f in able if fields[f].is_required or f == "reference" or fields[f].kind == "period"]
    for name in sorted((f for f in able if f not in key), key=lambda f: _KEY_ORDER.index(fields[f].kind)):
        if _tells_apart(columns, pairs, key):
            break
        key.append(name)
    key = sorted(key or list(pairs)[:1], key=lambda f: (fields[f].kind == "period", f != "reference"))
    return key, _tells_apart(columns, pairs, key)


def guess_every(parts: Sequence[GuessedPart]) -> str | None:
    """Cadence by the form of the periods; None where nothing tells."""
    for part in parts:
        heading = part.pairs.get("period")
        if part.across:
            matches = (re.fullmatch(part.across, h) for h in part.sample.columns)
            periods = [m["period"] for m in matches if m]
        else:
            periods = filled(part.sample.columns.get(heading or "", ()))
        for every, form in PERIOD_FORMS.items():
            if periods and sum(bool(re.fullmatch(form, v)) for v in periods) >= 0.9 * len(periods):
                return every
    return None


def periods_across(headings: Sequence[str]) -> str | None:
    """Expression that three or more headings fit which are periods, so that columns must become rows.

    A period may stand alone, or above a measure: `1996 / Estimate`.
    """
    for measure in ("", " / (?P<measure>.+)"):
        for form in PERIOD_FORMS.values():
            across = f"^(?P<period>{form}){measure}$"
            if sum(bool(re.fullmatch(across, h)) for h in headings) >= 3:
                return across
    return None


def _with_measures(across: str, measures: Sequence[str]) -> str:
    """The expression with the measures that fill a field; others stay as they are."""
    listed = "|".join(re.escape(m).replace("\\ ", " ") for m in measures)
    return across.replace("(?P<measure>.+)", f"(?P<measure>{listed})")


def _long(sample: Sample, across: str | None) -> dict[str, Sequence[str]]:
    """Headings as they will be once periods across have become rows."""
    if across is None:
        return dict(sample.columns)
    matches = {h: re.fullmatch(across, h) for h in sample.columns}
    others = {h: v for h, v in sample.columns.items() if not matches[h]}
    wide = {(m["period"], m.groupdict().get("measure", "value")): sample.columns[h] for h, m in matches.items() if m}
    periods = list(dict.fromkeys(period for period, _ in wide))
    count = max((len(v) for v in sample.columns.values()), default=0)
    return {
        **{h: list(v) * len(periods) for h, v in others.items()},
        "period": [p for p in periods for _ in range(count)],
        **{
            measure: [cell for p in periods for cell in wide.get((p, measure), [""] * count)]
            for measure in dict.fromkeys(m for _, m in wide)
        },
    }


def _suits(pairs: Mapping[str, str], fields: Sequence[CanonicalField], across: str | None) -> tuple[float, int]:
    """More fields found is better, a required one missing is worse; generic fields count for all tables alike."""
    required = {f.field for f in fields if f.is_required} - _SAME_FOR_ALL
    matched = len(set(pairs) - _SAME_FOR_ALL)
    lacking = len(required - set(pairs))
    bonus = 1.0 if across and {"period", "value"} <= set(pairs) else 0.0
    return matched + bonus + 0.5 * len(required & set(pairs)) - 0.75 * lacking, -len(fields)


def _at_least_one(sample: Sample, fields: Mapping[str, CanonicalField]) -> dict[str, str]:
    """Nothing fits: the first heading stands for the first required field, to be put right by hand."""
    first = next((f for f in fields if fields[f].is_required), next(iter(fields)))
    return {first: next(iter(sample.columns), first)}


def _tells_apart(columns: Mapping[str, Sequence[str]], pairs: Mapping[str, str], key: Sequence[str]) -> bool:
    rows = list(zip(*(columns.get(pairs[f], ()) for f in key), strict=False))
    return bool(key) and len(set(rows)) == len(rows)
