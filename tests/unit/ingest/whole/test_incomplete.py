"""A file that says or shows that it is a part waits whole: pages of an interface, tails of NUL bytes, lines that break off."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

ROWS = [{"ref": "A", "title": "x", "spend": "1"}, {"ref": "B", "title": "y", "spend": "2"}]
CSV = "ref,title,spend\nA,x,1\nB,y,2\nC,z,3\nD,v,4\n"
Judge = Callable[..., Assessment]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "_reference").mkdir()
    register = Register.load(folder)

    def run(content: bytes | str, kind: str, **more: Any) -> Assessment:
        columns = [{"field": "reference", "heading": "ref", "required": True}, {"field": "title"}, {"field": "spend", "currency": "GBP"}]  # fmt: skip
        document = {"title": "t", "publisher": "GB-GOV-1", "format": {"kind": kind}, "cadence": {"every": "year"}}
        document |= {"feeds": "activity", "key": ["reference"], "columns": columns, **more}
        source = Source.model_validate(document).located("t", Path(), "x")
        catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, register, {})
        data = content.encode() if isinstance(content, str) else content
        return assess(data, f"t.{kind}", source, catalogue, submission_id="s", received_at=pd.Timestamp("2026-04-20"))

    return run


def waits_whole(result: Assessment) -> bool:
    """Whether all rows are held, may be waived and say why, in both languages."""
    groups = [g for g in result.findings.groups if g.rule.id == "file.incomplete"]
    if not groups:
        assert result.rows_accepted == result.rows_read
        return False
    assert result.rows_held == result.rows_read > 0 and result.held["is_waivable"].all()
    assert set(result.held["rules"]) == {"file.incomplete"}
    assert all("{" not in g.message(lang) for g in groups for lang in ("en", "ar"))
    return True


@pytest.mark.parametrize(
    "stated",
    [
        *({"count": 90}, {"total": "3"}, {"totalCount": 5400}, {"total_count": 3}, {"@odata.count": 7}),
        *(
            {"next": "https://x.example/?page=2"},
            {"@odata.nextLink": "?$skip=2"},
            {"hasMore": True},
            {"has_more": True},
        ),
        *({"meta": {"pagination": {"total": 12}}}, {"pager": {"page": 1, "pageCount": 4}}, {"paging": {"next": "x"}}),
        *({"links": {"next": {"href": "x"}}}, {"link": [{"relation": "next", "url": "x"}]}, {"next_page_token": "t"}),
        *({"exceededTransferLimit": True}, {"count": 2, "total": 3}),
    ],
)
def test_a_page_that_says_that_there_is_more(judge: Judge, stated: dict[str, Any]) -> None:
    assert waits_whole(judge(json.dumps({**stated, "results": ROWS}), "json"))
    assert waits_whole(judge(json.dumps({"d": {**stated, "data": ROWS}}), "json", layout={"records": "d.data"}))


@pytest.mark.parametrize(
    "stated",
    [
        *({}, {"count": 2}, {"total": 1}, {"next": None}, {"next": ""}, {"hasMore": False}, {"count": 2, "next": "x"}),
        *({"total": True}, {"meta": {"pageCount": 1}}, {"links": {"self": "x", "next": None}}, {"count": "many"}),
        *({"link": [{"relation": "self", "url": "x"}]}, {"totals": 99}),
    ],
)
def test_a_whole_document(judge: Judge, stated: dict[str, Any]) -> None:
    assert not waits_whole(judge(json.dumps({**stated, "results": ROWS}), "json"))


def test_what_a_record_says_is_about_the_record(judge: Judge) -> None:
    records = [{**row, "next": "visit", "count": 9, "has_more": True} for row in ROWS]
    assert not waits_whole(judge(json.dumps({"results": records}), "json"))
    assert not waits_whole(judge(json.dumps(records), "json"))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CSV.encode() + bytes(512), "csv"),
        (CSV.encode() + b"E,w,5\n" + bytes(128) + b"".join(b"F%d,w,5\n" % n for n in range(900)), "csv"),
        (json.dumps(ROWS).encode() + bytes(64), "json"),
        (CSV + "E,w", "csv"),
        (CSV.replace(",", ";").replace("\n", "\r\n") + "E;w", "csv"),
        ("<table><tr><th>ref<th>title<th>spend</tr><tr><td>A<td>x<td>1</tr><tr><td>B", "csv"),
    ],
)
def test_a_tail_that_is_damaged(judge: Judge, content: bytes | str, kind: str) -> None:
    assert waits_whole(judge(content, kind))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CSV.rstrip().encode(), "csv"),
        (CSV.encode() + b"\0", "csv"),
        (CSV.encode("utf-16-le"), "csv"),
        ("ref,title,spend\nA,x,1\nB,y\nC,z,3\nD,v", "csv"),
        (CSV + '"E, w",x,5', "csv"),
        ("<table><tr><th>ref<th>title<th>spend</tr><tr><td>A<td>x<td>1</tr></table>", "csv"),
    ],
)
def test_a_tail_that_is_sound(judge: Judge, content: bytes | str, kind: str) -> None:
    assert not waits_whole(judge(content, kind))


@pytest.mark.parametrize(
    "content", [json.dumps(ROWS)[:-9], json.dumps({"results": ROWS})[:-2], '{"ref": "A"}\n{"ref": "']
)
def test_json_that_breaks_off_is_refused(judge: Judge, content: str) -> None:
    result = judge(content, "json")
    assert ([g.rule.id for g in result.findings.groups], result.rows_read) == (["file.unreadable"], 0)


def test_of_an_archive_only_the_member_that_is_a_page_waits(judge: Judge) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.json", json.dumps({"next": "x", "results": ROWS}))
        archive.writestr("b.json", json.dumps({"results": [{"ref": "C", "title": "z", "spend": "3"}]}))
    result = judge(content.getvalue(), "json")
    assert (result.rows_held, result.rows_accepted) == (2, 1)
    assert set(result.held["sheet"]) == {"a.json"}
