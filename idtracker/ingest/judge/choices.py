"""Answers held against the form they were given in: labels become the names of choices, other answers are reported."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idtracker.ingest.read.structured.xlsform import Question, read_codebook
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Column, Part, Source
from idtracker.model.errors import DefinitionError
from idtracker.model.findings import Findings
from idtracker.model.text import fold

Codebook = Mapping[str, Question]
_SHOWN = 12


def codebook_of(source: Source) -> Codebook:
    """The questions of the source's form; none where it declares no codebook. DefinitionError where the file is wrong."""
    if source.format.codebook is None:
        return {}
    return _load(source.folder / source.format.codebook, source.fingerprint)


def by_choice(source: Source, book: Codebook) -> Source:
    """The source with each label of a choice read as the choice, before its columns' own maps."""
    if not book:
        return source
    parts = [p.model_copy(update={"columns": [_mapped(c, book) for c in p.columns]}) for p in source.parts]
    return source.model_copy(update={"parts": parts}).located(source.id, source.folder, source.fingerprint)


def check_choices(shaped: Shaped, part: Part, book: Codebook) -> Findings:
    """Answers that the question does not offer, one finding per column of the file."""
    findings = Findings()
    for column in part.columns if book else ():
        if column.constant is not None:
            continue
        typed = shaped.typed(column.field)
        filled = typed.notna().to_numpy()
        for heading, _, rows in shaped.locate(column.field, filled):
            question = question_of(heading, book)
            if question is None or question.is_open or not question.choices:
                continue
            allowed = {fold(text) for text in _spellings(question)} | set(map(fold, column.map))
            unknown: npt.NDArray[np.bool_] = np.zeros(len(typed), dtype=bool)
            several = question.takes_several and column.split is None
            unknown[rows] = [not _is_offered(str(t), allowed, several) for t in typed.iloc[rows]]
            shown = ", ".join(list(question.choices)[:_SHOWN]) + ("…" if len(question.choices) > _SHOWN else "")
            shaped.report(findings, "choice.unknown", column.field, unknown, details={"allowed": shown})
    return findings


def question_of(heading: str, book: Codebook) -> Question | None:
    """The question that a heading such as `group_data/water_source` or `data.water_source` stands for."""
    last = heading.replace("/", ".").rsplit(".", 1)[-1]
    return book.get(heading) or book.get(last)


@lru_cache(maxsize=64)
def _load(path: Path, _fingerprint: str) -> Codebook:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise DefinitionError(
            [f"{path}: the codebook that source.yml names cannot be read ({problem.strerror})"]
        ) from None
    return read_codebook(content, str(path))


def _mapped(column: Column, book: Codebook) -> Column:
    questions = [q for h in column.headings if column.constant is None and (q := question_of(h, book))]
    if not questions:
        return column
    names = {label: name for q in questions for name, labels in q.choices.items() for label in labels}
    meant = {typed: column.map.get(name, name) for typed, name in names.items()}
    return column.model_copy(update={"map": {**meant, **column.map}})


def _spellings(question: Question) -> list[str]:
    return [text for name, labels in question.choices.items() for text in (name, *labels)]


def _is_offered(text: str, allowed: set[str], several: bool) -> bool:
    if fold(text) in allowed:
        return True
    return several and all(fold(piece) in allowed for piece in text.split())
