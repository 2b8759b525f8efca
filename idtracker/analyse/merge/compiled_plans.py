"""Plans as the engine's own language, compiled once on a machine: the text is kept in the user's cache.

Building and compiling the expressions of one merge costs more than merging what changed. The text depends on the shape
of the plan, the code of this library and the versions of what compiles and runs it; all of it names what is kept. A cache
that cannot be read or written only costs time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from idtracker.analyse.engine import Engine, Types, code_version, compile_expression
from idtracker.model.files import write_bytes
from idtracker.model.tables.version import model_version

if TYPE_CHECKING:
    from idtracker.analyse.merge.plan import Plan

KEPT_S = 30 * 86_400


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """Tables to put into an engine, by name with their types, and the tables to make there, by name in their order."""

    inputs: Mapping[str, Types]
    statements: Mapping[str, str]

    def work_off(self, engine: Engine) -> None:
        """Make the tables one after the other."""
        for name, statement in self.statements.items():
            engine.make(name, statement)


_COMPILED: dict[str, CompiledPlan] = {}


def compiled_plan(shape: tuple[object, ...], build: Callable[[], Plan]) -> CompiledPlan:
    """The plan of a shape: from this process, else as the cache keeps it, else built, compiled and kept."""
    key = hashlib.sha256(json.dumps([_version(), *shape]).encode()).hexdigest()
    if key not in _COMPILED:
        path = _cache() / f"{key}.json"
        plan = _read(path)
        if plan is None:
            plan = _compile(build())
            _write(path, plan)
        _COMPILED[key] = plan
    return _COMPILED[key]


def _cache() -> Path:
    """Where plans are kept: the user's cache, as the XDG Base Directory Specification says."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "idtracker" / "plans"


def _read(path: Path) -> CompiledPlan | None:
    try:
        plan = CompiledPlan(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return plan


def _write(path: Path, plan: CompiledPlan) -> None:
    """Keep a plan, and drop those that no run has made for long: they are of other versions."""
    text = json.dumps({"inputs": dict(plan.inputs), "statements": dict(plan.statements)})
    with suppress(OSError, RuntimeError):  # RuntimeError: a user without a home
        write_bytes(path, text.encode())
        for old in path.parent.glob("*.json"):
            if time() - old.stat().st_mtime > KEPT_S:
                old.unlink(missing_ok=True)


def _compile(plan: Plan) -> CompiledPlan:
    statements = {name: compile_expression(expression) for name, expression in plan.stored.items()}
    return CompiledPlan({name: dict(types) for name, types in plan.inputs.items()}, statements)


@cache
def _version() -> str:
    """Changes whenever the text of any plan may change."""
    libraries = [f"{name} {version(name)}" for name in ("ibis-framework", "sqlglot", "duckdb")]
    return "\0".join([code_version(), model_version(), *libraries])
