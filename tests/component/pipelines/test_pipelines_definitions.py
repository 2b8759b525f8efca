"""The graph that Dagster shows: what is in it, who answers for it, and that it loads in every way it is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.findings.rules import rules
from idtracker.model.home import Home
from idtracker.model.tables import FACTS, INDICES, SIMULATED, TABLES, columns_of
from idtracker.operate.steps.sources import CHECKS, check_of
from pipelines.definitions import build

ROOT = Path(__file__).parents[3]
SOURCES = ("courses", "survey", "visits")


@pytest.fixture(autouse=True)
def with_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDTRACKER_FILES", "yes")
    monkeypatch.setenv("IDTRACKER_BRIEFING", "yes")


@pytest.fixture
def specs(programme: Home) -> dict[str, dg.AssetSpec]:
    definitions = build(programme)
    dg.Definitions.validate_loadable(definitions)
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def depends(spec: dg.AssetSpec) -> set[str]:
    return {dependency.asset_key.to_user_string() for dependency in spec.deps}


def test_every_source_has_two_assets_and_the_graph_ends_in_a_publication(specs: dict[str, dg.AssetSpec]) -> None:
    measured = {f"metrics/{family}" for family in families()}
    steps = ("registers", "facts", "cells", "scores", "uncertainty", "judgements", "warnings", "rounds", "indices")
    tracker = {f"tracker/{step}" for step in (*steps, "consequences", "expectations", "framework")}
    pairs = {f"{stage}/{source}" for stage in ("landed", "accepted") for source in SOURCES}
    assert set(specs) == pairs | tracker | measured | {"published/hmg", "briefing/hmg", "files/hmg"}
    assert all(spec.group_name == key.split("/")[0] for key, spec in specs.items())
    for source in SOURCES:
        assert depends(specs[f"accepted/{source}"]) == {f"landed/{source}"}
    assert depends(specs["tracker/facts"]) == {"tracker/registers", *(f"accepted/{s}" for s in SOURCES)}
    assert depends(specs["tracker/cells"]) == {"tracker/facts"}
    assert depends(specs["tracker/scores"]) == {"tracker/cells"}
    assert all(depends(specs[family]) == {"tracker/scores", "tracker/rounds"} for family in measured)
    assert depends(specs["tracker/uncertainty"]) == {"tracker/scores"}
    judged = ("scores", "uncertainty", "judgements", "warnings", "rounds", "consequences", "indices", "framework")
    assert depends(specs["tracker/expectations"]) == {*measured, *(f"tracker/{step}" for step in judged)}
    assert depends(specs["tracker/judgements"]) == {"tracker/facts"}
    assert depends(specs["tracker/indices"]) == {"tracker/registers"}
    assert depends(specs["tracker/framework"]) == {"tracker/cells", *measured}
    behind = ("scores", "judgements", "warnings", "rounds")
    assert depends(specs["tracker/consequences"]) == {f"tracker/{step}" for step in behind}
    steps = ("expectations", "uncertainty", *behind[1:], "consequences", "indices", "framework")
    assert depends(specs["briefing/hmg"]) == {"published/hmg"} == depends(specs["files/hmg"])
    assert depends(specs["published/hmg"]) == {*measured, *(f"tracker/{step}" for step in steps)}


def test_every_asset_says_what_it_is_and_who_answers(specs: dict[str, dg.AssetSpec]) -> None:
    for key, spec in specs.items():
        assert spec.description, key
        assert spec.kinds, key
        assert spec.owners, key
    assert specs["accepted/courses"].owners == ["team:courses"]
    assert specs["landed/courses"].kinds == {"csv"}
    assert "every quarter, due 20 days after its end" in str(specs["accepted/courses"].description)


def test_tables_show_their_columns(specs: dict[str, dg.AssetSpec]) -> None:
    tables = {"accepted/courses": "activity", "accepted/survey": "observation", "tracker/scores": "score"}
    for key, table in tables.items():
        shown = specs[key].metadata["dagster/column_schema"]
        expected = columns_of(TABLES[table])
        assert [(c.name, c.type) for c in shown.columns] == [(c.name, c.sql_type) for c in expected]
        assert all(c.description for c in shown.columns)


def test_a_machine_may_leave_formats_out(programme: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDTRACKER_FILES", "no")
    keys = {spec.key.to_user_string() for spec in build(programme).resolve_all_asset_specs()}
    assert "published/hmg" in keys and not any(key.startswith("files/") for key in keys)


def pools(home: Home, pool: str | None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for asset in build(home, pool=pool).assets or ():
        assert isinstance(asset, dg.AssetsDefinition)
        found.setdefault(asset.key.path[0], set()).update(asset.op.pools)
    return found


def test_whoever_writes_the_store_stands_in_one_pool(programme: Home) -> None:
    everywhere = {
        "tracker": {"store"},
        "metrics": {"store"},
        "published": {"store"},
        "briefing": {"store"},
        "files": {"store"},
    }
    assert pools(programme, "store") == {"landed": set(), "accepted": set(), **everywhere}
    assert not any(pools(programme, None).values())


def test_checks_cover_every_rule_and_every_table(programme: Home) -> None:
    families: dict[str, set[str]] = {spec.name: set() for spec in CHECKS}
    for rule in rules():
        families[check_of(rule)].add(rule.partition(".")[0])
    assert families.pop("file_readable") == {"file", "heading", "sheet", "template"}
    assert {"row", "held", "value", "unit", "cross", "iati"} <= families.pop("rows_valid")
    assert families == {"bounds": {"bounds"}, "history": {"history"}, "names": {"name"}}
    checks = {
        f"{key.asset_key.to_user_string()}:{key.name}"
        for key in build(programme).resolve_asset_graph().asset_check_keys
    }
    assert {f"accepted/courses:{spec.name}" for spec in CHECKS} <= checks
    assert {"tracker/facts:schema", "tracker/facts:reconciliation"} <= checks
    assert {f"tracker/expectations:{table}" for table in (*FACTS, *SIMULATED, *INDICES)} <= checks


def test_the_catalogue_is_read_when_dagster_asks_and_not_at_import(
    catalogue: ProgrammeCatalogue, programme: Home
) -> None:
    assert set(catalogue.sources) == set(SOURCES)
    environment = os.environ | {"IDTRACKER_HOME": str(programme.root), "IDTRACKER_SOURCES": "/nowhere"}
    environment.pop("DAGSTER_HOME", None)
    imported = subprocess.run([sys.executable, "-c", "import pipelines.definitions"], cwd=ROOT, env=environment)
    assert imported.returncode == 0
    validate = [sys.executable, "-m", "dagster", "definitions", "validate", "-m", "pipelines.definitions"]
    environment |= {"IDTRACKER_SOURCES": str(programme.sources), "DAGSTER_HOME": str(programme.root)}
    programme.root.mkdir()
    loaded = subprocess.run(validate, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr


def test_a_wrong_definition_leaves_the_others_loaded_and_fails_a_check(
    programme: Home, instance: dg.DagsterInstance
) -> None:
    definition = programme.sources / "courses" / "source.yml"
    definition.write_text(definition.read_text("utf-8").replace("title:", "titel:"), "utf-8")
    (programme.sources / "empty").mkdir()
    definitions = build(programme)
    dg.Definitions.validate_loadable(definitions)
    keys = {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    assert {"accepted/survey", "accepted/visits"} <= keys and "accepted/courses" not in keys
    job = definitions.resolve_implicit_global_asset_job_def()
    done = job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(["tracker", "registers"])])
    [check] = done.get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.severity) == ("definitions", False, dg.AssetCheckSeverity.ERROR)
    assert "courses/source.yml:2: titel" in str(check.description) and "empty: there is no source.yml" in str(
        check.description
    )
