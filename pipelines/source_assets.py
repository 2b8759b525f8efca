"""Two assets per source: files landed, rows accepted. Up to here work is per source and independent."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from idtracker.catalog.source import Source
from idtracker.contract.assess import assess
from idtracker.contract.catalogue import Catalogue
from idtracker.intake import Ledger, Receipt, collect, landed_bytes
from idtracker.store.accepted import Outcome, judged_by, pending, read_frames, write_assessment
from idtracker.store.facts import naive_utc
from idtracker.store.tables import refusal_frame
from pipelines.checks import source_check_results, source_check_specs
from pipelines.describe import KINDS, freshness, owners, table_schema
from pipelines.resources import Home

REFUSED = "idtracker/refused"


def landed_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["landed", source_id])


def accepted_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["accepted", source_id])


def source_assets(source: Source, catalogue: Catalogue) -> list[dg.AssetsDefinition]:
    """`landed/<source>` and `accepted/<source>`."""
    return [_landed(source), _accepted(source, catalogue)]


def _landed(source: Source) -> dg.AssetsDefinition:
    @dg.asset(
        key=landed_key(source.id),
        group_name="landed",
        description=f"{source.title}: files as received, kept by hash. {source.description}",
        kinds={KINDS[source.format.kind]},
        owners=owners(source),
        tags={"source": source.id},
        metadata={"pattern": source.received.pattern, "publisher": source.publisher},
    )
    def landed(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
        got = collect(home.settings, source, home.now(), home.until)
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

    @dg.asset(
        key=key,
        deps=[landed_key(source.id)],
        group_name="accepted",
        description=f"{source.title}: rows that keep the contract, as Parquet per submission. Feeds {', '.join(source.feeds)}.",
        kinds={"parquet", "pandera"},
        owners=owners(source),
        tags={"source": source.id, "cadence": source.cadence.every},
        freshness_policy=freshness(source.cadence),
        metadata={"dagster/column_schema": table_schema(source.feeds[0]), **schemas},
        check_specs=source_check_specs(key),
    )
    def accepted(context: dg.AssetExecutionContext, home: Home) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        outcomes = [
            judge_one(home, catalogue, source, receipt)
            for receipt in pending(home.settings, source, catalogue.register.fingerprint)
        ]
        yield from source_check_results(_findings(home, source), key)
        refused = [r for r in Ledger(home.settings).receipts(source.id) if r.is_refused]
        if (outcomes or refused) and not any(o.rows_accepted for o in outcomes):
            raise dg.Failure(
                description="No file brought accepted rows; see the checks for what to correct.",
                metadata={REFUSED: dg.MetadataValue.bool(True)},
                allow_retries=False,
            )
        yield dg.MaterializeResult(metadata=_counts(outcomes))

    return accepted


def judge_one(home: Home, catalogue: Catalogue, source: Source, receipt: Receipt) -> Outcome:
    """Judge one landed file and keep the outcome."""
    assessment = assess(
        landed_bytes(home.settings, receipt),
        receipt.file_name,
        source,
        catalogue.register,
        catalogue.names[source.id],
        submission_id=receipt.submission_id,
        received_at=naive_utc(receipt.received_at),
        others=catalogue.sources,
    )
    return write_assessment(home.settings, assessment, judged_by(source, catalogue.register.fingerprint))


def _findings(home: Home, source: Source) -> pd.DataFrame:
    """Findings of every submission that is not withdrawn, the latest first, with the file they are about."""
    receipts = [r for r in Ledger(home.settings, home.until).receipts(source.id) if r.withdrawn_at is None]
    frames = [read_frames(home.settings, source.id, "findings"), *(refusal_frame(r) for r in receipts if r.is_refused)]
    findings = pd.concat(frames, ignore_index=True)
    files = {r.submission_id: (r.file_name, r.received_at) for r in receipts}
    findings = findings[findings["submission_id"].isin(files)]
    order = findings["submission_id"].map(lambda s: files[s][1])
    findings = findings.assign(file=findings["submission_id"].map(lambda s: files[s][0]))
    return findings.loc[order.sort_values(ascending=False, kind="stable").index]


def _counts(outcomes: list[Outcome]) -> dict[str, int]:
    return {
        "dagster/row_count": sum(o.rows_accepted for o in outcomes),
        "files": len(outcomes),
        "rows_read": sum(o.rows_read for o in outcomes),
        "rows_held": sum(o.rows_held for o in outcomes),
        "rows_repeated": sum(o.rows_repeated for o in outcomes),
    }
