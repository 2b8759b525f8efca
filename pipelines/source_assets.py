"""Two assets per source: files landed, rows accepted. Up to here work is per source and independent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

import dagster as dg
import pandas as pd

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.judge.rules.series import History
from idtracker.ingest.judged.archive import Outcome, read_frames
from idtracker.ingest.judged.correction_context import Records
from idtracker.ingest.judged.earlier_reports import Histories
from idtracker.ingest.judged.judging import judge_receipt
from idtracker.ingest.judged.queue import each_pending
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import collect, waiting
from idtracker.ingest.landing.ledger import Ledger, Receipt
from idtracker.model.config.source import Source
from idtracker.model.errors import DamagedFileError
from idtracker.model.findings.rules import Severity
from idtracker.model.instants import naive_utc
from idtracker.operate.services.held import open_rows
from idtracker.store.connection import writing_turn
from idtracker.store.refresh_facts import judged_receipts
from idtracker.store.tables import refusal_frame
from pipelines.checks import source_check_results, source_check_specs
from pipelines.describe import KINDS, freshness, how_it_arrives, owners, table_schema
from pipelines.keys import accepted_key, landed_key
from pipelines.lineage import accepted_lineage, headings_schema
from pipelines.resources import Home

REFUSED = "idtracker/refused"
TURN_WAIT_S = 600
GRAVITY: dict[str, int] = {severity: n for n, severity in enumerate(get_args(Severity))}


def source_assets(source: Source, catalogue: Catalogue) -> list[dg.AssetsDefinition]:
    """`landed/<source>` and `accepted/<source>`."""
    return [_landed(source), _accepted(source, catalogue)]


def _landed(source: Source) -> dg.AssetsDefinition:
    @dg.asset(
        key=landed_key(source.id),
        group_name="landed",
        description=f"{source.title}: files as received, kept by hash.\n\n{how_it_arrives(source)}",
        kinds={KINDS[source.format.kind]},
        owners=owners(source),
        tags={"source": source.id},
        metadata={
            "pattern": source.received.pattern,
            "publisher": source.publisher,
            "dagster/column_schema": headings_schema(source),
        },
    )
    def landed(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
        with writing_turn(home.settings, TURN_WAIT_S):
            got = collect(home.settings, source, home.now(), home.until)
            Chain(home.settings).seal(datetime.now(UTC).replace(microsecond=0), source.id)
        for problem in got.problems:
            context.log.warning(problem)
        return dg.MaterializeResult(
            metadata={
                "received": len(got.received),
                "received_before": len(got.known),
                "refused": len(got.refused),
                "withdrawn": len(got.withdrawn),
                "files": dg.MetadataValue.json([r.file_name for r in got.received]),
                "problems": dg.MetadataValue.json(got.problems),
            }
        )

    return landed


def _accepted(source: Source, catalogue: Catalogue) -> dg.AssetsDefinition:
    key = accepted_key(source.id)
    schemas = {f"columns_of_{table}": table_schema(table) for table in source.feeds[1:]}
    lineage = {"dagster/column_lineage": accepted_lineage(source)}

    @dg.asset(
        key=key,
        deps=[landed_key(source.id)],
        group_name="accepted",
        description=f"{source.title}. {source.description}\n\nRows that keep the contract, as Parquet per submission; "
        f"they feed {', '.join(source.feeds)}. {how_it_arrives(source)}",
        kinds={"parquet", "pandera"},
        owners=owners(source),
        tags={"source": source.id, "cadence": source.cadence.every},
        freshness_policy=freshness(source.cadence),
        metadata={"dagster/column_schema": table_schema(source.feeds[0]), **schemas, **lineage},
        check_specs=source_check_specs(key),
        output_required=False,
    )
    def accepted(context: dg.AssetExecutionContext, home: Home) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        # Nothing judged, nothing materialised: a file that came before must not make the source look fresh.
        with writing_turn(home.settings, TURN_WAIT_S):
            outcomes, damaged = _judge_each(home, catalogue, source)
        results = source_check_results(standing_findings(home, source), key)
        if damaged:
            yield from results
            raise dg.Failure(description="; ".join(damaged), allow_retries=False)
        refused, withdrawn = _landed_figures(context.instance, source.id, "refused", "withdrawn")
        if (outcomes or refused) and not any(o.rows_accepted for o in outcomes):
            yield from results
            raise dg.Failure(
                description="No file brought accepted rows; see the checks for what to correct.",
                metadata={REFUSED: dg.MetadataValue.bool(True)},
                allow_retries=False,
            )
        if outcomes or withdrawn:
            yield dg.MaterializeResult(metadata={**_counts(home, source, outcomes), **lineage}, check_results=results)
        else:
            yield from results

    return accepted


def judge_one(
    home: Home, catalogue: Catalogue, source: Source, receipt: Receipt, history: History, records: Records
) -> Outcome:
    """Judge one landed file against what the source said before it, and keep the outcome."""
    return judge_receipt(home.settings, catalogue, source, receipt, history, records)


def _judge_each(home: Home, catalogue: Catalogue, source: Source) -> tuple[list[Outcome], list[str]]:
    """Judge what waits, one file after the other; a damaged file is named and stops no other one."""
    histories, records = Histories(home.settings, source), Records(home.settings, source)
    outcomes, damaged = [], []
    for receipt in each_pending(home.settings, source, catalogue):
        try:
            outcomes.append(judge_one(home, catalogue, source, receipt, histories.before(receipt), records))
        except DamagedFileError as problem:
            damaged.append(str(problem))
    return outcomes, damaged


def standing_findings(home: Home, source: Source) -> pd.DataFrame:
    """Findings about the files that stand, the latest file first and in it the gravest, with its name as `file`.

    A file stands until it is withdrawn or a later edition of it arrives; a refused one until it leaves the inbox. What
    held a row that has been corrected or let through since is left out.
    """
    in_inbox = {path.name for path in waiting(home.settings, source)}
    latest = {r.base_name: r for r in Ledger(home.settings, home.until).receipts(source.id) if r.withdrawn_at is None}
    standing = [r for r in latest.values() if not r.is_refused or r.file_name in in_inbox]
    frames = [read_frames(home.settings, source.id, "findings"), *(refusal_frame(r) for r in standing if r.is_refused)]
    findings = pd.concat(frames, ignore_index=True)
    ordered = sorted(standing, key=lambda r: (r.received_at, r.submission_id), reverse=True)
    rank = {r.submission_id: n for n, r in enumerate(ordered)}
    names = {r.submission_id: r.file_name for r in standing}
    findings = findings[findings["submission_id"].isin(rank) & ~_settled(home, source, findings)]
    findings = findings.assign(file=findings["submission_id"].map(names))
    return findings.sort_values(["submission_id", "severity"], key=lambda c: c.map(rank | GRAVITY), kind="stable")


def _settled(home: Home, source: Source, findings: pd.DataFrame) -> pd.Series:
    """Which findings held a row that has been corrected or let through since."""
    waiting_rows = open_rows(home.settings, source, naive_utc(home.now()))
    place = ["submission_id", "sheet", "row"]
    still = pd.MultiIndex.from_frame(waiting_rows.rename(columns={"row_number": "row"})[place].fillna({"sheet": ""}))
    is_there = pd.MultiIndex.from_frame(findings[place].fillna({"sheet": ""})).isin(still)
    return (findings["severity"] == "error") & findings["row"].notna() & ~is_there


def _landed_figures(instance: dg.DagsterInstance, source_id: str, *names: str) -> list[int]:
    """Figures of the latest visit to the inbox."""
    event = instance.get_latest_materialization_event(landed_key(source_id))
    metadata = event.asset_materialization.metadata if event and event.asset_materialization else {}
    return [int(str(metadata[name].value)) if name in metadata else 0 for name in names]


def _counts(home: Home, source: Source, outcomes: list[Outcome]) -> dict[str, int]:
    """Accepted rows of the whole source, and what the files judged just now brought."""
    present = [o for r, o in judged_receipts(home.settings, source, home.until) if r.withdrawn_at is None]
    return {
        "dagster/row_count": sum(o.rows_accepted for o in present),
        "files_judged": len(outcomes),
        "rows_read": sum(o.rows_read for o in outcomes),
        "rows_accepted": sum(o.rows_accepted for o in outcomes),
        "rows_held": sum(o.rows_held for o in outcomes),
        "rows_repeated": sum(o.rows_repeated for o in outcomes),
    }
