"""Whatever programme.yml says and a publication follows from makes that publication be of yesterday; every key of the file is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.model.config.programme import Programme
from idtracker.model.home import Home
from idtracker.operate.definition_versions import owner_versions
from tests.support.small_programme import write_programme

INDEX = {"id": "hd", "title": {"en": "One", "ar": "واحد"}, "method": "HDI", "data": "_indices/hd.csv"}
BOUNDARIES = {"file": "_own/districts.geojson", "code": "pcode", "scheme": "place_id", "attribution": "Own office"}
CHANGED: dict[str, Any] = {
    "title": "Another title",
    "country": "LB",
    "tracker": {"first": "2025-Q2", "last": "2025-Q4"},
    "method": {"headline": "STAB-1.1"},
    "indices": [INDEX],
    "framework": "_framework/own.yml",
    "boundaries": [BOUNDARIES],
    "limits": {"rows": 5},
    "locks": [{"through": "2025-Q1", "on": "2025-06-01", "why": "closed"}],
    "baseline": {"period": "2025-Q1"},
    "groups": ["HMG", "PARTNERS"],
    "handling": {"releasable_to": ["HMG", "PARTNERS"]},
    "readers": [{"org_id": "GB-GOV-8", "users": ["desk-*"], "since": "2026-01-01"}],
}
OTHERWISE: dict[str, Any] = {
    "notice": "Another notice",  # the publication states it
    "clock": "2026-02-11",  # the day of the publication
    "audiences": [],  # each has a publication of its own
    "formats": ["csv"],  # the files beside the tables
    "rounds": {"cutoff_after_days": 20},  # what `round open` takes where nothing is named
    "audit": "required",  # what happens when somebody reads
    "audit_days": 30,
}


def versions(folder: Path, **changed: object) -> dict[str, str]:
    """The versions that a publication of the owner would state."""
    home = Home(folder / "home", write_programme(folder / "sources"))
    path = home.sources / "programme.yml"
    stated = yaml.safe_load(path.read_text("utf-8")) | changed
    path.write_text(yaml.safe_dump(stated, allow_unicode=True), "utf-8")
    return owner_versions(home, catalogue_of(home))


def test_every_key_is_looked_at() -> None:
    assert set(CHANGED) | set(OTHERWISE) == set(Programme.model_fields)


@pytest.mark.parametrize("key", CHANGED)
def test_what_a_publication_follows_from_is_another_version(key: str, tmp_path: Path) -> None:
    assert versions(tmp_path / "before") != versions(tmp_path / "after", **{key: CHANGED[key]})


@pytest.mark.parametrize("key", OTHERWISE)
def test_what_is_known_otherwise_is_none(key: str, tmp_path: Path) -> None:
    assert versions(tmp_path / "before") == versions(tmp_path / "after", **{key: OTHERWISE[key]})


def test_stated_expectations_are_a_version_of_the_owner_alone(tmp_path: Path) -> None:
    before = versions(tmp_path)
    home = Home(tmp_path / "home", tmp_path / "sources")
    (home.sources / "_expectations").mkdir()
    (home.sources / "_expectations" / "own.yml").write_text("[]\n", "utf-8")
    after = owner_versions(home, catalogue_of(home))
    assert {name for name in after if after[name] != before[name]} == {"expectations"}
