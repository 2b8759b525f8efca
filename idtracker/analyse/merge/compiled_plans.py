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

from idtracker.analyse.engine import Types, code_version, compile_expression, open_engine
from idtracker.model.files import write_bytes
from idtracker.model.tables.version import model_version

if TYPE_CHECKING:
    import pandas as pd

    from idtracker.analyse.merge.plan import Plan

KEPT_S = 30 * 86_400


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """Tables to put into an engine, by name with their types, and the tables to make there, by name in their order."""

    inputs: Mapping[str, Types]
    statements: Mapping[str, str]

    def rows(self, tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
        """The rows of one of its tables, made from the tables that it asks for."""
        with open_engine() as engine:
            for asked, types in self.inputs.items():
                engine.put(asked, tables[asked], types)
            for table, statement in self.statements.items():
                engine.make(table, statement)
            return engine.content(name)


_COMPILED: dict[str, CompiledPlan] = {}


def compiled_plan(shape: tuple[object, ...], build: Callable[[], Plan]) -> CompiledPlan:
    """The plan of a shape: from this process, else as the cache keeps it, else built, compiled and kept."""
    key = hashlib.sha256(json.dumps([_version(), *shape]).encode()).hexdigest()
    if key not in _COMPILED:
        plan = _read(key)
        if plan is None:
            plan = _compile(build())
            _write(key, plan)
        _COMPILED[key] = plan
    return _COMPILED[key]


def _path(key: str) -> Path:
    """Where a plan is kept: in the user's cache, as the XDG Base Directory Specification says. RuntimeError without a home."""
    cache_home = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache_home) if cache_home else Path.home() / ".cache") / "idtracker" / "plans" / f"{key}.json"


def _read(key: str) -> CompiledPlan | None:
    try:
        return CompiledPlan(**json.loads(_path(key).read_text("utf-8")))
    except (OSError, RuntimeError, ValueError, TypeError):
        return None


def _write(key: str, plan: CompiledPlan) -> None:
    """Keep a plan, and drop those that no run has made for long: they are of other versions."""
    with suppress(OSError, RuntimeError):
        path = _path(key)
        write_bytes(path, json.dumps({"inputs": dict(plan.inputs), "statements": dict(plan.statements)}).encode())
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
