"""State of sources and published tables on a day, for `status`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from idtracker.analyse.timeliness.freshness import freshness_table, organisation_names, status_exit_code
from idtracker.analyse.timeliness.obligations import obligation_table
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import NotPublishedError
from idtracker.model.home import DEFAULT_AUDIENCE, Settings
from idtracker.model.tables import DERIVED, FACTS, columns_of
from idtracker.operate.run_log import run_log
from idtracker.publish.manifest import read_manifest
from idtracker.publish.tracker import instant, open_snapshot
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.tables import read_table, reported_periods


def state_of(settings: Settings, now: datetime, as_of: str | None = None) -> dict[str, Any]:
    """The document of `status`: sources, tables, last run, exit code. A home without a publication has nothing yet."""
    catalogue = load_catalogue(settings.sources)
    day = instant(as_of) if as_of else day_of_knowledge(settings, catalogue, now, None)
    try:
        with open_snapshot(settings, DEFAULT_AUDIENCE) as published:
            submissions = read_table(published, "submission")
            tables = [_table(published, name) for name in (*FACTS, *DERIVED)]
    except NotPublishedError:
        from idtracker.model.tables import OPERATIONS, empty_frame

        submissions, tables = empty_frame(OPERATIONS["submission"]), []
    submissions = submissions[submissions["received_at"] <= day]
    obligations = obligation_table(catalogue.sources, submissions, reported_periods(submissions), day)
    freshness = freshness_table(
        catalogue.sources, obligations, submissions, day, names=organisation_names(catalogue.register.organisations)
    )
    runs = run_log(settings)
    last = _plain(runs.iloc[-1].to_dict()) if len(runs) else None
    code = 2 if last and last["outcome"] == "failed" else status_exit_code(freshness)
    manifest = read_manifest(settings, DEFAULT_AUDIENCE) or {}
    return {
        "as_of": day.isoformat(),
        "notice": manifest.get("notice", catalogue.programme.notice),
        "sources": [
            _plain({"id": r.pop("source_id"), **{k: v for k, v in r.items() if k != "as_of_on"}})
            for r in freshness.to_dict("records")
        ],
        "tables": tables,
        "last_run": last,
        "exit_code": code,
    }


def _table(published: Any, name: str) -> dict[str, Any]:
    columns = {c.name for c in columns_of({**FACTS, **DERIVED}[name])}
    data_time = "max(period_end)" if "period_end" in columns else "NULL"
    recorded = "max(recorded_from)" if "recorded_from" in columns else "NULL"
    where = "WHERE recorded_to IS NULL" if "recorded_to" in columns else ""
    rows, until, since = published.execute(f'SELECT count(*), {data_time}, {recorded} FROM "{name}" {where}').fetchone()
    return _plain({"table": name, "rows": rows, "data_time": until, "recorded_at": since})


def _plain(record: dict[Any, Any]) -> dict[str, Any]:
    texts = {}
    for key, value in record.items():
        missing = value is None or value != value
        texts[str(key)] = None if missing else value.isoformat() if hasattr(value, "isoformat") else value
    return texts
