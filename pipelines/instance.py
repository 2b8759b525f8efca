"""Dagster's instance for a home: the repository's dagster.yaml with its storage inside that home."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import yaml

from idtracker.settings import Settings

TEMPLATE = Path(__file__).parent.parent / "dagster.yaml"


def write_instance_config(settings: Settings) -> Path:
    """Write `<home>/dagster/dagster.yaml`: the template, its relative paths made absolute under the home. Returns the folder."""
    config = yaml.safe_load(TEMPLATE.read_text("utf-8"))
    for section in (
        config["storage"]["sqlite"],
        config["compute_logs"]["config"],
        config["local_artifact_storage"]["config"],
    ):
        section["base_dir"] = str(settings.dagster / Path(section["base_dir"]).name)
    settings.dagster.mkdir(parents=True, exist_ok=True)
    path = settings.dagster / "dagster.yaml"
    text = yaml.safe_dump(config, sort_keys=False)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    return settings.dagster


def open_instance(settings: Settings) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_config(str(write_instance_config(settings)))
