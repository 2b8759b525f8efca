"""A file format that nobody uses: what one module has to bring so that a row in the table of formats is all there is to add."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from idtracker.ingest.draft.draft_guess import Sample
from idtracker.ingest.marking.pieces import Allowance
from idtracker.ingest.read.grid import SheetGrid, tabulate
from idtracker.ingest.read.heading import find_heading
from idtracker.ingest.read.raw import Reading
from idtracker.ingest.read.sample import FileSample
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Source

MARK = b"INVENTED"


def written(text: str) -> bytes:
    return MARK + zlib.compress(text.encode())


def read(content: bytes, _: str, source: Source, limits: Limits) -> Reading:
    grid = SheetGrid("", _rows(content))
    return Reading(
        {p.id: [tabulate(grid, find_heading(grid.head, p), p, source.format.missing)[0]] for p in source.parts}
    )


def sample(content: bytes, _: str) -> FileSample:
    headings, *rows = _rows(content)
    return FileSample("csv", [Sample("", {h: [r[i] for r in rows] for i, h in enumerate(headings)})])


def texts(content: bytes, left: Allowance) -> Iterator[str]:
    text = zlib.decompress(content.removeprefix(MARK)).decode()
    left.unpack(len(text), len(content))
    yield text


def _rows(content: bytes) -> list[list[str]]:
    return [line.split("|") for line in zlib.decompress(content.removeprefix(MARK)).decode().splitlines()]
