"""facts_to_cells: the fate of every current observation, worked out in SQL from the documented rules of merging.

It shares no code with the merge and looks only at what the merge left behind: a cell must rest on exactly as many
observations, of exactly those submissions, as the rules leave for it. A carried copy speaks for its origin only where that
lies before the tracker's quarters: within them the cell itself must be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd
import pyarrow as pa

from idtracker.model.method import Method
from idtracker.quality.reconciliation.facts_and_scores import UNEXPLAINED, ReconciliationResult, make_account
from idtracker.quality.reconciliation.translation import leave_out_absent, leave_out_untranslated
from idtracker.store.connection import in_memory

Declarations = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
OBSERVATION_COLUMNS = (
    *("source_id", "fact_id", "submission_id", "indicator_id", "place_id", "period_start", "period_end", "value"),
    *("obs_status", "disaggregation", "reliability", "credibility", "org_id", "originator_org_id", "origin"),
    *("origin_org_id", "recorded_from"),
)
"""The columns of an observation that the count reads."""
_PREPARED = """
    CREATE OR REPLACE TEMP TABLE _placed AS
    WITH graded AS (
      SELECT o.*, i.roll_up, i.frequency, i.derived_from, i.indicator_id IS NOT NULL AS is_known, r.number AS rel, c.number AS cred,
        coalesce(o.org_id, o.originator_org_id, o.source_id) AS org,
        nullif(nullif(lower(trim(regexp_replace(coalesce(o.origin_org_id, o.origin), '\\s+', ' ', 'g'))), ''), lower(org)) AS word
      FROM _observation o LEFT JOIN _indicator i USING (indicator_id)
      LEFT JOIN _reliability r ON r.code = o.reliability LEFT JOIN _credibility c ON c.code = o.credibility
    ), judged AS (
      SELECT *, coalesce(rel, 1) <> 0 AND coalesce(cred, 1) <> 0 AS is_usable,
        CASE WHEN trim(coalesce(disaggregation, '')) <> '' THEN 'breakdown'
          WHEN value IS NULL THEN 'no_value'
          WHEN obs_status IN (SELECT code FROM _not_merged) THEN 'status_not_merged'
          WHEN NOT is_known THEN 'indicator_unknown' END AS refusal,
        period_end = period_start + INTERVAL 6 DAY AS is_week,
        CASE WHEN is_week THEN period_start + INTERVAL 3 DAY ELSE period_start END AS belongs_from,
        CASE WHEN is_week THEN period_start + INTERVAL 3 DAY ELSE period_end END AS belongs_to,
        year(belongs_from) * 4 + quarter(belongs_from) - 1 AS q1, year(belongs_to) * 4 + quarter(belongs_to) - 1 AS q2,
        period_start = date_trunc('quarter', period_start) AS at_start,
        CAST(period_end AS DATE) = CAST(date_trunc('quarter', period_end) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE)
          AS at_end, date_diff('day', period_start, period_end) + 1 AS days
      FROM graded
    ), spread AS (
      SELECT *, CASE WHEN at_start OR q1 = q2 THEN q1 ELSE q1 + 1 END AS q_from,
        CASE WHEN at_end OR q1 = q2 THEN q2 ELSE q2 - 1 END AS q_to FROM judged
    )
    SELECT *, CASE WHEN NOT is_usable THEN 0.0 ELSE sqrt(rel * cred) / 100 END AS quality, q_to - q_from + 1 AS spans,
      CASE WHEN q1 = q2 AND at_start AND at_end THEN 0 WHEN q1 = q2 AND days >= 28 THEN 1 WHEN q1 = q2 AND days >= 7
        THEN 2 WHEN q1 = q2 THEN 3 ELSE q_to - q_from + 3 END AS fit,
      CASE WHEN refusal IS NOT NULL THEN refusal WHEN q_to < q_from THEN 'fills_no_quarter'
        WHEN roll_up = 'sum' AND q_to - q_from + 1 > CASE frequency WHEN 'year' THEN 4 WHEN 'half_year' THEN 2 ELSE 1 END
        THEN 'too_long_to_divide' END AS reason
    FROM spread
"""
_REPORTED = """
    CREATE OR REPLACE TEMP TABLE _claimed AS
    WITH each AS (
      SELECT *, unnest(generate_series(q_from, q_to)) AS q FROM _placed WHERE reason IS NULL
    ), best AS (
      SELECT *, min(fit) OVER report AS best_fit FROM each
      WINDOW report AS (PARTITION BY indicator_id, place_id, q, org, word)
    ), slots AS (
      SELECT *, CASE WHEN fit BETWEEN 1 AND 3 AND roll_up <> 'last' THEN period_start END AS slot,
        CASE WHEN fit BETWEEN 1 AND 3 AND roll_up = 'last' THEN period_end END AS latest FROM best
    ), ranked AS (
      SELECT *, fit = best_fit AND row_number() OVER (
        PARTITION BY indicator_id, place_id, q, org, word, fit, slot
        ORDER BY latest DESC NULLS LAST, is_usable DESC, quality DESC NULLS LAST, period_end DESC, recorded_from DESC,
          source_id, fact_id, value) = 1 AS speaks FROM slots
    ), reports AS (
      SELECT indicator_id, place_id, q, org, word, bool_and(is_usable) AS usable,
        CASE WHEN count(quality) = count(*) THEN min(quality) END AS grade,
        NOT (any_value(roll_up) = 'sum' AND any_value(fit) BETWEEN 1 AND 3)
          OR sum(days) = any_value(CASE WHEN fit = 2 THEN 7 * date_diff('week', make_date(q // 4, q % 4 * 3 + 1, 1) + 3,
              CAST(make_date(q // 4, q % 4 * 3 + 1, 1) + INTERVAL 3 MONTH AS DATE) + 3)
            ELSE date_diff('day', make_date(q // 4, q % 4 * 3 + 1, 1),
              CAST(make_date(q // 4, q % 4 * 3 + 1, 1) + INTERVAL 3 MONTH AS DATE)) END) AS is_whole
      FROM ranked WHERE speaks GROUP BY ALL
    ), voices AS (
      SELECT *, row_number() OVER (PARTITION BY indicator_id, place_id, q, coalesce(word, lower(org))
        ORDER BY usable DESC, word IS NULL DESC, grade DESC NULLS LAST, org) > 1 AS quoted FROM reports WHERE is_whole
    ), heard AS (
      SELECT *, NOT usable AND coalesce(bool_or(usable) FILTER (NOT quoted)
        OVER (PARTITION BY indicator_id, place_id, q), false) AS set_aside FROM voices
    )
    SELECT r.rid, r.submission_id, r.indicator_id, r.place_id, r.q, CASE WHEN NOT r.speaks THEN 'outranked_in_report'
      WHEN h.org IS NULL THEN 'sum_incomplete' WHEN h.quoted THEN 'quoted_twice' WHEN h.set_aside THEN 'unusable'
      ELSE 'counts' END AS fate
    FROM ranked r LEFT JOIN heard h ON h.indicator_id = r.indicator_id AND h.place_id = r.place_id AND h.q = r.q
      AND h.org = r.org AND h.word IS NOT DISTINCT FROM r.word
"""
_COMPARED = """
    CREATE OR REPLACE TEMP TABLE _compared AS
    WITH due AS (
      SELECT indicator_id, place_id, q, count(*) AS n, string_agg(DISTINCT s, ';' ORDER BY s) AS subs
      FROM (SELECT *, unnest(string_split(submission_id, ';')) AS s, rid FROM _claimed WHERE fate = 'counts')
      GROUP BY ALL
    ), counted AS (
      SELECT indicator_id, place_id, q, count(*) AS n FROM _claimed WHERE fate = 'counts' GROUP BY ALL
    ), told AS (
      SELECT indicator_id, place_id, CAST(left(origin_period, 4) AS INT) * 4 + CAST(right(origin_period, 1) AS INT) - 1
        AS q, any_value(obs_count) AS n, any_value(submission_ids) AS subs
      FROM _cell WHERE NOT starts_with(method, 'NATIONAL') AND method <> 'PLACE_SHARE'
        AND (NOT is_carried OR origin_period NOT IN (SELECT period FROM _quarter)) GROUP BY ALL
    )
    SELECT indicator_id, place_id, q, c.n AS due, t.n AS told, d.subs IS NOT DISTINCT FROM t.subs AS same_subs,
      c.n IS NOT NULL AND t.n IS NULL AND q NOT IN (SELECT q FROM _quarter) AS is_outside
    FROM counted c JOIN due d USING (indicator_id, place_id, q) FULL JOIN told t USING (indicator_id, place_id, q)
"""
_FATES = """
    WITH fates AS (
      SELECT rid, CASE WHEN fate <> 'counts' THEN fate WHEN c.is_outside THEN 'outside_quarters'
        WHEN c.told IS NULL THEN 'unexplained' ELSE 'used' END AS fate
      FROM _claimed LEFT JOIN _compared c USING (indicator_id, place_id, q)
    ), best AS (
      SELECT rid, arg_min(fate, list_position(['used', 'unexplained', 'outside_quarters', 'unusable', 'quoted_twice',
        'sum_incomplete', 'outranked_in_report'], fate)) AS fate FROM fates GROUP BY rid
    )
    SELECT coalesce(p.indicator_id, '') AS indicator_id, coalesce(p.place_id, '') AS place_id, p.source_id, p.fact_id,
      coalesce(p.reason, b.fate, 'unexplained') AS reason
    FROM _placed p LEFT JOIN best b USING (rid) ORDER BY p.source_id, p.fact_id
"""


@dataclass(frozen=True, slots=True)
class CellCounts:
    """How many observations of each indicator, place and source have which fate, and the keys of what does not add up."""

    fates: pd.DataFrame
    failing: dict[str, list[str]]


def account_of(
    fates: pd.DataFrame, rows_in: Mapping[str, int], failing: Mapping[str, Sequence[str]]
) -> ReconciliationResult:
    """The account of counts per source_id and reason (columns of CellCounts.fates)."""
    counts: dict[str, dict[str, int]] = {}
    sums = fates.groupby(["source_id", "reason"], as_index=False)["rows"].sum()
    for source_id, reason, rows in zip(*(sums[c].tolist() for c in ("source_id", "reason", "rows")), strict=True):
        counts.setdefault(str(source_id), {})[str(reason)] = int(rows)
    return make_account("facts_to_cells", counts, {**dict.fromkeys(counts, 0), **rows_in}, failing, ["used"])


def count_cells(
    observations: Sequence[pa.Table | pd.DataFrame],
    cells: pa.Table | pd.DataFrame,
    indicator: pd.DataFrame,
    periods: list[str],
    method: Method,
    declared: Declarations | None = None,
) -> CellCounts:
    """The fates of observations and the faults of the cells of the same indicators.

    `declared` are the tables series_break, code_crosswalk and place_share.
    """
    frames = {"_indicator": indicator[["indicator_id", "roll_up", "frequency", "derived_from"]], "_cell": cells}
    frames |= _terms(periods, method)
    with in_memory() as own:
        for name, frame in frames.items():
            own.register(name, frame)
        _prepare(own, observations, declared)
        counts = own.execute(
            "SELECT indicator_id, place_id, source_id, reason, count(*) AS rows FROM _fated GROUP BY ALL ORDER BY ALL"
        ).df()
        lost = own.execute(
            "SELECT source_id, fact_id FROM _fated WHERE reason = ? ORDER BY ALL", [UNEXPLAINED]
        ).fetchall()
        wrong = own.execute(
            "SELECT * FROM _compared WHERE NOT is_outside AND (due IS DISTINCT FROM told OR NOT same_subs) ORDER BY ALL"
        ).df()
    failing: dict[str, list[str]] = {}
    for source_id, fact_id in lost:
        failing.setdefault(str(source_id), []).append(str(fact_id))
    failing["merged_cell"] = _faults(wrong)
    return CellCounts(counts, failing)


def _terms(periods: list[str], method: Method) -> dict[str, pd.DataFrame]:
    """The quarters asked about and what the method says of statuses and grades, as tables."""
    quarters = [int(p[:4]) * 4 + int(p[-1]) - 1 for p in periods]
    return {
        "_quarter": pd.DataFrame({"q": pd.Series(quarters, dtype="int64"), "period": pd.Series(periods, dtype="str")}),
        "_not_merged": pd.DataFrame({"code": pd.Series(list(method.not_merged), dtype="str")}),
        "_reliability": _numbers(dict(method.grading.reliability)),
        "_credibility": _numbers(dict(method.grading.credibility)),
    }


def _prepare(
    own: duckdb.DuckDBPyConnection,
    observations: Sequence[pa.Table | pd.DataFrame],
    declared: Declarations | None,
) -> None:
    """The tables `_fated` (observations with their fate) and `_compared` (cells beside what is due) in the connection."""
    for number, frame in enumerate(observations):
        own.register(f"_observation{number}", frame)
    listed = ", ".join(f'"{c}"' for c in OBSERVATION_COLUMNS)
    union = " UNION ALL ".join(f"SELECT {listed} FROM _observation{n}" for n in range(len(observations)))
    own.execute(f"CREATE TEMP TABLE _observation AS SELECT *, row_number() OVER () AS rid FROM ({union})")
    own.execute(_PREPARED)
    if declared is not None:
        leave_out_untranslated(own, *declared[:2])
        leave_out_absent(own, declared[2])
    for statement in (_REPORTED, _COMPARED):
        own.execute(statement)
    own.execute(f"CREATE TEMP TABLE _fated AS {_FATES}")


def _numbers(codes: dict[str, float | None]) -> pd.DataFrame:
    known = {code: float(number) for code, number in codes.items() if number is not None}
    return pd.DataFrame(
        {"code": pd.Series(list(known), dtype="str"), "number": pd.Series(list(known.values()), dtype="float64")}
    )


def _faults(wrong: pd.DataFrame) -> list[str]:
    columns = [wrong[name].tolist() for name in ("indicator_id", "place_id", "q", "due", "told", "same_subs")]
    return [
        f"{indicator_id}|{place_id}|{q // 4}-Q{q % 4 + 1}: due {_number_text(due)} observations, obs_count {_number_text(reported)}"
        + ("" if same_subs else ", other submissions")
        for indicator_id, place_id, q, due, reported, same_subs in zip(*columns, strict=True)
    ]


def _number_text(number: float) -> str:
    return "no" if pd.isna(number) else str(int(number))
