"""What the published store says against the reference data: retired indicators still reported, codes that are none any more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast

import duckdb
import pandas as pd

from idtracker.ingest.judge.definition import codelists_of
from idtracker.model.config.discover import load_source
from idtracker.model.errors import DefinitionError
from idtracker.model.register.codelist_versions import Edition, editions_of, rows_on
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.register import Register
from idtracker.model.tables import FACTS, columns_of, fields_of
from idtracker.store.connection import connect

Overrides = set[tuple[str, str, str]]


def problems_in_store(database: Path, sources_dir: Path, register: Register) -> list[RegisterProblem]:
    """Accepted rows that the register, as it is now, would not have or would not have any more. None of it stops a run."""
    with connect(str(database), read_only=True) as connection:
        return [
            *_retired(connection, register),
            *_dropped(_used_codes(connection, own_lists(sources_dir)), register),
        ]


def _retired(connection: duckdb.DuckDBPyConnection, register: Register) -> Iterator[RegisterProblem]:
    frame = register.indicators
    for origin, indicator, retired in zip(
        register.origins["indicators"], frame["indicator_id"], frame["retired_on"], strict=True
    ):
        if pd.isna(retired):
            continue
        day = retired.date()
        row = connection.execute(
            "SELECT count(*), max(period_end), string_agg(DISTINCT source_id, ', ' ORDER BY source_id) "
            "FROM observation WHERE recorded_to IS NULL AND indicator_id = ? AND period_start > ?",
            [indicator, day],
        ).fetchone()
        if row and row[0]:
            text = (
                f"{indicator} is retired since {day}, but {row[0]} accepted observations of {row[2]} speak of periods after "
                f"it, the last one ending {row[1]}; expected reports to have ended, or a later `retired_on`"
            )
            yield RegisterProblem(origin, "retired", text, stops=False)


def own_lists(sources_dir: Path) -> Overrides:
    """(source, table, column) where a source checks its codes against a list other than the table's."""
    overrides: Overrides = set()
    for path in sorted(sources_dir.glob("*/source.yml")):
        try:
            source = load_source(path.parent)
        except DefinitionError:
            continue
        for part in source.parts:
            specs = fields_of(FACTS[part.feeds]) if part.feeds in FACTS else {}
            for field, scheme in codelists_of(part).items() if specs else ():
                if specs[field].codelist != scheme:
                    overrides.add((source.id, part.feeds, specs[field].name))
    return overrides


def _used_codes(connection: duckdb.DuckDBPyConnection, own: Overrides) -> pd.DataFrame:
    """Codes of standing facts: scheme, code, day of the row, table, source_id, rows."""
    frames: list[pd.DataFrame] = []
    for table, model in FACTS.items():
        specs = columns_of(model)
        dates = [s.name for s in specs if s.kind == "date" and s.part_of is None]
        ends = ["period_end"] if any(s.name == "period_end" for s in specs) else []
        day = f"CAST(COALESCE({', '.join([*ends, *dates, 'recorded_from'])}) AS DATE)"
        for spec in specs:
            if spec.codelist and spec.kind == "code":
                query = (
                    f'SELECT "{spec.name}" AS code, {day} AS day, source_id, count(*) AS rows FROM "{table}" '
                    f'WHERE recorded_to IS NULL AND "{spec.name}" IS NOT NULL GROUP BY ALL ORDER BY ALL'
                )
                codes: pd.DataFrame = connection.execute(query).df()
                frame = codes.assign(scheme=spec.codelist, table=table)
                away = {source for source, its_table, column in own if (its_table, column) == (table, spec.name)}
                frames.append(frame[~frame["source_id"].isin(away)])
    return pd.concat(frames, ignore_index=True)


def _dropped(used: pd.DataFrame, register: Register) -> Iterator[RegisterProblem]:
    """Codes in use on days on which they are none, told where the version or the row stands that leaves them out."""
    editions = editions_of(register)

    @cache
    def valid_on(scheme: str, day: object) -> frozenset[str]:
        return frozenset(rows_on(register, scheme, pd.Timestamp(day))["code"])  # type: ignore[arg-type]

    for key, rows in used.groupby(["scheme", "code"], sort=True):
        scheme, code = map(str, cast(tuple[str, str], key))
        amiss = rows[[code not in valid_on(scheme, day) for day in rows["day"]]]
        if amiss.empty or scheme not in editions:
            continue
        first, last = (pd.Timestamp(d) for d in (amiss["day"].min(), amiss["day"].max()))
        origin, version = _culprit(register, editions[scheme], code, last)
        tables, sources = (", ".join(sorted(amiss[c].unique())) for c in ("table", "source_id"))
        text = (
            f"{scheme} `{code}` is no code of version {version} then, but {amiss['rows'].sum()} accepted rows of {tables} "
            f"({sources}) from {first.date()} to {last.date()} have it; expected the code to be valid on those days, or the "
            "rows to be corrected: the next run holds them"
        )
        yield RegisterProblem(origin, "dropped_code", text, stops=False)


def _culprit(register: Register, editions: tuple[Edition, ...], code: str, day: pd.Timestamp) -> tuple[str, str]:
    """Place and version: the code's own row in the edition of the day, else the first row of that edition."""
    edition = next((e for e in editions if e.begin <= day <= e.end), editions[0])
    own = [place for place in edition.rows if register.codelists["code"].iloc[place] == code]
    return register.origins["codelists"][(own or list(edition.rows))[0]], edition.name
