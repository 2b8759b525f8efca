"""How assets describe themselves in the UI: column schemas, kinds, owners and freshness, derived from definitions."""

from datetime import timedelta
from functools import cache

import dagster as dg

from idtracker.model.config.source import Cadence, Source
from idtracker.model.tables import TABLES, columns_of

_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "half_year": 184, "year": 366, "financial_year": 366}


@cache
def table_schema(name: str) -> dg.TableSchema:
    """Columns of a canonical table."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=c.name,
                type=c.sql_type,
                description=c.description,
                constraints=dg.TableColumnConstraints(nullable=not c.is_required),
            )
            for c in columns_of(TABLES[name])
        ]
    )


def owners(source: Source) -> list[str]:
    """The team that answers for the source."""
    return [source.owner] if source.owner.startswith("team:") or "@" in source.owner else []


def how_it_arrives(source: Source) -> str:
    """Who sends the reports and how often, in one sentence."""
    cadence = source.cadence
    if cadence.every == "as_needed":
        return f"Sent by {source.publisher} as needed."
    every = cadence.every.replace("_", " ")
    due = f"{cadence.due_after_days} days after its end" if cadence.due_after_days else "at its end"
    return f"Sent by {source.publisher} every {every}, due {due}."


def freshness(cadence: Cadence) -> dg.FreshnessPolicy | None:
    """Dagster's own clock: warns when a cycle and its due days have passed, fails a grace period (at least a day) later.

    It only sees materialisations; the truth about what is due stands in the table `freshness`.
    """
    if cadence.every == "as_needed":
        return None
    warn = timedelta(days=_DAYS[cadence.every] + cadence.due_after_days)
    return dg.FreshnessPolicy.time_window(
        warn_window=warn, fail_window=warn + timedelta(days=max(1, cadence.grace_days))
    )


def cadence_cron(cadence: Cadence) -> str | None:
    """The morning after a report falls due: minute, hour, day, month, weekday in UTC."""
    if cadence.every == "as_needed":
        return None
    if cadence.every == "day":
        return "0 6 * * *"
    if cadence.every == "week":
        return f"0 6 * * {(1 + cadence.due_after_days) % 7}"
    step, first = {"month": (1, 1), "quarter": (3, 1), "half_year": (6, 1), "year": (12, 1), "financial_year": (12, 4)}[
        cadence.every
    ]
    shift, day = divmod(cadence.due_after_days, 30)
    months = sorted((m + shift - 1) % 12 + 1 for m in range(first, first + 12, step))
    return f"0 6 {min(day + 1, 28)} {','.join(map(str, months)) if step > 1 else '*'} *"
