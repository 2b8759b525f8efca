"""Documents as commands print them hold what their schemas promise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from docs_builder.definitions.source_examples import MINIMAL
from docs_builder.json_schemas import schema_of
from idtracker.cli import cli
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.documents.status import Status
from tests.support.small_programme import TRUST

REPORT = "Indicator,Governorate,Quarter,Value\nTRUST,Irbid,2026-Q1,61.5\nTRUST,Nowhere at all,2026-Q1,7\nTRUST,Mafraq,2026-Q1,\n"

Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def call(home: Home, write_source: Callable[[str, str], Path]) -> Call:
    """Run a command with --json on an empty home with one source; returns exit code and document."""
    write_source("returns", MINIMAL)
    (home.sources / "_reference").mkdir()
    (home.sources / "_reference" / "indicators.csv").write_text(TRUST, "utf-8")

    def run(*words: str) -> tuple[int, Any]:
        places = ["--home", str(home.root), "--sources", str(home.sources), "--json"]
        result = CliRunner().invoke(cli, [*words, *places])
        return result.exit_code, json.loads(result.stdout)

    return run


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "report.csv"
    path.write_text(REPORT, "utf-8")
    return str(path)


def holds(document: object, command: str) -> bool:
    jsonschema.Draft202012Validator(schema_of(command)).validate(document)
    return True


def test_check(call: Call, report: str) -> None:
    code, document = call("check", report, "--source", "returns")
    assert code == 1 and document["rows"]["held"] == 1
    assert holds(document, "check")


def test_check_of_an_unusable_file(call: Call, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    code, document = call("check", str(empty), "--source", "returns")
    assert code == 4
    assert holds(document, "check")


def test_submit_and_status(call: Call, report: str) -> None:
    code, document = call("submit", report, "--source", "returns")
    assert code == 1 and document["placed"]
    assert holds(document, "submit")
    _, state = call("status")
    assert [s["id"] for s in state["sources"]] == ["returns"]
    assert holds(state, "status")
    printed = Status.model_validate(state).printed()
    assert json.dumps(printed) == json.dumps(state), "put together without its model, and yet what that prints"


def test_errors(call: Call, report: str) -> None:
    code, document = call("check", report, "--source", "retuns")
    assert code == document["exit_code"] == 2
    assert "returns" in document["error"]
    assert holds(document, "error")


def test_docs_build_writes_what_changed_and_check_writes_nothing(call: Call, tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    code, before = call("docs", "build", "--check", "--into", str(root))
    assert code == 1 and not before["written"] and len(before["stale"]) == before["files"]
    assert list(root.iterdir()) == []
    code, built = call("docs", "build", "--into", str(root))
    assert code == 0 and built["stale"] == before["stale"]
    assert holds(built, "docs build")

    page = root / "docs" / "reference" / "method.md"
    page.write_text(page.read_text("utf-8") + "more\n", "utf-8")
    gone = root / "docs" / "reference" / "tables" / "gone.md"
    gone.write_text(page.read_text("utf-8"), "utf-8")
    own = root / "docs" / "reference" / "own.md"
    own.write_text("# Written by hand\n", "utf-8")
    code, after = call("docs", "build", "--check", "--into", str(root))
    assert (code, after["stale"]) == (1, ["docs/reference/method.md", "docs/reference/tables/gone.md"])
    call("docs", "build", "--into", str(root))
    assert not gone.exists() and own.exists()
    assert call("docs", "build", "--check", "--into", str(root))[0] == 0


@pytest.mark.parametrize(
    ("command", "document"),
    [
        ("run", {"submissions": []}),
        ("publish", {"published": {"hmg": 1}, "changed": True}),
        ("withdraw", {"submission_id": "a", "source": "b", "state": "held"}),
        ("explain metric", {"what": "x", "value": 1, "because": [{"what": "y"}]}),
        ("sources list", {"sources": [{"id": "a"}]}),
        ("query", {"rows": []}),
        ("error", {"error": "x"}),
    ],
)
def test_a_document_without_what_is_promised_is_refused(command: str, document: object) -> None:
    assert not jsonschema.Draft202012Validator(schema_of(command)).is_valid(document)


def test_further_keys_are_allowed() -> None:
    document = {"published": {"hmg": "var/published/hmg"}, "changed": True, "later": 1}
    assert holds(document, "publish")


def test_a_command_is_named_with_blanks_or_hyphens() -> None:
    assert schema_of("explain-metric") == schema_of("explain metric")
    with pytest.raises(UsageError, match="Did you mean `status`"):
        schema_of("state us")
