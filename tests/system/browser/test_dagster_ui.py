"""Dagster's UI as a person opens it: the real webserver on a prepared home, asked over GraphQL and by a real browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from idtracker.model.home import Home
from pipelines.definitions import build
from pipelines.instance import open_instance, write_workspace
from pipelines.keys import accepted_key, landed_key

ROOT = Path(__file__).parents[3]
START_LIMIT_S = 120
SOURCE = """
    title: Courses
    publisher: GB-GOV-8
    description: One row per course.
    owner: team:courses
    received: {by: folder, pattern: "*.csv"}
    format: {kind: csv}
    cadence: {every: quarter, due_after_days: 20, grace_days: 10, since: 2025-01-01}
    feeds: activity
    key: [reference, period]
    revision: replace_period
    columns:
      - {field: reference, heading: Ref, required: true}
      - {field: place, heading: Governorate}
      - {field: period, heading: Quarter, required: true}
      - {field: people_reached, heading: Trained}
"""
REPORT = "Ref,Governorate,Quarter,Trained\nC-1,Zarqa,2025-Q3,11\nC-2,Zarqa,2025-Q3,many\n"
BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,1000",
    "--virtual-time-budget=20000",
    "--dump-dom",
]
ASSETS = "{assetNodes{assetKey{path} groupName owners{... on TeamAssetOwner{team}} dependencyKeys{path}}}"
CHECKS = """query($key: AssetKeyInput!) {assetNodeOrError(assetKey: $key) {... on AssetNode {
  targetingInstigators {... on Schedule {name} ... on Sensor {name}}
  internalFreshnessPolicy {__typename ... on TimeWindowFreshnessPolicy {warnWindowSeconds failWindowSeconds}}
  assetChecksOrError {... on AssetChecks {checks {name executionForLatestMaterialization {status evaluation {
    success metadataEntries {label ... on TableMetadataEntry {table {records}}}}}}}}
}}}"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which one source has delivered a file with a row that was held."""
    root = tmp_path_factory.mktemp("ui")
    home = Home(root / "home", root / "sources")
    (home.sources / "courses").mkdir(parents=True)
    (home.sources / "courses" / "source.yml").write_text(dedent(SOURCE), "utf-8")
    (home.inbox / "courses").mkdir(parents=True)
    (home.inbox / "courses" / "courses.csv").write_text(REPORT, "utf-8")
    job = build(home).resolve_implicit_global_asset_job_def()
    with open_instance(home) as instance:
        keys = [landed_key("courses"), accepted_key("courses")]
        assert job.execute_in_process(instance=instance, asset_selection=keys).success
    return home


@pytest.fixture(scope="module")
def address(prepared: Home) -> Iterator[str]:
    """Where the webserver listens, once the definitions are loaded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DAGSTER_HOME": str(prepared.dagster),
        "IDTRACKER_HOME": str(prepared.root),
        "IDTRACKER_SOURCES": str(prepared.sources),
        "IDTRACKER_BRIEFING": "yes",
        "IDTRACKER_FILES": "yes",
    }
    command = [sys.executable, "-m", "dagster_webserver", "-w", str(write_workspace(prepared)), "-p", str(port)]
    log = prepared.root / "webserver.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_until_loaded(base, server, log)
        yield base
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_until_loaded(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(START_LIMIT_S * 2):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            found = ask(base, "{repositoriesOrError{... on RepositoryConnection{nodes{location{name}}}}}")
            if [node["location"]["name"] for node in found["repositoriesOrError"]["nodes"]] == ["idtracker"]:
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    pytest.fail(f"the definitions were not loaded: {log.read_text('utf-8')}")


def ask(base: str, query: str, **variables: object) -> dict[str, Any]:
    """The data that the webserver answers with."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{base}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


def test_the_graph_is_served_from_landed_to_published(address: str) -> None:
    nodes = {"/".join(node["assetKey"]["path"]): node for node in ask(address, ASSETS)["assetNodes"]}
    assert {node["groupName"] for node in nodes.values()} == {
        "landed",
        "accepted",
        "tracker",
        "metrics",
        "published",
        "briefing",
        "files",
    }
    upstream = {key: {"/".join(d["path"]) for d in node["dependencyKeys"]} for key, node in nodes.items()}
    assert upstream["accepted/courses"] == {"landed/courses"}
    assert upstream["tracker/facts"] == {"accepted/courses", "tracker/registers"}
    assert nodes["accepted/courses"]["owners"] == [{"team": "courses"}]
    assert all(node["owners"] for node in nodes.values())


def test_a_source_shows_its_schedule_freshness_and_first_failing_rows(address: str) -> None:
    node = ask(address, CHECKS, key={"path": ["accepted", "courses"]})["assetNodeOrError"]
    assert {i["name"] for i in node["targetingInstigators"]} >= {"due_courses", "inbox"}
    assert node["internalFreshnessPolicy"] == {
        "__typename": "TimeWindowFreshnessPolicy",
        "warnWindowSeconds": 112 * 86400,
        "failWindowSeconds": 122 * 86400,
    }
    checks = {c["name"]: c["executionForLatestMaterialization"] for c in node["assetChecksOrError"]["checks"]}
    assert set(checks) == {"file_readable", "rows_valid", "bounds", "history", "names"}
    assert checks["file_readable"]["evaluation"]["success"]
    assert not checks["rows_valid"]["evaluation"]["success"]
    entries = {e["label"]: e for e in checks["rows_valid"]["evaluation"]["metadataEntries"]}
    [row] = [json.loads(record) for record in entries["first_failing_rows"]["table"]["records"]]
    assert (row["file"], row["row"], row["column"], row["value"]) == ("courses.csv", 3, "Trained", "many")


def test_a_browser_shows_the_failing_row(address: str, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    page = f"{address}/assets/accepted/courses?view=checks&checkDetail=rows_valid"
    command = [browser, *BROWSER, f"--user-data-dir={tmp_path}", page]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    for text in ("rows_valid", "first_failing_rows", "courses.csv", "Trained", "many"):
        assert text in shown
