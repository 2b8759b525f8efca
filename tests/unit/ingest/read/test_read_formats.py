"""The table of formats: it is complete, and a row with its reader is all that a new format needs."""

from __future__ import annotations

import gzip
import inspect
import io
import zipfile
from pkgutil import resolve_name
from typing import get_args

import pytest
from invented_format import written

from idtracker.ingest.landing.inbox import fits
from idtracker.ingest.marking.scan import find_marking
from idtracker.ingest.read.formats.signatures import Starts, Written
from idtracker.ingest.read.formats.sniff import sniff
from idtracker.ingest.read.formats.table import FORMATS, KINDS, Format
from idtracker.ingest.read.reading import read
from idtracker.ingest.read.sample import sample_file
from idtracker.model.config.source import Kind
from idtracker.model.messages import Message

INVENTED = Format(
    Message("an invented file", "ملف مخترع"),
    Starts((b"INVENTED",)),
    suffixes=(".inv",),
    label=Message("invented file", "ملف مخترع"),
    kinds=("csv",),
    has_tables=True,
    reader="invented_format:read",
    sampler="invented_format:sample",
    texts="invented_format:texts",
)
CONTENT = written("id|place\n1|Irbid\n2|Zarqa")
ROWS = [["1", "Irbid"], ["2", "Zarqa"]]


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


@pytest.fixture
def invented(monkeypatch):
    monkeypatch.setitem(FORMATS, "invented", INVENTED)


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize(
    ("content", "name"),
    [(CONTENT, "a.inv"), (zipped(a__inv=CONTENT), "a.zip"), (gzip.compress(CONTENT), "a.inv.gz")],
    ids=["plain", "zip", "gzip"],
)
def test_a_format_of_the_table_is_read_plain_and_packed(content, name, define):
    reading = read(content, name, define("csv"))
    assert not reading.findings
    assert reading.tables["activity"][0].cells.to_numpy().tolist() == ROWS


@pytest.mark.usefixtures("invented")
def test_its_names_stand_in_findings_in_both_languages(define):
    (other,) = read(CONTENT, "a.inv", define("json")).findings.groups
    assert (other.rule.id, "an invented file" in other.message("en")) == ("file.other_kind", True)
    assert "ملف مخترع" in other.message("ar")
    (refusal,) = read(CONTENT, "a.inv", define("iati")).findings.groups
    assert (refusal.rule.id, refusal.details["found_ar"]) == ("file.unknown_type", "ملف مخترع")
    (promise,) = read(b"id,place\n1,Irbid\n", "a.inv", define("csv")).findings.groups
    assert (promise.rule.id, promise.details["expected"]) == ("file.other_kind", "invented file")


@pytest.mark.usefixtures("invented")
def test_it_is_sampled():
    sampled = sample_file(CONTENT, "a.inv")
    assert (sampled.kind, sampled.tables[0].columns) == ("csv", {"id": ["1", "2"], "place": ["Irbid", "Zarqa"]})


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda c: zipped(a__inv=c)], ids=["plain", "gzip", "zip"])
def test_it_is_searched_for_markings(pack):
    assert find_marking(pack(written("SECRET\nid|place\n1|Irbid"))) == "SECRET"
    assert find_marking(pack(CONTENT)) is None


def test_without_its_row_nobody_knows_it(define):
    assert "invented" not in FORMATS
    assert find_marking(written("SECRET\nid|place\n1|Irbid")) is None
    (table,) = read(CONTENT, "a.inv", define("csv")).tables["activity"]
    assert "place" not in table.headings


def test_a_format_of_bytes_that_is_read_says_how_it_is_searched():
    name = Message("a", "أ")
    with pytest.raises(ValueError, match="scan for markings"):
        Format(name, Starts((b"A",)), reader="a:read")
    with pytest.raises(ValueError, match="scan for markings"):
        Format(name, Written(lambda _: True), texts="a:texts")


def test_the_kinds_of_the_definition_are_those_of_the_table():
    assert get_args(Kind) == tuple(KINDS)
    assert {kind for known in FORMATS.values() for kind in known.kinds} == set(KINDS)


@pytest.mark.parametrize("known", FORMATS.values(), ids=FORMATS)
def test_every_row_is_complete(known):
    counts = {"reader": 4, "sampler": 2, "unpacker": 1, "texts": 2}
    entries = {name: entry for name in counts if (entry := getattr(known, name))}
    assert {name: len(inspect.signature(resolve_name(e)).parameters) for name, e in entries.items()} == {
        name: counts[name] for name in entries
    }
    assert known.name.en and known.name.ar
    assert (known.label is not None) == bool(known.suffixes)
    assert bool(known.reader) == (known.has_tables or bool(known.kinds))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_names_a_reader_that_exists(kind):
    assert not KINDS[kind].reader or callable(resolve_name(KINDS[kind].reader))


def test_archives_of_the_table_are_taken_under_the_name_of_what_they_hold(define):
    source = define("csv").model_copy(
        update={"received": define("csv").received.model_copy(update={"pattern": "a*.csv"})}
    )
    assert [fits(source, f"a1.csv{s}") for known in FORMATS.values() if known.unpacker for s in known.suffixes] == [
        True,
        True,
    ]


def test_empty_content_is_a_format_too():
    assert sniff(b"") in FORMATS
