"""`idtracker run` and `idtracker dev`. Dagster is imported where there is something to run: mostly there is not."""

import os
import sys
from collections.abc import Iterable

from idtracker.model.home import Home
from idtracker.operate.run import Runner
from idtracker.operate.step import Context, Listener, PipelineResult


class Orchestrator(Runner):
    """What the command line needs of Dagster, behind the entry point `idtracker.orchestrator`."""

    def __init__(self, home: Home) -> None:
        super().__init__(home, _drive)

    def dev(self, host: str = "127.0.0.1", port: int = 3000) -> None:
        """Become `dagster dev` for this home; does not return."""
        from pipelines.instance import write_instance_config, write_workspace

        os.environ["DAGSTER_HOME"] = str(write_instance_config(self._home))
        os.environ["IDTRACKER_HOME"] = str(self._home.root)
        os.environ["IDTRACKER_SOURCES"] = str(self._home.sources)
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(write_workspace(self._home))]
        command += ["--host", host, "--port", str(port)]
        os.execv(sys.executable, command)


def _drive(context: Context, source_ids: Iterable[str], listen: Listener) -> PipelineResult:
    from pipelines.drive import drive

    return drive(context, source_ids, listen)
