"""What every command shares: help without weight, errors as one message or one document, output that is never cut."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from docs_builder.json_schemas import schema_of
from idtracker.cli import COMMANDS, cli
from idtracker.cli.output import console, show_table, styled
from tests.support.cli_programme import COURSE_ROWS, Program
from tests.support.small_programme import COURSES_HEAD, text_of

HEAVY = ("pandas", "dagster", "rich", "duckdb", "numpy", "pydantic", "pandera")
ERRORS = {
    "unknown command": (["statu"], "Did you mean `status`?"),
    "missing argument": (["check", "--json"], "Missing argument"),
    "unknown option": (["status", "--nonsense", "--json"], "--nonsense"),
    "unknown choice": (["query", "SELECT 1", "--format", "xml", "--json"], "xml"),
    "no sources": (["--sources", "/nowhere", "sources", "list", "--json"], "/nowhere"),
    "nothing published": (["--home", "/nowhere", "query", "SELECT 1", "--json"], "idtracker run"),
}


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom idtracker.cli import cli\n"
        "try:\n    cli(['--help'], prog_name='idtracker')\n"
        f"finally:\n    print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
    assert all(name in done.stdout for name in COMMANDS)


GROUPS = (
    "sources",
    "explain",
    "docs",
    "names",
    "held",
    "adjudicate",
    "reference",
    "matches",
    "access",
    "acts",
    "method",
    "judgement",
    "round",
    "warnings",
    "framework",
    "watch",
)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in GROUPS])
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    for option in ("--home", "--sources", "--json"):
        assert option in result.output


@pytest.mark.parametrize("name", GROUPS)
def test_groups_list_their_commands(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Commands:" in result.output


@pytest.mark.parametrize("words, said", ERRORS.values(), ids=ERRORS)
def test_wrong_use_ends_with_two_and_says_what_to_do(words: list[str], said: str) -> None:
    result = CliRunner().invoke(cli, words, prog_name="idtracker")
    assert result.exit_code == 2
    if "--json" in words:
        document = json.loads(result.stdout)
        assert said in document["error"]
        jsonschema.validate(document, schema_of("error"))
    else:
        assert result.stdout == ""
        assert said in result.stderr


def test_help_stays_help_with_json() -> None:
    result = CliRunner().invoke(cli, ["check", "--help", "--json"])
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


def test_a_file_that_cannot_be_written_is_one_message(published: Program, tmp_path: Path) -> None:
    result = published("query", "SELECT 1", "-o", tmp_path / "absent" / "a.csv", code=2)
    assert "there is no folder" in result.stderr


def test_cells_are_shown_as_they_are_typed(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["name", ("rows", "right")], [("[bold]x[/bold]", 3), (None, float("nan")), (styled("y", "red"), [1])])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [["name", "rows"], ["[bold]x[/bold]", "3"], [], ["y", "[1]"]]


def test_output_into_a_file_is_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["name", "text"], [("x", "word " * 200)])
    assert "word " * 199 in capsys.readouterr().out


def test_a_narrow_terminal_gets_blocks_instead_of_torn_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    columns = ["source", "state", "owner", "arrived"]
    show_table(columns, [("embassy_participation", "FRESH", "team:one", "2026-01-01"), ("b", "DUE", "", "2026-01-02")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "source: embassy_participation"
    assert lines[4:] == ["", "source: b", "state: DUE", "arrived: 2026-01-02"]


def test_a_wide_enough_terminal_wraps_only_the_long_column(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    show_table(["source", "why"], [("embassy_participation", "the last file came long ago " * 4)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("embassy_participation  the last file")
    assert len(lines) > 2


def test_colour_is_left_out_where_it_is_not_wanted(published: Program) -> None:
    assert "\x1b[" not in published("status", code=1).output


HOSTILE = "a\x1b[2Jb\x07c\x9bd\u202ee\u2066f"
SHOWN = "a\\x1b[2Jb\\x07c\\x9bd\\u202ee\\u2066f"


def is_plain(text: str) -> bool:
    return not any(c in text for c in "\x1b\x07\x9b\u202e\u2066")


def test_no_output_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.tree import Tree

    show_table(["name", (HOSTILE, "right")], [(HOSTILE, 1), (styled(HOSTILE, "red"), 2)], title=HOSTILE)
    console().print(HOSTILE, markup=False)
    console().print("[dim]x[/dim]", styled(HOSTILE, "dim"), soft_wrap=True)
    console(stderr=True).print(Tree(HOSTILE))
    printed = capsys.readouterr()
    assert printed.out.count(SHOWN) == 6 and SHOWN in printed.err
    assert is_plain(printed.out + printed.err)


def test_styles_of_our_own_still_reach_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    console().print(styled(HOSTILE, "red"))
    assert capsys.readouterr().out == f"\x1b[31m{SHOWN}\x1b[0m\n"


def test_errors_show_what_was_typed_and_do_not_obey_it() -> None:
    for words in (
        ["check", HOSTILE, "--source", "x"],
        [HOSTILE],
        ["status", f"--{HOSTILE}"],
        ["query", "SELECT 1", "--format", HOSTILE],
    ):
        result = CliRunner().invoke(cli, words, prog_name="idtracker")
        assert result.exit_code and is_plain(result.output), words
        as_json = CliRunner().invoke(cli, [*words, "--json"], prog_name="idtracker")
        assert as_json.exit_code and is_plain(as_json.output) and json.loads(as_json.stdout)


def test_a_query_shows_control_characters_and_writes_them_as_they_are(published: Program, tmp_path: Path) -> None:
    sql = "SELECT concat('a', chr(27), '[2Jb', chr(7), 'c', chr(155), 'd', chr(8238), 'e', chr(8294), 'f') AS name"
    for form in ("table", "csv"):
        said = published("query", sql, "--format", form).stdout
        assert SHOWN in said and is_plain(said), form
    document = published("query", sql, "--format", "json").stdout
    assert is_plain(document) and json.loads(document) == [{"name": HOSTILE}]
    for ending in ("csv", "json"):
        published("query", sql, "-o", tmp_path / f"a.{ending}")
    assert HOSTILE in (tmp_path / "a.csv").read_text("utf-8")
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == [{"name": HOSTILE}]


def test_a_file_name_that_steers_is_shown_by_run_and_explain(fresh: Program) -> None:
    name = "courses_2\x1b[2J\u202e.csv"
    path = fresh.home.inbox / "courses" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(COURSES_HEAD, [*COURSE_ROWS, "C-8,Zarqa,2025-10-08,many"]), "utf-8")
    submission = fresh.document("run")["submissions"][-1]["submission_id"]
    for words in (
        ["run"],
        ["explain", "submission", submission],
        ["held", "list"],
        ["status"],
        ["explain", "submission", name],
    ):
        result = fresh(*words, code=None)
        assert is_plain(result.output), words
        assert "\\x1b[2J\\u202e" in result.output or words[0] in ("status", "run"), words
