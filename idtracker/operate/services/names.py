"""Names that reporters typed and nobody knows, with whom they may mean; and what speaks against the names reviewed so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, cast

import pandas as pd

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import kinds_of
from idtracker.ingest.judged.archive import read_frames
from idtracker.ingest.landing.collect import landed_bytes
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.reading import read
from idtracker.ingest.resolve.bilingual import sides_of
from idtracker.ingest.resolve.indicators import indicator_names
from idtracker.ingest.resolve.name_review import Doubt, doubts_about, meanings
from idtracker.ingest.resolve.organisations import organisation_names, provisional_id
from idtracker.ingest.resolve.places import place_names
from idtracker.ingest.resolve.suggest import Candidate
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.messages import Lang, phrase
from idtracker.model.register.known_names import KnownNames
from idtracker.model.register.reviewed_names import NameKind
from idtracker.model.text import fold
from idtracker.operate.documents.review.names import (
    DoubtfulName,
    FirstSeen,
    NameCheck,
    SuggestedName,
    Suggestions,
    UnknownName,
)

_RULES: dict[str, tuple[NameKind, bool]] = {
    "name.organisation": ("organisation", False),
    "name.organisation_held": ("organisation", True),
    "name.place": ("place", True),
    "name.place_kept": ("place", False),
    "name.indicator": ("indicator", True),
    "name.indicator_kept": ("indicator", False),
}
_NAMES_OF = {"organisation": organisation_names, "place": place_names, "indicator": indicator_names}


def unknown_names(home: Home, catalogue: ProgrammeCatalogue, sources: Iterable[Source], lang: Lang) -> Suggestions:
    """The document of `names suggest`: every name typed in a received file that nobody knows now, most frequent first."""
    names = [entry for source in sources for entry in _unknown_of(home, catalogue, source)]
    for kind, suggest_from in _NAMES_OF.items():
        chosen = [entry for entry in names if entry.kind == kind]
        suggester, known = suggest_from(catalogue.register), KnownNames.of(catalogue.register)
        for entry, best in zip(chosen, suggester.best([e.typed for e in chosen]), strict=True):
            entry.candidates.extend(_suggested(c, known, lang) for c in best)
    order = {source_id: place for place, source_id in enumerate(catalogue.sources)}
    return Suggestions(names=sorted(names, key=lambda e: (order[e.source], -e.times, e.kind, fold(e.typed))))


def _suggested(found: Candidate, known: KnownNames, lang: Lang) -> SuggestedName:
    return SuggestedName(
        identifier=found.identifier,
        name=found.name,
        known_as=known.name(found.identifier, lang),
        score=found.score,
        why=found.why,
        reason=phrase("feedback/names", f"why_{found.why}", lang),
    )


def _unknown_of(home: Home, catalogue: ProgrammeCatalogue, source: Source) -> Iterator[UnknownName]:
    receipts = {r.submission_id: r for r in _current_receipts(home, source)}
    findings = read_frames(home, source.id, "findings")
    findings = findings[findings["rule"].isin(list(_RULES)) & findings["submission_id"].isin(list(receipts))]
    findings = findings.dropna(subset="value")
    reviewed = catalogue.names_of(source.id)
    groups: dict[tuple[NameKind, str], list[tuple[Any, ...]]] = {}
    for place in zip(*(findings[c] for c in ("rule", "value", "submission_id", "sheet", "row")), strict=True):
        groups.setdefault((_RULES[place[0]][0], fold(place[1])), []).append(place)
    for (kind, folded), places in groups.items():
        typed = str(places[0][1])
        known = folded in reviewed.of(kind) or meanings(catalogue.register, kind, typed, schemes_of(source, kind))
        if not folded or known:
            continue
        first = min(places, key=lambda p: (receipts[p[2]].received_at, p[2], p[3] or "", int(p[4])))
        is_held = any(_RULES[p[0]][1] for p in places)
        yield UnknownName(
            source=source.id,
            kind=kind,
            typed=str(first[1]).strip(),
            times=len(places),
            files=len({p[2] for p in places}),
            held=is_held,
            provisional=provisional_id(str(first[1])) if kind == "organisation" and not is_held else None,
            first_seen=_first_seen(receipts[first[2]], first),
            candidates=[],
        )


def _first_seen(receipt: Receipt, place: tuple[Any, ...]) -> FirstSeen:
    return FirstSeen(
        file_name=receipt.file_name,
        sheet=None if pd.isna(place[3]) or not place[3] else str(place[3]),
        row=int(place[4]),
        received_at=receipt.received_at.isoformat(),
    )


def _current_receipts(home: Home, source: Source) -> list[Receipt]:
    """Receipts of files that were neither refused nor withdrawn."""
    return [r for r in Ledger(home).receipts(source.id) if not r.is_refused and r.withdrawn_at is None]


def schemes_of(source: Source, kind: NameKind) -> set[str]:
    """The code schemes that columns of a kind declare."""
    return {
        column.scheme for part in source.parts for column in part.columns
        if column.scheme and kinds_of(part).get(column.field) == kind
    }  # fmt: skip


def doubtful_names(
    home: Home, catalogue: ProgrammeCatalogue, sources: Iterable[Source], day: date, lang: Lang
) -> NameCheck:
    """The document of `names check`: entries that are unused, contradict the register, or name what has ended."""
    count, doubts, known = 0, [], KnownNames.of(catalogue.register)
    for source in sources:
        names = catalogue.names_of(source.id)
        count += len(names.entries)
        if names.entries:
            typed = _typed_texts(home, catalogue, source)
            schemes = {s for kind in _NAMES_OF for s in schemes_of(source, cast(NameKind, kind))}
            doubts += [
                _doubt(source, d, known, lang) for d in doubts_about(names, catalogue.register, typed, day, schemes)
            ]
    return NameCheck(sound=not doubts, entries=count, doubts=doubts)


def _doubt(source: Source, doubt: Doubt, known: KnownNames, lang: Lang) -> DoubtfulName:
    entry = doubt.entry
    meant = known.beside(entry.identifier, lang)
    words = {"typed": entry.typed, "identifier": meant, "detail": known.beside(doubt.detail, lang)}
    return DoubtfulName(
        source=source.id,
        line=int(entry.origin.rsplit(":", 1)[-1]),
        kind=entry.kind,
        typed=entry.typed,
        identifier=entry.identifier,
        name=known.name(entry.identifier, lang),
        fault=doubt.fault,
        message=phrase("feedback/names", f"doubt_{doubt.fault}", lang, **words),
    )


def _typed_texts(home: Home, catalogue: ProgrammeCatalogue, source: Source) -> set[str] | None:
    """Every different text of the files received, folded, in cells or headings or file names; None where none came."""
    receipts = _current_receipts(home, source)
    if not receipts:
        return None
    marks = sorted({c.split for part in source.parts for c in part.columns if c.split})
    texts: set[str] = {c.constant for part in source.parts for c in part.columns if c.constant}
    for receipt in receipts:
        texts |= _texts_of(landed_bytes(home, receipt), receipt.file_name, source, catalogue)
    for mark in marks:
        texts |= {piece for text in texts if mark in text for piece in text.split(mark)}
    texts |= {side for text in texts for side in sides_of(text)}
    meant = {t for part in source.parts for c in part.columns for typed, t in c.map.items() if typed in texts}
    return {fold(text) for text in texts | meant}


def _texts_of(content: bytes, file_name: str, source: Source, catalogue: ProgrammeCatalogue) -> set[str]:
    named = re.search(source.received.from_name, file_name) if source.received.from_name else None
    texts = {text for text in (named.groups() if named else ()) if text}
    for part in source.parts:
        headings = re.compile(part.unpivot.columns) if part.unpivot else None
        for table in _tables(content, file_name, source, catalogue, part.id):
            texts |= {table.sheet, *table.headings}
            for heading in table.headings:
                matched = headings.search(heading) if headings else None
                texts |= {text for text in (matched.groups() if matched else ()) if text}
            for name in table.headings:
                texts |= set(table.cells[name].dropna().unique())
    return texts


def _tables(
    content: bytes, file_name: str, source: Source, catalogue: ProgrammeCatalogue, part_id: str
) -> list[RawTable]:
    return read(content, file_name, source, catalogue.programme.limits).tables.get(part_id, [])
