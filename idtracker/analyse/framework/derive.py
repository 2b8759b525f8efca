"""The tables of the framework in a store or a snapshot: made of what its other tables say, and made again only where these changed.

They have no vintages: the same function over the tables as known at another instant gives what they said then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import duckdb
import pandas as pd

from idtracker.analyse.framework.answers import unknown_questions
from idtracker.analyse.framework.gaps import Source, Supply
from idtracker.analyse.framework.rows import TABLES, KnownThen, framework_frames
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.registry import metrics
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.reporting_calendar import Reporting
from idtracker.model.config.source import Source as Definition
from idtracker.model.framework.definition import Framework
from idtracker.model.framework.load import Known, LoadedFramework, load_framework
from idtracker.model.home import Home
from idtracker.model.marking import Marking
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables import TABLES as MODELS
from idtracker.model.tables import empty_frame
from idtracker.model.tables.version import model_version
from idtracker.store.copies import fingerprints
from idtracker.store.schema import recall, remember
from idtracker.store.tables import quoted, read_table, rewrite_table

READ = ("metric_value", "kpq_response", "obligation", "organisation", "entity")
_STATE = "framework"


def framework_of(home: Home, catalogue: ProgrammeCatalogue) -> LoadedFramework:
    """The framework that programme.yml names, with what is wrong with it."""
    measures = {m.id: list(m.all_measures()) for m in metrics().values()}
    return load_framework(home.sources, catalogue.programme.framework, Known(measures, catalogue.register.codes("kpq")))


def framework_tables(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework | None,
    sources: Iterable[Reporting],
    own: Marking,
    at: pd.Timestamp,
    baseline: str | None = None,
) -> dict[str, pd.DataFrame]:
    """Every table of the framework by name, from the other tables of a connection as they are there; none has rows without a framework.

    `at` is the instant (UTC) whose knowledge the connection holds; `own` marks what follows from no row. `baseline` is the
    quarter that the programme names, if any.
    """
    if framework is None:
        return {name: empty_frame(MODELS[name]) for name in TABLES}
    reference = {name: read_table(connection, name) for name in ("organisation", "entity")}
    frames = {
        "kpq_response": read_table(connection, "kpq_response", "recorded_to IS NULL"),
        "obligation": read_table(connection, "obligation"),
        "organisation": reference["organisation"],
    }
    frames = apply_entity_map(frames, reference["entity"])
    inputs = Inputs(
        {"kpq_response": frames["kpq_response"]}, {"organisation": frames["organisation"]}, at, baseline=baseline
    )
    supply = Supply([Source(s.id, frozenset(s.feeds)) for s in sources], frames["obligation"])
    named = ", ".join(sorted({f"({quoted(s.metric)}, {quoted(s.measure)})" for s in framework.evidence}))
    values = read_table(connection, "metric_value", f"(metric_id, measure) IN ({named})")
    periods = [code for (code,) in connection.execute("SELECT DISTINCT period FROM metric_value ORDER BY 1").fetchall()]
    return framework_frames(framework, KnownThen(values, periods, inputs, supply, own))


def derive_framework(
    connection: duckdb.DuckDBPyConnection,
    loaded: LoadedFramework,
    sources: Iterable[Definition],
    own: Marking,
    at: pd.Timestamp,
    baseline: str | None = None,
) -> bool:
    """Write the tables of the framework again where anything that they are made of changed; whether it did."""
    definitions = sorted(sources, key=lambda source: source.id)
    key = _key(connection, loaded, definitions, own, baseline)
    if recall(connection, _STATE) == key:
        return False
    for name, frame in framework_tables(connection, loaded.framework, definitions, own, at, baseline).items():
        rewrite_table(connection, name, frame)
    remember(connection, **{_STATE: key})
    return True


def others_answered(connection: duckdb.DuckDBPyConnection, framework: Framework) -> dict[str, int]:
    """Answers that are known now and about no question of the framework, by the question that they name."""
    response = read_table(connection, "kpq_response", "recorded_to IS NULL")
    return unknown_questions(response, [question.code for question in framework.questions])


def _key(
    connection: duckdb.DuckDBPyConnection,
    loaded: LoadedFramework,
    sources: Iterable[Definition],
    own: Marking,
    baseline: str | None,
) -> str:
    """What stands for everything that the tables are made of."""
    feeding = [f"{s.id}={','.join(s.feeds)}" for s in sources]
    version = f"{model_version()} {VERSIONS['analysis']} {duckdb.__version__}"
    parts = [loaded.fingerprint, version, str(own.columns), baseline or "", *feeding, *loaded.problems]
    parts += [f"{name}={rows} {total}" for name, (rows, total) in sorted(fingerprints(connection, READ).items())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
