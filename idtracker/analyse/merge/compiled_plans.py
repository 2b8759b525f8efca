"""Plans as the engine's own language, compiled once: a store keeps the text, so that a run does not build expressions again.

Building and compiling the expressions of one merge costs more than merging what changed. The text depends on the shape
of the plan, the code of this library and the versions of what compiles and runs it; all of it names what is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import duckdb

from idtracker.analyse.engine import Engine, Types, code_version, compile_expression
from idtracker.model.tables.version import model_version
from idtracker.store.history.plans import keep_plan, kept_plan

if TYPE_CHECKING:
    from idtracker.analyse.merge.plan import Plan


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


def compiled_plan(
    shape: tuple[object, ...], build: Callable[[], Plan], store: duckdb.DuckDBPyConnection | None = None
) -> CompiledPlan:
    """The plan of a shape: from this process, else as the store keeps it, else built, compiled and kept."""
    key = hashlib.sha256(json.dumps([_version(), *shape]).encode()).hexdigest()
    if key not in _COMPILED:
        text = None if store is None else kept_plan(store, key)
        made = _compile(build()) if text is None else CompiledPlan(**json.loads(text))
        _COMPILED[key] = made
        if store is not None and text is None:
            text = json.dumps({"inputs": dict(made.inputs), "statements": dict(made.statements)})
            keep_plan(store, _version(), key, text)
    return _COMPILED[key]


def _compile(plan: Plan) -> CompiledPlan:
    statements = {name: compile_expression(expression) for name, expression in plan.kept.items()}
    return CompiledPlan({name: dict(types) for name, types in plan.inputs.items()}, statements)


@cache
def _version() -> str:
    """Changes whenever the text of any plan may change."""
    libraries = [f"{name} {version(name)}" for name in ("ibis-framework", "sqlglot", "duckdb")]
    return "\0".join([code_version(), model_version(), *libraries])
