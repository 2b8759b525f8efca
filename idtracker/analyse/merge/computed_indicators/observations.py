"""Facts -> observations of the indicators that are computed and not reported (`derived_from` of the indicator).

Forms of `derived_from`: `event:count` and `event:fatalities` (derive_events), `survey_response:<question>` and
`survey_response:<question>=<answer>|<answer>` (derive_survey). Blanks around a question and its answers do not count.

The figures of each source stay apart. A computed observation keeps the publisher of its facts (originator_org_id, of
several the one that sorts first) as its organisation and carries no grade. It bears the high-water marking of the facts
behind it, their handling, submissions and waivers united and the groups that may see every one of them. Its observation
status is A where nothing else is said. The order of the facts changes no digit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.analyse.engine import types_of
from idtracker.analyse.merge.compiled_plans import CompiledPlan, compiled_plan
from idtracker.analyse.merge.quarters import grid
from idtracker.model.errors import DefinitionError
from idtracker.model.register.places_above import with_areas
from idtracker.model.tables import conform_types, empty_frame
from idtracker.model.tables.reporting import Observation

if TYPE_CHECKING:
    from idtracker.analyse.merge.plan import Plan

_FORM = re.compile(r"event:(?P<measure>count|fatalities)|survey_response:(?P<question>[^=]+)(?:=(?P<answers>.+))?")
_TABLES = ("event", "survey_response")
_ASKED = ("indicator_id", "indicator_name", "unit", "level", "table", "measure", "question", "answers", "is_share")


def derive_observations(
    facts: Mapping[str, pd.DataFrame],
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    periods: list[str],
    partition_by: Sequence[str] = (),
) -> pd.DataFrame:
    """Observation rows of every indicator with a `derived_from`, ordered by indicator, place, period and source.

    `facts` needs `event` and `survey_response` only where an indicator is derived from them; an absent table counts as
    empty. Rows keep the publisher (originator_org_id) as org_id, carry no grade, the high-water marking of the facts
    behind them, and are known since the latest of these was. Only periods that end in or after the first quarter of
    `periods` and begin before the end of the last one are derived. The order of the facts does not matter.

    `partition_by` names further columns of the facts, such as `known_at`: rows that differ in them are derived apart, at once,
    and the results carry them in front.

    DefinitionError for a form that does not exist, UsageError where a period is not a quarter.
    """
    quarters, requested = grid(periods), _requests(indicator)
    frames = []
    for table in _TABLES:
        rows, own = facts.get(table), requested[requested["table"] == table]
        if rows is not None and not rows.empty and not own.empty and not quarters.empty:
            inputs = {
                table: rows,
                "asked": own,
                "wanted": _wanted(own),
                "place": with_areas(place),
                "quarters": quarters,
            }
            frames.append(_derived(table, inputs, partition_by))
    if not frames:
        return _empty(facts, partition_by)
    return _as_observations(pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0], partition_by)


def _requests(indicator: pd.DataFrame) -> pd.DataFrame:
    """What each indicator with a `derived_from` asks for, one row each; `answers` is a list."""
    rows, problems = [], []
    for row in indicator[indicator["derived_from"].notna()].to_dict("records"):
        form = _FORM.fullmatch(str(row["derived_from"]))
        if form is None:
            problems.append(
                f"indicator {row['indicator_id']}: derived_from `{row['derived_from']}` is not known: write event:count, "
                "event:fatalities, survey_response:<question> or survey_response:<question>=<answer>|<answer>"
            )
            continue
        answers = sorted({answer.strip() for answer in (form["answers"] or "").split("|")} - {""})
        rows.append({
            "indicator_id": row["indicator_id"], "indicator_name": row["name"], "unit": row["unit"], "level": row["level"],
            "table": "event" if form["measure"] else "survey_response", "measure": form["measure"],
            "question": (form["question"] or "").strip(), "answers": answers, "is_share": bool(answers),
        })  # fmt: skip
    if problems:
        raise DefinitionError(problems)
    return pd.DataFrame(rows, columns=[*_ASKED])


def _wanted(requested: pd.DataFrame) -> pd.DataFrame:
    """The answers that shares count, one a row."""
    listed = requested.loc[requested["is_share"], ["indicator_id", "answers"]].explode("answers")
    return listed.rename(columns={"answers": "answer"})


def _derived(table: str, inputs: Mapping[str, pd.DataFrame], partition_by: Sequence[str]) -> pd.DataFrame:
    plan = _plan(table, tuple(types_of(inputs[table], tuple(partition_by)).items()))
    return plan.rows(inputs, "observations")


def _plan(table: str, partition_by: tuple[tuple[str, str], ...]) -> CompiledPlan:
    """The plan for a table of facts: the same text whatever is asked for."""

    def build() -> Plan:
        from idtracker.analyse.merge.computed_indicators.plan import derive_plan

        return derive_plan(table, dict(partition_by))

    return compiled_plan(("derive", table, partition_by), build)


def _empty(facts: Mapping[str, pd.DataFrame], partition_by: Sequence[str]) -> pd.DataFrame:
    """No observations, with the further key columns as the facts have them."""
    first = next(iter(facts.values()), pd.DataFrame(columns=list(partition_by)))
    return pd.concat([first.loc[first.index[:0], list(partition_by)], empty_frame(Observation)], axis=1)


def _as_observations(rows: pd.DataFrame, partition_by: Sequence[str]) -> pd.DataFrame:
    """The rows with identifiers that depend on what they are about and hashes over what they say."""
    order = [*partition_by, "indicator_id", "place_id", "period_start", "period_end", "source_id"]
    rows = rows.assign(sheet="derived", revision_type="INITIAL", sample_size=rows["sample_size"].astype("Int64"))
    rows = rows.sort_values(order, ignore_index=True)
    about = rows[["source_id", "indicator_id", "place_id", "period"]]
    content = rows[["indicator_id", "place_id", "period", "value", "standard_error", "sample_size"]]
    rows["fact_id"] = ["derived:" + _hashed(values) for values in about.itertuples(index=False)]
    rows["content_hash"] = [_hashed(values) for values in content.itertuples(index=False)]
    return pd.concat([rows[list(partition_by)], conform_types(rows, Observation)], axis=1)


def _hashed(values: tuple[object, ...]) -> str:
    text = "\x1f".join("" if pd.isna(value) else str(value) for value in values)  # type: ignore[call-overload]
    return hashlib.sha256(text.encode()).hexdigest()
