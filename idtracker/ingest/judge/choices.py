"""Answers held against the form they were given in: labels become the names of choices, other answers are reported."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idtracker.ingest.read.structured.xlsform import Question, read_codebook
from idtracker.ingest.shape.answers import answers_of
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part, Source
from idtracker.model.errors import DefinitionError
from idtracker.model.findings import Findings
from idtracker.model.text import fold

Codebook = Mapping[str, Question]
_SHOWN = 12
_BETWEEN_CHOICES = re.compile(r"[;\n]")


def codebook_of(source: Source) -> Codebook:
    """The questions of the source's form; none where it declares no codebook. DefinitionError where the file is wrong."""
    if source.format.codebook is None:
        return {}
    return _load(source.folder / source.format.codebook, source.fingerprint)


def as_chosen(book: Codebook, names: Sequence[str], text: str) -> str:
    """An answer as the name of its choice, several as their names with blanks between; as typed where it is none."""
    question = _first_question(names, book)
    chosen = _chosen(question, text, question.takes_several) if question else None
    return text if chosen is None else " ".join(chosen)


def check_choices(shaped: Shaped, part: Part, book: Codebook) -> Findings:
    """Answers that the question does not offer, one finding per column of the file."""
    findings = Findings()
    for column in part.columns if book else ():
        own = set(map(fold, column.map))
        typed = shaped.typed(column.field)
        for names, rows in answers_of(shaped, part, column):
            question = _first_question(names, book)
            if question is None or question.is_open or not question.choices:
                continue
            unknown: npt.NDArray[np.bool_] = np.zeros(len(typed), dtype=bool)
            several = question.takes_several and column.split is None
            unknown[rows] = [fold(t) not in own and _chosen(question, t, several) is None for t in typed.iloc[rows]]
            shown = ", ".join(list(question.choices)[:_SHOWN]) + ("…" if len(question.choices) > _SHOWN else "")
            shaped.report(findings, "choice.unknown", column.field, unknown, details={"allowed": shown})
    return findings


def question_of(heading: str, book: Codebook) -> Question | None:
    """The question that a heading such as `group_data/water_source` or `data.water_source` stands for.

    None for a column of one choice alone, such as `problems/cost` with 1 or 0 below it.
    """
    above, _, last = heading.replace("/", ".").rpartition(".")
    of_several = book.get(above.rpartition(".")[2])
    if of_several and of_several.takes_several and last in of_several.choices:
        return None
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


def _first_question(names: Sequence[str], book: Codebook) -> Question | None:
    return next((question for name in names if (question := question_of(name, book))), None)


def _chosen(question: Question, text: str, several: bool) -> list[str] | None:
    """The names of the choices that an answer means; None where it is not offered, or its label is that of two choices."""
    names = question.names_by_text
    for pieces in ([text], _BETWEEN_CHOICES.split(text), text.split())[: 3 if several else 1]:
        found = [names.get(fold(piece)) for piece in pieces if piece.strip()]
        if found and (chosen := [name for name in found if name is not None]) and len(chosen) == len(found):
            return chosen
    return None
