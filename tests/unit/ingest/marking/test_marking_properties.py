"""Wherever a marking stands among noise it is seen; ordinary text is never taken for one."""

from __future__ import annotations

import gzip
import json
import zipfile
from html import escape
from typing import Any

import pytest
from carriers import TABLES, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idtracker.ingest.marking.scan import find_marking, search

MARKINGS = ("SECRET", "TOP SECRET", "UK SECRET", "SECRET WHEN COMPLETE", "NATO RESTRICTED", "RESTREINT UE/EU RESTRICTED",
            "SECRET//NOFORN", "سري للغاية")  # fmt: skip
WORDS = """the of and in for people access movement ballot cluster area visit support rights town camp water secretary
    protection secret restricted protect confidential interview classified classification marking 12 3.5 2026-Q3 Zarqa
    Irbid Protection Secretariat UNHCR WASH اقتراع سري خدمات السكان محدود الدخل علني""".split()  # noqa: SIM905
LONE = ("secret", "restricted", "protect", "confidential", "سري", "محدود")
LABELS = ("classified", "classification", "marking")
_SLOW = ("XLS", "XLSX", "XLSX in ZIP")

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
# Without words that lead to a marking, so that no noise says `classification: secret`.
noise = st.lists(st.sampled_from([w for w in WORDS if w not in LABELS]), min_size=1, max_size=6).map(" ".join)
values = st.one_of(st.just(""), noise, st.integers(0, 10**6).map(str))
spoken = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str] = values) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    head = [f"column {n}" for n in range(width)]
    return [head, *draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=12))]


@st.composite
def marked_tables(draw: st.DrawFn) -> list[list[str]]:
    rows = draw(tables())
    row, column = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = draw(st.sampled_from(MARKINGS))
    return rows


@pytest.mark.parametrize("carrier", TABLES)
def test_a_marking_in_any_cell_is_seen(carrier: str) -> None:
    @settings(spoken, max_examples=20 if carrier in _SLOW else 100)
    @given(marked_tables())
    def seen(rows: list[list[str]]) -> None:
        assert find_marking(TABLES[carrier](rows)) is not None

    seen()


@pytest.mark.parametrize("carrier", TABLES)
def test_ordinary_cells_are_never_taken_for_one(carrier: str) -> None:
    @settings(spoken, max_examples=20 if carrier in _SLOW else 100)
    @given(tables(st.one_of(values, st.sampled_from(LONE))))
    def never(rows: list[list[str]]) -> None:
        rows = [row if sum(map(bool, row)) > 1 else ["1"] * len(row) for row in rows]  # no word alone in its row
        assert search(TABLES[carrier](rows)) == (None, True)

    never()


def documents(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["id", "place", "note", "rows", "access", "name"])
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
    )


plain_leaves = st.one_of(noise, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))


@st.composite
def wrapped(draw: st.DrawFn, leaf: str) -> Any:
    """A leaf in lists and objects, with others beside it."""
    document: Any = leaf
    for _ in range(draw(st.integers(1, 6))):
        beside = draw(documents(plain_leaves))
        document = draw(
            st.sampled_from([[document, beside], [beside, document], {"a": beside, "b": document}, {"b": document}])
        )
    return document


@settings(spoken, max_examples=100)
@given(st.sampled_from(MARKINGS).flatmap(wrapped), st.booleans(), st.sampled_from([None, 2]))
def test_a_marking_anywhere_in_json_is_seen(document: Any, is_ascii: bool, indent: int | None) -> None:
    assert find_marking(json.dumps(document, ensure_ascii=is_ascii, indent=indent).encode()) is not None


@settings(spoken, max_examples=100)
@given(
    st.sampled_from(["secret", "Restricted", "PROTECT"]).flatmap(wrapped),
    st.sampled_from(["classification", "Marking"]),
)
def test_any_word_under_a_key_of_classification_is_seen(document: Any, key: str) -> None:
    assert find_marking(json.dumps({"id": 1, key: document}).encode()) is not None


everyday = st.sampled_from([*LONE, "PROTECT", "RESTRICTED"])


@settings(spoken, max_examples=100)
@given(
    documents(plain_leaves | everyday.map(lambda w: {"access": w}) | everyday.map(lambda w: [w, "Zarqa", 1])),
    st.booleans(),
)
def test_ordinary_json_is_never_taken_for_one(document: Any, is_ascii: bool) -> None:
    """As a value of an object, or among others in a list: a list with little beside it may stand above a table."""
    assert search(json.dumps([document], ensure_ascii=is_ascii).encode()) == (None, True)


def _element(content: Any) -> str:
    if isinstance(content, list):
        return "".join(f"<item>{_element(c)}</item>" for c in content)
    if isinstance(content, dict):
        return "".join(f"<{key}>{_element(value)}</{key}>" for key, value in content.items())
    return escape(str(content))


@settings(spoken, max_examples=100)
@given(st.sampled_from(MARKINGS).flatmap(wrapped), st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32"]))
def test_a_marking_anywhere_in_xml_is_seen(document: Any, codec: str) -> None:
    assert find_marking(f"<root>{_element(document)}</root>".encode(codec)) is not None


@settings(spoken, max_examples=100)
@given(documents(plain_leaves | everyday))
def test_ordinary_xml_is_never_taken_for_one(document: Any) -> None:
    assert search(f"<root>{_element([document])}</root>".encode()) == (None, True)


@settings(spoken, max_examples=100)
@given(st.lists(texts, min_size=1, max_size=20), st.sampled_from([1, 1, 20, 80]), st.data())
def test_a_marking_on_a_line_of_its_own_is_seen(lines: list[str], times: int, data: st.DataObject) -> None:
    """Among few lines, and beyond those from which the form of a file is told."""
    lines = lines * times
    lines.insert(data.draw(st.integers(0, len(lines))), data.draw(st.sampled_from(MARKINGS)))
    assert find_marking("\n".join(lines).encode()) is not None


@settings(spoken, max_examples=100)
@given(st.sampled_from(MARKINGS), st.sampled_from(["\u00a0", "  ", "\u2003", "\t", "\u202f "]), st.data())
def test_blanks_dashes_and_what_nobody_sees_make_no_difference(marking: str, blank: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(marking)))
    hidden = data.draw(st.sampled_from(["\u00ad", "\u200b", "\u200f", "\u0640", "\u064b", "\ufeff", ""]))
    written = (marking[:at] + hidden + marking[at:]).replace(" ", blank)
    assert find_marking(f"{written}\nid,place\n1,Zarqa\n".encode()) is not None


@settings(spoken, max_examples=100)
@given(
    st.lists(st.binary(max_size=3000), max_size=4),
    st.integers(0, 4),
    st.lists(st.sampled_from("zgs"), max_size=3),
    st.data(),
)
def test_a_marked_member_is_seen_through_layers_and_cuts(
    others: list[bytes], at: int, layers: list[str], data: st.DataObject
) -> None:
    members = {f"{n}.bin": content for n, content in enumerate(others)}
    content = zipped(
        dict([*list(members.items())[:at], ("a.csv", b"SECRET\nid,a\n1,2\n"), *list(members.items())[at:]])
    )
    for layer in layers:
        method = zipfile.ZIP_STORED if layer == "s" else zipfile.ZIP_DEFLATED
        content = gzip.compress(content, mtime=0) if layer == "g" else zipped({"inner": content}, method)
    assert find_marking(content) is not None
    if not layers:
        end = content.index(b"PK\x01\x02")
        assert find_marking(content[: data.draw(st.integers(end, len(content)))]) is not None


@settings(spoken, max_examples=100)
@given(
    st.binary(max_size=4000),
    st.sampled_from(
        [b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{", b"<", b"["]
    ),
)
def test_any_bytes_are_searched_to_their_end(content: bytes, start: bytes) -> None:
    assert find_marking(start + content) is None
