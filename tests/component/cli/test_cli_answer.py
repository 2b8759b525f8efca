"""`check` and `submit` with all their outputs: files beside the answer, both languages, hostile cells, rules explained."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import COURSE_ROWS, Program
from tests.support.small_programme import COURSES_HEAD, text_of

Write = Callable[[str, "str | bytes"], Path]
BAD = "C-8,Zarqa,2025-10-08,many"


@pytest.mark.parametrize("command", ["check", "submit"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_answer_is_written_beside_the_document(
    fresh: Program, write: Write, tmp_path: Path, command: str, lang: str
) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, [*COURSE_ROWS, BAD]))
    page, book = tmp_path / "answer.html", tmp_path / "answer.xlsx"
    outputs = ["--html", page, "--annotate", book, "--lang", lang]
    document = fresh.document(command, path, "--source", "courses", *outputs, code=1)
    jsonschema.validate(document, schema_of(command))
    assert document["written"] == [str(page), str(book)]
    assert f'<html lang="{lang}"' in page.read_text("utf-8") and document["file"]["sha256"] in page.read_text("utf-8")
    assert "xl/workbook.xml" in zipfile.ZipFile(book).namelist()
    assert {p.stat().st_mode & 0o777 for p in (page, book)} == {0o600}, "an answer holds what the file says"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".part")] == []


def test_what_was_written_is_told_on_stderr(fresh: Program, write: Write, tmp_path: Path) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    told = fresh("check", path, "--source", "courses", "--html", tmp_path / "a.html")
    assert f"Written: {tmp_path / 'a.html'}" in told.stderr and "a.html" not in told.stdout


@pytest.mark.parametrize("option", ["--html", "--annotate"])
def test_a_place_that_cannot_be_written_is_wrong_use(
    fresh: Program, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    before = path.read_bytes()
    for place, words in (
        (tmp_path, "is a folder; name a file"),
        (tmp_path / "absent" / "a.out", "there is no folder"),
        (path, "is the file itself"),
    ):
        for command in ("check", "submit"):
            assert words in fresh(command, path, "--source", "courses", option, place, code=2).stderr
    assert path.read_bytes() == before and not fresh.home.inbox.exists()
    same = ("--html", tmp_path / "a", "--annotate", tmp_path / "a")
    assert "name the same file" in fresh("check", path, "--source", "courses", *same, code=2).stderr

    def refuse(*given: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    told = fresh("submit", path, "--source", "courses", option, tmp_path / "a.out", code=2)
    assert "cannot be written: Permission denied" in told.stderr
    assert not fresh.home.inbox.exists()


def test_nothing_in_a_cell_is_obeyed_by_the_terminal(fresh: Program, write: Write) -> None:
    cells = ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\u202egpj", "[bold]loud[/bold]", "\x9b31m", "a\tb"]
    path = write(
        "courses_\x1b[31m.csv", text_of(COURSES_HEAD, [f"C-{n},Zarqa,2025-10-01,{c}" for n, c in enumerate(cells)])
    )
    for lang in ("en", "ar"):
        told = fresh("check", path, "--source", "courses", "--lang", lang, code=1)
        assert not [c for c in told.output if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or c == "\u202e")]
        assert "␛[31mred␛[0m" in told.stdout and "[bold]loud[/bold]" in told.stdout
    text = fresh("check", path, "--source", "courses", "--json", code=1).stdout
    assert not [c for c in text if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or c == "\u202e")]
    assert cells[2] in [f["value"] for f in json.loads(text)["findings"]]


def test_the_whole_answer_is_in_arabic(published: Program, write: Write) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, [*COURSE_ROWS[1:], "C-1,Zarqa,2025-10-01,99", BAD]))
    said = published("check", path, "--source", "courses", "--lang", "ar", code=1).stdout
    for words in ("مقبول جزئياً: قُبل 5 من أصل 6 صفوف؛ وحُجز صف واحد", "المضاف 0، والمعدَّل 1، والباقي على حاله 4", "يجب تصحيحه",
                  "الصف 7 (\u2068Trained\u2069) «\u2068many\u2069»", "الصف الذي سيُعدَّل", "ما المطلوب الآن"):  # fmt: skip
        assert words in said, words


def test_changed_rows_are_told_by_their_key(published: Program, write: Write) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, ["C-1,Zarqa,2025-10-01,99"]))
    said = published("check", path, "--source", "courses").stdout
    assert "Row that would change\n   Ref C-1: Trained 11 → 99" in said
    assert "rows that are not in the file stay as they are" in said


def test_a_file_that_was_received_before_is_recognised(copied: Program, write: Write) -> None:
    path = write("any name.csv", text_of(COURSES_HEAD, [*COURSE_ROWS, BAD]))
    said = copied("check", path, "--source", "courses", code=1).stdout
    assert "This very file was received before, on 2026-01-05 as “courses_1.csv”" in said


def test_submit_says_where_the_file_waits(fresh: Program, write: Write) -> None:
    good, bad = write("courses_2.csv", text_of(COURSES_HEAD, COURSE_ROWS)), write("courses_3.csv", b"")
    assert "في الانتظار" in fresh("submit", good, "--source", "courses", "--lang", "ar").stdout
    assert "was not placed" in fresh("submit", bad, "--source", "courses", code=4).stdout


# --explain


def test_a_rule_is_explained_without_a_file(fresh: Program) -> None:
    said = fresh("check", "--explain", "value.number").stdout
    for words in ("value.number", "error (Must be corrected)", "validity", "the row is held", "Type digits only"):
        assert words in said
    assert "النتيجة: يُحجز الصف" in fresh("check", "--explain", "value.number", "--lang", "ar").stdout
    document = fresh.document("check", "--explain", "value.number")
    jsonschema.validate(document, schema_of("check"))
    assert document["valid"] and document["invalid"] and document["text_ar"]


def test_an_unknown_rule_and_a_missing_argument_are_wrong_use(fresh: Program, write: Write) -> None:
    assert "Did you mean `value.number`?" in fresh("check", "--explain", "value.numbr", code=2).stderr
    assert fresh.document("check", "--explain", "nothing", code=2)["exit_code"] == 2
    path = write("courses_2.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    assert "stands alone" in fresh("check", path, "--explain", "value.number", code=2).stderr
    assert "Missing argument 'FILE'" in fresh("check", "--source", "courses", code=2).stderr
    assert "Missing option '--source'" in fresh("check", path, code=2).stderr
