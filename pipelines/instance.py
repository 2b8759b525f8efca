"""Dagster's instance for a home: the repository's dagster.yaml with its storage inside that home."""

from pathlib import Path

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef

from idtracker.model.files import private_folder
from idtracker.model.home import Home

TEMPLATE = Path(__file__).parent.parent / "dagster.yaml"
COMMAND = {"idtracker/command": "run"}
_UNFINISHED = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


def write_instance_config(home: Home) -> Path:
    """Write `<home>/dagster/dagster.yaml`: the template, its relative paths made absolute under the home. Returns the folder."""
    config = yaml.safe_load(TEMPLATE.read_text("utf-8"))
    for section in (
        config["storage"]["sqlite"],
        config["compute_logs"]["config"],
        config["local_artifact_storage"]["config"],
    ):
        section["base_dir"] = str(home.dagster / Path(section["base_dir"]).name)
    _write(home.dagster / "dagster.yaml", config)
    return home.dagster


def write_workspace(home: Home) -> Path:
    """Write `<home>/dagster/workspace.yaml`: the code location under the name that its state is kept by, wherever it is started."""
    location = {"module_name": "pipelines.definitions", "location_name": "idtracker"}
    path = home.dagster / "workspace.yaml"
    _write(path, {"load_from": [{"python_module": location}]})
    return path


def open_instance(home: Home) -> dg.DagsterInstance:
    """The instance for a command, which keeps its databases open (see `history`)."""
    folder = write_instance_config(home)
    base = yaml.safe_load((folder / "dagster.yaml").read_text("utf-8"))["storage"]["sqlite"]["base_dir"]
    storage = {"custom": {"module": "pipelines.history", "class": "CommandStorage", "config": {"base_dir": base}}}
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder), overrides={"storage": storage}))


def close_dead_runs(instance: dg.DagsterInstance) -> None:
    """End the runs of `idtracker run` whose process was killed. Only for the holder of the writer lock: none can be alive."""
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED, tags=COMMAND)):
        instance.report_run_failed(run, "The process ended before the run did.")


def _write(path: Path, document: dict[str, object]) -> None:
    private_folder(path.parent)
    text = yaml.safe_dump(document, sort_keys=False)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
