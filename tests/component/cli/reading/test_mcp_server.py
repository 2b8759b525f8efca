"""The server for assistants, driven by the SDK's own client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli_programme import Prepared

pytest.importorskip("mcp", reason="the SDK of the protocol is not installed")

from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

ROOT = Path(__file__).parents[4]
BESIDE = {"audience", "as_known_at", "classification", "releasable_to", "notice"}
ANSWERED = {
    "query": {"sql": "SELECT place_id, score FROM score ORDER BY ALL", "limit": 2},
    "query of nothing": {"sql": "SELECT 1 AS a"},
    "explain_score": {"place": "Zarqa", "period": "2025-Q3"},
    "explain_metric": {"metric_id": "IM-01", "period": "2025-Q4"},
    "cite": {"address": "score/JO-AZ/2025-Q3/STABILITY"},
    "query of the past": {"sql": "SELECT count(*) AS n FROM now.activity", "as_known_at": "2025-12-31"},
}
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("query", {}),
    ("query", {"sql": 5}),
    ("query", {"sql": None}),
    ("query", {"sql": ""}),
    ("query", {"sql": "\x00"}),
    ("query", {"sql": "SELECT " + "(" * 5000}),
    ("query", {"sql": "SELECT 1", "limit": "many"}),
    ("query", {"sql": "SELECT 1", "limit": -1}),
    ("query", {"sql": "SELECT 1", "limit": 10**9}),
    ("query", {"sql": "SELECT 1", "as_known_at": "yesterday"}),
    ("query", {"sql": "SELECT 1", "audience": "partners"}),
    ("query", {"sql": "DELETE FROM score"}),
    ("query", {"sql": "CREATE TABLE a AS SELECT 1"}),
    ("query", {"sql": "SELECT * FROM read_text('/etc/passwd')"}),
    ("query", {"sql": "SELECT path FROM duckdb_databases()"}),
    ("query", {"sql": "SELECT absent FROM score"}),
    ("explain_score", {"place": "Atlantis", "period": "2025-Q3"}),
    ("explain_score", {"place": "Zarqa", "period": "2025-Q3", "limit": 0}),
    ("explain_metric", {"metric_id": "IM-99"}),
    ("explain_metric", {"metric_id": ["IM-01"]}),
    ("cite", {"address": "../../etc/passwd"}),
    ("cite", {"address": "score/JO-AZ/2025-Q3/STABILITY@other"}),
    ("cite", {"address": "score/XX/2025-Q3/STABILITY"}),
    ("withdraw", {"submission": "a"}),
]


@pytest.fixture(scope="module")
def conversation(prepared: Prepared) -> dict[str, Any]:
    """Everything that is asked of one server, and what it said."""
    return asyncio.run(_talk(prepared))


async def _talk(prepared: Prepared) -> dict[str, Any]:
    start = "from idtracker.cli import main; main()"
    words = ["-c", start, "--home", str(prepared.home.root), "mcp", "--audience", "hmg"]
    place = StdioServerParameters(command=sys.executable, args=words, env={"PYTHONPATH": str(ROOT)}, cwd="/")
    async with Client(place, read_timeout_seconds=120) as client:
        said: dict[str, Any] = {"tools": (await client.list_tools()).tools}
        said["refused"] = [await client.call_tool(name, arguments) for name, arguments in REFUSED]
        said["answered"] = {n: await client.call_tool(n.partition(" ")[0], words) for n, words in ANSWERED.items()}
        said["resources"] = {}
        for name in ("tables", "tables/score"):
            contents = (await client.read_resource(f"idtracker://{name}")).contents
            said["resources"][name] = json.loads(contents[0].text)  # type: ignore[union-attr]
        said["no resource"] = []
        for uri in ("idtracker://tables/nothing", "idtracker://tables/..%2F..%2Fstore", "file:///etc/passwd"):
            with pytest.raises(MCPError) as problem:
                await client.read_resource(uri)
            said["no resource"].append(str(problem.value))
    return said


def test_every_answer_says_whose_it_is_how_it_is_marked_and_as_known_when(conversation: dict[str, Any]) -> None:
    answers = [result.structured_content for result in conversation["answered"].values()]
    for answer in [*answers, *conversation["resources"].values()]:
        assert set(answer) >= BESIDE
        assert answer["audience"] == "hmg" and answer["notice"] == "Invented figures [of a test]."
        assert answer["classification"] in ("OFFICIAL", "OFFICIAL-SENSITIVE") and answer["as_known_at"].endswith("Z")
    assert conversation["answered"]["query of nothing"].structured_content["releasable_to"] is None


def test_answers_are_those_of_the_publication(conversation: dict[str, Any]) -> None:
    answers = {name: result.structured_content for name, result in conversation["answered"].items()}
    assert answers["query"]["is_cut"] and len(answers["query"]["rows"]) == 2
    assert answers["query of the past"]["rows"] == [[0]] and answers["query of the past"]["as_known_at"] < "2026"
    assert answers["explain_metric"]["explanation"]["value"] == 0
    cited, explained = answers["cite"]["cited"], answers["explain_score"]["explanation"]
    assert cited["value"] == explained["value"] and (cited["low"], cited["high"]) == (
        explained.get("low"),
        explained.get("high"),
    )
    assert cited["address"].startswith("score/JO-AZ/2025-Q3/STABILITY@2026-02-10-")
    assert cited["unit"] == "0-100"


def test_it_refuses_everything_else_and_goes_on(conversation: dict[str, Any], prepared: Prepared) -> None:
    """No write, no other audience, no file; and nothing that it says names a place of this machine."""
    assert all(result.is_error for result in conversation["refused"])
    said = json.dumps([result.content[0].text for result in conversation["refused"]] + conversation["no resource"])
    assert "no argument `audience`" in said and "not DELETE" in said
    everything = said + str(conversation["answered"]) + str(conversation["resources"])
    for place in (prepared.home.root, prepared.home.root.parent, ROOT, Path.home()):
        assert str(place) not in everything
    assert not any(result.is_error for result in conversation["answered"].values()), "asked after all that was refused"


def test_the_dictionary_describes_tables_and_columns(conversation: dict[str, Any]) -> None:
    tables, score = conversation["resources"]["tables"], conversation["resources"]["tables/score"]
    assert {"score", "pair", "observation"} <= set(tables["tables"])
    assert score["key"] == ["place_id", "period", "node_code"] and score["rows"] > 0
    assert {c["name"]: c["unit"] for c in score["columns"]}["score"] == "0-100"


def test_tools_say_that_they_only_read(conversation: dict[str, Any]) -> None:
    assert [tool.name for tool in conversation["tools"]] == ["query", "cite", "explain_score", "explain_metric"]
    assert all(tool.annotations.read_only_hint and tool.description for tool in conversation["tools"])
