"""Parts that are worked on together, so that memory is bounded whatever there is of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def in_blocks(parts: Iterable[str], sizes: Mapping[str, int], most: int) -> Iterator[list[str]]:
    """Parts in their order, in blocks of at most `most` rows together; one with more is a block of its own. A part that has no size has no rows."""
    block: list[str] = []
    rows = 0
    for part in parts:
        if block and rows + sizes.get(part, 0) > most:
            yield block
            block, rows = [], 0
        block.append(part)
        rows += sizes.get(part, 0)
    if block:
        yield block
