"""What a new file probably is: its canonical table, the field of each heading, its key and its cadence. Only guesses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from idtracker.ingest.draft.draft_across import PERIOD_FORMS, long_form, periods_across, with_measures
from idtracker.ingest.draft.draft_iati import Section
from idtracker.ingest.draft.draft_standard import Meaning, meaning_of, pairs_of_tags
from idtracker.ingest.draft.similarity import filled, fits, ground_of, similarity

LEAST_LIKENESS = 78.0
_MOST_HEADINGS = 500  # of a very wide table, those that are held against the fields
_THIN = 0.4  # what a heading of which one word speaks for a field counts towards a table
REFERENCE = "reference"
_KEY_ORDER = ("indicator", "organisation", "place", "code", "date", "text", "period")
_NEVER_KEY = frozenset({"note", "description", "title"})
_SAME_FOR_ALL = frozenset({"classification", "handling", "releasable_to", "originator"})


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
    reasons: dict[str, str] = field(default_factory=dict)
    """Field -> why its heading was chosen; one that a person must judge begins with `REVIEW`."""
    more: dict[str, str] = field(default_factory=dict)
    """Field -> what else its column says, as YAML."""
    standard: str = ""
    """What the sample is known to be, where its publisher says what the headings mean."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Heading -> why it is not read, where that is known."""

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
    meaning = meaning_of(sample.columns)
    if meaning and meaning.feeds in table_fields:
        return _standard_part(sample, meaning, table_fields[meaning.feeds])
    across = periods_across(list(sample.columns))
    columns = long_form(sample.columns, across)
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
    used = with_measures(across, derived) if across and "period" in pairs else None
    reasons = {name: _reason(name, heading) for name, heading in pairs.items()}
    return GuessedPart(sample, feeds, pairs, fields, key, is_unique, used, reasons)


def _reason(name: str, heading: str) -> str:
    """Why a heading was taken for a field."""
    if heading.startswith("#"):
        return "the tag of the HXL standard"
    if heading in ("period", "value"):
        return "made of the columns side by side"
    ground = ground_of(heading, name)
    if ground.is_whole:
        return f"headed “{ground.name}”"
    if not ground.is_thin:
        return f"the heading has words of “{ground.name}”"
    if ground.shared:
        return f"REVIEW: only the word “{next(iter(ground.shared))}” of the heading speaks for it"
    return f"REVIEW: the heading only looks like “{ground.name}”"


def _standard_part(sample: Sample, meaning: Meaning, fields: Sequence[CanonicalField]) -> GuessedPart:
    """The part of a sample that is known to be of a publisher's form."""
    chosen = {f.field: f for f in fields if f.field not in _SAME_FOR_ALL}
    pairs = {name: heading for name, heading in meaning.pairs.items() if name in chosen}
    reasons = dict.fromkeys(pairs, f"so headed in {meaning.name}")
    lacking = [name for name in meaning.key if name not in pairs and chosen[name].is_required]
    key = [name for name in meaning.key if name in pairs or name in lacking]
    columns = sample.columns
    is_unique = (
        meaning.across is not None
        or REFERENCE in lacking
        or _tells_apart(columns, pairs, [k for k in key if k in pairs])
    )
    more = {name: text for name, text in meaning.more.items() if name in pairs}
    return GuessedPart(
        sample,
        meaning.feeds,
        pairs,
        chosen,
        key,
        is_unique,
        meaning.across,
        reasons,
        more,
        meaning.name,
        meaning.left_out,
    )


def known_part(sample: Sample, section: Section, table_fields: Mapping[str, Sequence[CanonicalField]]) -> GuessedPart:
    """The part of a section whose headings have a known meaning."""
    fields = {f.field: f for f in table_fields[section.feeds]}
    headings = {name: next((h for h in wanted if h in sample.columns), "") for name, wanted in section.headings.items()}
    pairs = {name: heading for name, heading in headings.items() if heading}
    beside = {name: _Beside(name) for name in pairs if name not in fields}
    key = [name for name in section.key if name in pairs] or list(pairs)[:1]
    reasons = dict.fromkeys(pairs, "so named by the IATI standard")
    chosen = {k: f for k, f in fields.items() if k in pairs or k not in _SAME_FOR_ALL}
    is_unique = _tells_apart(sample.columns, pairs, key)
    return GuessedPart(sample, section.feeds, pairs, chosen | beside, key, is_unique, reasons=reasons)


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
    """Field -> heading, best similarity first, each used once; in the order of the headings. HXL tags mean what they mean."""
    kinds = {f.field: f.kind for f in fields}
    taken = pairs_of_tags(columns, lambda name, values: name in kinds and fits(kinds[name], values))
    scores = [
        (similarity(heading, f.field, f.kind, values), -place, f.field, heading)
        for place, (heading, values) in enumerate(columns.items())
        if place < _MOST_HEADINGS and not heading.startswith("#")
        for f in {f.field: f for f in fields}.values()
        if not _is_passing(heading, f.field)
    ]
    for score, _, name, heading in sorted(scores, reverse=True):
        if score >= LEAST_LIKENESS and name not in taken and heading not in taken.values():
            taken[name] = heading
    order = list(columns)
    return dict(sorted(taken.items(), key=lambda pair: order.index(pair[1])))


def _is_passing(heading: str, name: str) -> bool:
    """An identifier that changes when the record is edited is no reference."""
    return (
        name == REFERENCE
        and "id" in heading[-8:].casefold()
        and re.split(r"[/.]", heading)[-1].casefold() in ("_uuid", "uuid", "instanceid")
    )


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
            periods = [m["period"] for m in matches if m and "period" in m.groupdict()]
        else:
            periods = filled(part.sample.columns.get(heading or "", ()))
        for every, form in PERIOD_FORMS.items():
            if periods and sum(bool(re.fullmatch(form, v)) for v in periods) >= 0.9 * len(periods):
                return every
    return None


def _suits(pairs: Mapping[str, str], fields: Sequence[CanonicalField], across: str | None) -> tuple[float, int]:
    """More fields found is better, a required one missing is worse; generic fields count for all tables alike."""
    required = {f.field for f in fields if f.is_required} - _SAME_FOR_ALL
    weights = {name: _THIN if _is_thin(name, heading) else 1.0 for name, heading in pairs.items()}
    matched = sum(weight for name, weight in weights.items() if name not in _SAME_FOR_ALL)
    found = sum(weights[name] for name in required & set(pairs))
    bonus = 1.0 if across and {"period", "value"} <= set(pairs) else 0.0
    return matched + bonus + 0.5 * found - 0.75 * len(required - set(pairs)), -len(fields)


def _is_thin(name: str, heading: str) -> bool:
    return not heading.startswith("#") and ground_of(heading, name).is_thin


def _at_least_one(sample: Sample, fields: Mapping[str, CanonicalField]) -> dict[str, str]:
    """Nothing fits: the first heading stands for the first required field, to be put right by hand."""
    first = next((f for f in fields if fields[f].is_required), next(iter(fields)))
    return {first: next(iter(sample.columns), first)}


def _tells_apart(columns: Mapping[str, Sequence[str]], pairs: Mapping[str, str], key: Sequence[str]) -> bool:
    rows = list(zip(*(columns.get(pairs[f], ()) for f in key), strict=False))
    return bool(key) and len(set(rows)) == len(rows)
