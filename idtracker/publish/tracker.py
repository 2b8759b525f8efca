"""Reading what is published: the Python API, and the published database as known at any past instant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from idtracker.analyse.framework.derive import framework_of, framework_tables
from idtracker.analyse.framework.rows import TABLES as FRAMEWORK
from idtracker.analyse.history.metrics import add_metrics_known_at
from idtracker.analyse.history.readings import Basis
from idtracker.analyse.timeliness.freshness import freshness_table, organisation_names
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, catalogue_of
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import naive_utc
from idtracker.model.tables import DERIVED, INDICES, OPERATIONS, SIMULATED, TABLES, empty_frame
from idtracker.model.tables.version import create_table_sql
from idtracker.model.tables.vintages import KEYS, vintages_of
from idtracker.publish.current import open_current, snapshot_database
from idtracker.publish.manifest import published_baseline, read_manifest
from idtracker.store.tables import fill_table, read_table, submissions_at
from idtracker.store.views import add_readings, known_at

_WORKED_OUT = tuple(name for name in OPERATIONS if name not in KEYS)
NOW_ALONE = (*(t for t in DERIVED if t not in KEYS and t not in FRAMEWORK), *SIMULATED, *INDICES)
"""Not kept over time, and so not there at a past instant: `explain score`, `explain metric … --since … --as-known-at …` and
`uncertainty()` work them out for it; indices are there by the present editions of their files alone."""
_METRICS = ("metric_value", vintages_of("metric_value"))

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from idtracker.model.explanation import Node
    from idtracker.model.messages import Lang
    from idtracker.publish.export.result import Exported
    from idtracker.publish.framework.document import FrameworkPage


def open_snapshot(
    home: Home, audience_id: str = DEFAULT_AUDIENCE, at: pd.Timestamp | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection over the published tables; with `at`, over what they were at that instant (UTC).

    Without `at` the published file itself is opened read-only. With `at` the same tables are there as views that read
    from the vintages of facts and derived tables what was known then; those about the work itself are worked out, and so
    are metrics, which are kept for the ends of months alone, and the framework, which is made of them. After the day of
    knowledge they are what they are now.
    """
    if at is None:
        return open_current(home, audience_id)
    path = snapshot_database(home, audience_id)
    connection, present = known_at(path, naive_utc(at), (*_WORKED_OUT, *_METRICS, *FRAMEWORK, *NOW_ALONE))
    catalogue = catalogue_of(home)
    for name, frame in _as_they_stood(connection, present, catalogue, naive_utc(at)).items():
        connection.execute(create_table_sql(name, TABLES[name]))
        fill_table(connection, name, frame)
    for name in _METRICS:
        connection.execute(create_table_sql(name, TABLES[name]))
        connection.execute(f'INSERT INTO main."{name}" BY NAME SELECT * FROM published.main."{name}"')
    as_of = pd.Timestamp(str((read_manifest(home, audience_id) or {})["as_of"]))
    if naive_utc(at) < as_of:
        basis = Basis.of(catalogue, published_baseline(home, audience_id))
        add_metrics_known_at(connection, naive_utc(at), basis)
    _add_framework(connection, home, catalogue, min(naive_utc(at), as_of), published_baseline(home, audience_id))
    add_readings(connection, present, min(naive_utc(at), as_of))
    return connection


def _add_framework(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    catalogue: ProgrammeCatalogue,
    at: pd.Timestamp,
    baseline: str | None,
) -> None:
    """The tables of today's framework, made of the other tables of a connection as they were known at its instant."""
    framework, own = framework_of(home, catalogue).framework, catalogue.programme.marking
    tables = framework_tables(connection, framework, catalogue.sources.values(), own, at, baseline)
    for name, frame in tables.items():
        connection.execute(create_table_sql(name, TABLES[name]))
        fill_table(connection, name, frame)


def _as_they_stood(
    connection: duckdb.DuckDBPyConnection, present: list[str], catalogue: ProgrammeCatalogue, at: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """The tables about the work itself, as they stood at an instant."""
    now = {name: read_table(connection, name, schema="published.main") for name in _WORKED_OUT if name in present}
    submissions = submissions_at(now["submission"], now["submission_state"], at)
    states = now["submission_state"]
    states = states[states["since"] <= at].copy()
    states.loc[states["until"] > at, "until"] = pd.NaT
    frames = {
        "submission_state": states,
        "submission": submissions,
        "audit": now["audit"][now["audit"]["at"] <= at],
        "run": now["run"][now["run"]["started_at"] <= at],
        "adjudication": now["adjudication"][now["adjudication"]["decided_at"] <= at],
        "resolution": now["resolution"][now["resolution"]["decided_at"] <= at],
        "waiver": now["waiver"][now["waiver"]["given_at"] <= at],
        "finding": now["finding"][now["finding"]["submission_id"].isin(submissions["submission_id"])],
        "freshness": freshness_table(
            catalogue.sources,
            read_table(connection, "obligation"),
            submissions,
            at,
            names=organisation_names(read_table(connection, "organisation")),
        ),
    }
    frames |= {name: empty_frame(TABLES[name]) for name in ("reconciliation", "drift")}  # of the latest run alone
    if "held_row" in now:
        held = now["held_row"][now["held_row"]["held_from"] <= at].copy()
        held.loc[held["held_to"] > at, "held_to"] = pd.NaT
        frames["held_row"] = held
    return frames


class Tracker:
    """The published store of one home for one audience."""

    def __init__(self, home: Home, audience_id: str = DEFAULT_AUDIENCE, at: pd.Timestamp | None = None) -> None:
        self._home, self._audience, self._at = home, audience_id, at
        self._connection = open_snapshot(home, audience_id, at)

    @property
    def notice(self) -> str:
        """What every reader must know, such as that figures are invented."""
        manifest = read_manifest(self._home, self._audience) or {}
        return str(manifest.get("notice", ""))

    @property
    def tables(self) -> list[str]:
        """Names of the tables that are there; at a past instant those that speak of the present alone are not."""
        return sorted(set(TABLES) - (set() if self._at is None else set(NOW_ALONE)))

    def table(self, name: str) -> ir.Table:
        """An Ibis table: `.to_pandas()`, `.to_polars()`, `.to_pyarrow()`. Fact tables hold every vintage."""
        import ibis

        if name not in TABLES:
            from difflib import get_close_matches

            near = get_close_matches(name, TABLES, n=1)
            raise UsageError(f"There is no table `{name}`." + (f" Did you mean `{near[0]}`?" if near else ""))
        if name not in self.tables:
            raise UsageError(f"The table `{name}` says what is known now; it is not kept for a past instant.")
        backend: Any = ibis.duckdb.from_connection(self._connection)
        rows: ir.Table = backend.table(name)
        return rows

    def sql(self, query: str) -> pd.DataFrame:
        """The result of a query over the published tables."""
        frame: pd.DataFrame = self._connection.execute(query).df()
        return frame

    def as_known_at(self, at: str | pd.Timestamp) -> Tracker:
        """The same store as it was known at an instant (UTC; a bare date means its end)."""
        return Tracker(self._home, self._audience, instant(at))

    def metric(self, metric_id: str) -> pd.DataFrame:
        """Values of one metric over all periods and scopes."""
        from idtracker.analyse.metrics.registry import metric_of

        wanted = metric_of(metric_id).id
        values = read_table(self._connection, "metric_value", f"metric_id = '{wanted}'")
        return values.reset_index(drop=True)

    def explain_score(
        self,
        place: str,
        period: str,
        node: str | None = None,
        limit: int | None = None,
        since: str | None = None,
        lang: str = "en",
    ) -> Node:
        """What a score is made of, down to the rows of files: a tree of `what`, `value` and `because`.

        With `since`, a quarter, a date or instant of knowledge, or the name of a kept publication: why it moved since then.
        """
        if since is not None:
            from idtracker.publish.changes import change_of_score

            return change_of_score(
                self._home, self._audience, self._connection, place, period, since, node, lang, limit
            )
        from idtracker.explain.trees import score_tree

        return score_tree(self._connection, place, period, node, limit)

    def missing_reports(self) -> pd.DataFrame:
        """The table `missing_report`: what each report that is owed would tell, the one that narrows an interval most first."""
        if "missing_report" not in self.tables:
            raise UsageError("The table `missing_report` says what is known now; it is not kept for a past instant.")
        rows = read_table(self._connection, "missing_report")
        order = ["narrowing", "source_id", "report_period", "place_id", "period", "node_code"]
        ascending = [False, *[True] * (len(order) - 1)]
        return rows.sort_values(order, ascending=ascending, na_position="last", ignore_index=True)

    def uncertainty(self, period: str | None = None, draws: int = 1000) -> dict[str, pd.DataFrame]:
        """Tables of a quarter (the latest with scores) under other errors and choices, by name; empty where nothing has scores."""
        from idtracker.analyse.sensitivity.derive import round_of

        found = round_of(self._connection, period, draws)
        return {} if found is None else found.frames

    def framework(
        self, stage: str | None = None, *, question: str | None = None, period: str | None = None, lang: Lang = "en"
    ) -> FrameworkPage:
        """The framework in a quarter (the latest unless named), all of it or one stage or question: evidence, answers, what is missing.

        UsageError, with the nearest name, where there is no such stage, question or quarter.
        """
        from idtracker.publish.framework.page import Wanted, framework_page

        loaded = framework_of(self._home, catalogue_of(self._home))
        return framework_page(self._connection, loaded, Wanted(stage, question, period), lang)

    def export(
        self,
        folder: str | Path,
        formats: str | Sequence[str] | None = None,
        tables: str | Sequence[str] | None = None,
        lang: Lang = "en",
        to: str | None = None,
    ) -> Exported:
        """Write what is published now into a folder, as `idtracker export` does, and copy it `to` a storage. UsageError at a past instant."""
        if self._at is not None:
            raise UsageError("An export is what is published now; a past instant is not exported.")
        from idtracker.publish.export.write_export import export_publication

        if to is not None:
            from idtracker.publish.export.delivery.storage import check_url, copy_export

            check_url(self._home, to)
        exported = export_publication(self._home, folder, self._audience, formats, tables, lang)
        if to is not None:
            copy_export(self._home, exported.folder, to)
        return exported

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Tracker:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?", re.IGNORECASE
)


def instant(at: str | pd.Timestamp) -> pd.Timestamp:
    """UTC instant of a text in ISO 8601; a bare date means the end of that day. UsageError where it is neither.

    No other form is read: 5/4/2026 is another day in London than in Washington.
    """
    if isinstance(at, str) and not _ISO.fullmatch(at.strip()):
        raise UsageError(f"`{at}` is not a date or an instant; write 2026-06-30 or 2026-06-30T12:00:00Z")
    try:
        stamp = naive_utc(at)
    except (ValueError, TypeError) as problem:
        raise UsageError(f"`{at}` is not a date or an instant; write 2026-06-30 or 2026-06-30T12:00:00Z") from problem
    if pd.isna(stamp):
        raise UsageError(f"`{at}` is not a date or an instant; write 2026-06-30 or 2026-06-30T12:00:00Z")
    is_bare_date = isinstance(at, str) and len(at.strip()) == 10
    return stamp + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1) if is_bare_date else stamp


def open_tracker(
    home: str | Path | None = None, sources: str | Path | None = None, audience: str = DEFAULT_AUDIENCE
) -> Tracker:
    """Open the published store of a home (default: IDTRACKER_HOME, else ./var)."""
    return Tracker(Home.resolve(home, sources), audience)
