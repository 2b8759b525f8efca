"""The Python API: one publication, as it is or as it was known at a past instant. Nothing but the publication is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.tables import FACTS, TABLES
from idtracker.model.tables.names.renamed import present_table
from idtracker.publish.access import record_opening
from idtracker.publish.reading.explaining import Explaining
from idtracker.publish.reading.known_at import NOW_ALONE, instant, open_for_reader
from idtracker.publish.reading.publication import Publication
from idtracker.publish.reading.sandbox import TIMEOUT_S, running
from idtracker.store.tables import quoted, read_table

if TYPE_CHECKING:
    import geopandas  # type: ignore[import-untyped]
    import ibis.expr.types as ir
    import polars

    from idtracker.model.messages import Lang
    from idtracker.publish.export.result import Exported
    from idtracker.publish.framework.document import FrameworkPage


class Tracker(Explaining):
    """One publication for reading; a context manager, closed at the end of its block.

    What each column of a table means, its unit and its codelist stand in `docs/reference/tables` and in `columns(table)`.
    Scores are on 0-100, 100 is stable; empty is never zero; instants are in UTC, without a zone.
    """

    def __init__(
        self, home: Home | Publication, audience_id: str = DEFAULT_AUDIENCE, at: pd.Timestamp | None = None
    ) -> None:
        """What a home publishes for an audience, or one publication; with `at` as known then. NotPublishedError where there is none."""
        self._home = home if isinstance(home, Home) else None
        publication = Publication.of_home(home, audience_id) if isinstance(home, Home) else home
        super().__init__(publication, open_for_reader(publication, at), at)
        if self._home is not None:
            record_opening(self._home, audience_id)
        self._present = {
            name
            for (name,) in self._connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
            ).fetchall()
        }

    @property
    def notice(self) -> str:
        """What every reader must know, such as that figures are invented."""
        return self.publication.notice

    @property
    def tables(self) -> list[str]:
        """Names of the tables that are there; at a past instant those that speak of the present alone are not."""
        gone = set() if self._at is None else set(NOW_ALONE)
        return sorted((set(TABLES) & self._present) - gone)

    def columns(self, table: str) -> pd.DataFrame:
        """The columns of a table: `column`, `kind`, `meaning`, `unit`, `codelist`; a row each, in their order."""
        from idtracker.model.tables import columns_of

        rows = [
            {
                "column": spec.name,
                "kind": spec.kind,
                "meaning": spec.description,
                "unit": spec.unit,
                "codelist": spec.codelist,
            }
            for spec in columns_of(TABLES[self._table(table)])
        ]
        return pd.DataFrame(rows)

    def table(self, name: str) -> ir.Table:
        """An Ibis table: `.to_pandas()`, `.to_polars()`, `.to_pyarrow()`. Fact tables hold every vintage."""
        from idtracker.publish.reading.ibis_backend import backend_of

        rows: ir.Table = backend_of(self._connection).table(self._table(name))
        return rows

    def sql(self, query: str, timeout_s: float = TIMEOUT_S) -> pd.DataFrame:
        """The result of one SELECT over the published tables.

        UsageError for a mistake in it, for a look at anything else, and where it needs more time or memory than it may have.
        """
        with running(self._connection, query, timeout_s) as result:
            return result.frame()

    def facts(self, table: str) -> pd.DataFrame:
        """The rows of a fact table that are known now (or were at the instant), sorted by `fact_id`; every column of the table.

        Of each row: `submission_id`, `sheet` and `row_number` say where it stands, `recorded_from` since when it is known (UTC), and
        `classification` and `releasable_to` how it is marked. UsageError where it is no fact table.
        """
        name = self._table(table)
        if name not in FACTS:
            raise UsageError(f"`{name}` is no fact table: tables of facts are {', '.join(FACTS)}.")
        return read_table(self._connection, name, "recorded_to IS NULL")

    def scores(self, place: str | None = None, period: str | None = None, node: str | None = None) -> pd.DataFrame:
        """Scores: a row for each place, quarter and node, all of them or those of a place, quarter or node by its code.

        `score`, `low` and `high` (90 % interval) in 0-100, 100 is stable, empty where withheld; `band`; shares between 0 and 1:
        `completeness` (weight present), `carried_share`, `imputed_share`, `error_assumed` and others.
        """
        return self._rows("score", place_id=place, period=period, node_code=node)

    def metrics(
        self, metric_id: str | None = None, period: str | None = None, scope: str | None = None
    ) -> pd.DataFrame:
        """Integration metrics: a row for each metric, measure, scope and quarter, or those of one.

        `value` in `unit`, empty where `suppressed_reason` says why; `lower` and `upper` of its 90 % interval or range; `numerator`,
        `denominator`, `n` (units behind it); `is_stale` where a source that feeds it owed a newer report.
        """
        if metric_id is not None:
            from idtracker.analyse.metrics.registry import metric_of

            metric_id = metric_of(metric_id.upper()).id
        return self._rows("metric_value", metric_id=metric_id, period=period, scope=scope)

    def metric(self, metric_id: str) -> pd.DataFrame:
        """Values of one metric over all periods and scopes, as metrics()."""
        return self.metrics(metric_id)

    def changes(self, since: str | pd.Timestamp, table: str = "score") -> pd.DataFrame:
        """The figures of a table that are otherwise than they were known at an instant (UTC; a bare date means its end).

        `table` is `score`, `merged_cell` or `metric_value`; the columns are its key, `before` and `after` in the unit of the figure
        (empty: there was none, or there is none) and `size`, the largest first: points on 0-100, of metrics the part of the larger
        of both values. UsageError for another table or no instant.
        """
        from idtracker.publish.reading.moved import FIGURES, compare_figures

        if table not in FIGURES:
            raise UsageError(f"`{table}` is not compared; name one of {', '.join(FIGURES)}.")
        with self.as_known_at(since) as then:
            before = read_table(then._connection, table)
        return compare_figures(table, before, read_table(self._connection, table))

    def pairs(self, period: str | None = None) -> pd.DataFrame:
        """Who works with whom and where they overlap: a row for each quarter and two organisations that share anything.

        `shared_activity_count`, `shared_product_count`, `shared_item_count` (one shared it with the other) and `shared_cell_count` are
        numbers, `shared_cells` the places and sectors where both are; `frey_level` is 0-5, the higher of both ratings; `is_coordinated`
        as IM-34 has it; organisations as they were in the quarter, and as they are now. UsageError at a past instant: it is not kept.
        """
        return self._rows("pair", period=period)

    def freshness(self) -> pd.DataFrame:
        """The state of each source, a row each: `state`, `data_time` (latest day reported), `expected_next`, `whose_turn`, `why`."""
        return self._rows("freshness")

    def missing_reports(self) -> pd.DataFrame:
        """What each report that is owed would tell, the one that narrows an interval most first; widths in points of 0-100."""
        rows = self._rows("missing_report")
        order = ["narrowing", "source_id", "report_period", "place_id", "period", "node_code"]
        ascending = [False, *[True] * (len(order) - 1)]
        return rows.sort_values(order, ascending=ascending, na_position="last", ignore_index=True)

    def uncertainty(self, period: str | None = None, draws: int = 1000) -> dict[str, pd.DataFrame]:
        """Tables of a quarter (the latest with scores) under other errors and choices, by name; empty where nothing has scores."""
        from idtracker.analyse.sensitivity.derive import round_of

        computed = round_of(self._connection, period, draws)
        return {} if computed is None else computed.frames

    def framework(
        self,
        stage: str | None = None,
        *,
        question: str | None = None,
        period: str | None = None,
        lang: Lang = "en",
        composite: bool = False,
    ) -> FrameworkPage:
        """The framework in a quarter (the latest unless named), all of it or one stage or question: evidence, answers, what is missing.

        With `composite` also the number of each stage, where stakeholders agreed on its goalposts and weights.

        UsageError, with the nearest name, where there is no such stage, question or quarter.
        """
        from idtracker.publish.framework.page import Wanted, framework_page
        from idtracker.publish.reading.definitions import published_framework

        loaded = published_framework(self._connection)
        return framework_page(self._connection, loaded, Wanted(stage, question, period, composite), lang)

    def polars(self, table: str) -> polars.DataFrame:
        """A table as a Polars frame, facts as now known. IdtrackerError where the extra `polars` is not installed."""
        from idtracker.publish.reading.frames import polars_frame

        return polars_frame(self._known(table))

    def geo(self, table: str = "event") -> geopandas.GeoDataFrame:
        """The rows of a table that have coordinates, facts as now known, as points in WGS 84 (EPSG:4326).

        UsageError where the table has no coordinates, IdtrackerError where the extra `geo` is not installed.
        """
        from idtracker.publish.reading.frames import geo_frame

        return geo_frame(self._table(table), self._known(table))

    def export(
        self,
        folder: str | Path,
        formats: str | Sequence[str] | None = None,
        tables: str | Sequence[str] | None = None,
        lang: Lang = "en",
        to: str | None = None,
    ) -> Exported:
        """Write what is published now into a folder, as `idtracker export` does, and copy it `to` a storage.

        UsageError at a past instant, and without a home.
        """
        if self._at is not None:
            raise UsageError("An export is what is published now; a past instant is not exported.")
        if self._home is None:
            raise UsageError("An export is made from a home: open the tracker with `home=`.")
        from idtracker.publish.export.delivery.storage import check_url, copy_export
        from idtracker.publish.export.write_export import export_publication

        if to is not None:
            check_url(self._home, to)
        audience = self.publication.audience or DEFAULT_AUDIENCE
        exported = export_publication(self._home, folder, audience, formats, tables, lang)
        if to is not None:
            copy_export(self._home, exported.folder, to)
        return exported

    def as_known_at(self, at: str | pd.Timestamp) -> Tracker:
        """The same publication as it was known at an instant (UTC; a bare date means its end)."""
        return Tracker(self.publication, at=instant(at))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Tracker:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _table(self, name: str) -> str:
        """The present name of a table that is there. UsageError, with the nearest name, for any other."""
        present = present_table(name)
        if present not in TABLES:
            from difflib import get_close_matches

            near = get_close_matches(name, TABLES, n=1)
            raise UsageError(f"There is no table `{name}`." + (f" Did you mean `{near[0]}`?" if near else ""))
        if self._at is not None and present in NOW_ALONE:
            raise UsageError(f"The table `{present}` says what is known now; it is not kept for a past instant.")
        if present not in self._present:
            raise UsageError(f"This publication has no table `{present}`.")
        return present

    def _rows(self, table: str, **equal: str | None) -> pd.DataFrame:
        """The rows of a table in which columns have some values; None is any."""
        parts = [f"{column} = {quoted(value)}" for column, value in equal.items() if value is not None]
        return read_table(self._connection, self._table(table), " AND ".join(parts) or "TRUE")

    def _known(self, table: str) -> Any:
        name = self._table(table)
        return self.facts(name) if name in FACTS else read_table(self._connection, name)


def open_tracker(
    home: str | Path | None = None,
    sources: str | Path | None = None,
    audience: str = DEFAULT_AUDIENCE,
    publication: str | Path | None = None,
) -> Tracker:
    """What a home publishes for an audience (default: IDTRACKER_HOME, else ./var), or the publication of a folder or database file.

    `sources` is not read any more. UsageError where both a home and a publication are named.
    """
    if publication is None:
        return Tracker(Home.resolve(home, sources), audience)
    if home is not None:
        raise UsageError("Name a home or a publication, not both.")
    return Tracker(Publication.at(publication))
