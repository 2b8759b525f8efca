"""What a JSON document says of itself where it is one page of several: a link to the next, more records than it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from idtracker.ingest.read.refusal import worded
from idtracker.model.messages import Message

_DEEPEST = 4
_ABOUT_PAGES = frozenset(
    {"meta", "metadata", "pagination", "paging", "page", "pageinfo", "pager", "cursor", "links", "link", "info", "responsemetadata"}
)  # fmt: skip
_COUNTS = frozenset(
    {"count", "total", "totalcount", "totalrecords", "totalresults", "totalitems", "totalelements", "totalrows"}
    | {"numbermatched", "numfound", "recordstotal", "resultcount", "odatacount", "totalhits", "nhits"}
)
_PAGES = frozenset({"totalpages", "pagecount", "pages", "lastpage", "numpages"})
_NEXT = frozenset(
    {"next", "nextlink", "odatanextlink", "nextpage", "nexturl", "nextpageurl", "nexthref", "nextrecordsurl"}
    | {"nextpagetoken", "nexttoken", "nextcursor", "continuationtoken", "resumptiontoken"}
)
_MORE = frozenset(
    {"hasmore", "hasnext", "hasnextpage", "morerecords", "moreresults", "exceededtransferlimit", "truncated", "istruncated"}
    | {"incompleteresults"}
)  # fmt: skip


def missing_pages(document: Any) -> Message | None:
    """How a document says that there is more than it holds; None where it does not, or states no more than it holds."""
    for holder in _holders(document, 0):
        size = _longest_list(holder, 0)
        if size is None:
            continue
        stated = list(_stated(holder))
        counts = [n for name, value in stated if name in _COUNTS and (n := _number(value)) is not None]
        if counts and max(counts) > size:
            return worded("states_more", stated=f"{max(counts):,}", count=f"{size:,}")
        if counts and max(counts) == size:
            continue
        for name, value in stated:
            if (name in _NEXT and _is_given(value)) or (name in _MORE and value is True):
                return worded("states_next")
            if name in _PAGES and (_number(value) or 0) > 1:
                return worded("states_pages", count=f"{_number(value):,}")
    return None


def _holders(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The objects that are not records: those reached without entering a list."""
    if isinstance(value, dict) and depth < _DEEPEST:
        yield value
        for inner in value.values():
            yield from _holders(inner, depth + 1)


def _stated(holder: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an object states in its own fields, and in those of its objects about pages and links."""
    for key, value in holder.items():
        name = _plain(key)
        yield name, value["value"] if isinstance(value, dict) and "value" in value else value
        if name in _ABOUT_PAGES:
            for inner in value if isinstance(value, list) else [value]:
                yield from _stated_beside(inner)


def _stated_beside(about: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(about, dict):
        relation = about.get("rel", about.get("relation"))
        if isinstance(relation, str):
            yield _plain(relation), about.get("href", about.get("url"))
        for key, value in about.items():
            yield _plain(key), value
            if _plain(key) in _ABOUT_PAGES:
                yield from _stated_beside(value)


def _longest_list(value: Any, depth: int) -> int | None:
    """How many records the longest list below an object has; None where there is no list of records."""
    if isinstance(value, list):
        return len(value) if all(isinstance(i, dict) for i in value) else None
    if not isinstance(value, dict) or depth >= _DEEPEST:
        return None
    lists = (_longest_list(v, depth + 1) for k, v in value.items() if _plain(k) not in _ABOUT_PAGES)
    return max((n for n in lists if n is not None), default=None)


def _plain(key: str) -> str:
    return "".join(c for c in key.casefold() if c.isalnum())


def _number(value: Any) -> int | None:
    """A whole number, written as one or as text."""
    text = value if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _is_given(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)
