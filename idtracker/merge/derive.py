"""Facts -> observations of the indicators that are computed and not reported (`derived_from` of the indicator).

Forms of `derived_from`: `event:count` and `event:fatalities` (derive_events), `survey_response:<question>` and
`survey_response:<question>=<answer>|<answer>` (derive_survey).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import pandas as pd

from idtracker.contract.tables import conform_types, empty_frame
from idtracker.contract.tables.reporting import Observation
from idtracker.errors import DefinitionError
from idtracker.merge.derive_events import count_events
from idtracker.merge.derive_survey import average_answers
from idtracker.merge.quarters import grid

_FORM = re.compile(r"event:(?P<measure>count|fatalities)|survey_response:(?P<question>[^=]+)(?:=(?P<answers>.+))?")


def derive_observations(
    facts: Mapping[str, pd.DataFrame], indicator: pd.DataFrame, place: pd.DataFrame, periods: list[str]
) -> pd.DataFrame:
    """Observation rows of every indicator with a `derived_from`, ordered by indicator, place, period and source.

    `facts` needs `event` and `survey_response` only where an indicator is derived from them; an absent table counts as
    empty. Rows keep the publisher (originator_org_id) as org_id, carry no grade, the high-water marking of the facts
    behind them, and are known since the latest of these was. Only periods that end in or after the first quarter of
    `periods` and begin before the end of the last one are derived. DefinitionError for a form that does not exist.
    """
    quarters = grid(periods)
    asked = indicator[indicator["derived_from"].notna()]
    forms = {row.derived_from: _FORM.fullmatch(str(row.derived_from)) for row in asked.itertuples()}
    problems = [
        f"indicator {row.indicator_id}: derived_from `{row.derived_from}` is not known: write event:count, "
        "event:fatalities, survey_response:<question> or survey_response:<question>=<answer>|<answer>"
        for row in asked.itertuples()
        if forms[row.derived_from] is None
    ]
    if problems:
        raise DefinitionError(problems)
    made = []
    for row in asked.to_dict("records"):
        form = forms[row["derived_from"]]
        if form is None:
            continue
        table = facts.get("event" if form["measure"] else "survey_response")
        if table is None or table.empty or quarters.empty:
            continue
        if form["measure"]:
            rows = count_events(table, form["measure"], row["level"], place, quarters)
        else:
            answers = [answer.strip() for answer in (form["answers"] or "").split("|") if answer.strip()]
            rows = average_answers(table, form["question"].strip(), answers, row["level"], place, quarters)
        made.append(rows.assign(indicator_id=row["indicator_id"], indicator_name=row["name"], unit=row["unit"]))
    return _as_observations(pd.concat(made, ignore_index=True)) if made else empty_frame(Observation)


def _as_observations(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with identifiers that depend on what they are about and hashes over what they say."""
    rows = rows.assign(
        sheet="derived", revision_type="INITIAL", submission_id=rows["submission_ids"], waiver=rows["waivers"]
    )
    about = rows[["source_id", "indicator_id", "place_id", "period"]]
    said = rows.reindex(columns=["indicator_id", "place_id", "period", "value", "standard_error", "sample_size"])
    rows["fact_id"] = ["derived:" + _hashed(values) for values in about.itertuples(index=False)]
    rows["content_hash"] = [_hashed(values) for values in said.itertuples(index=False)]
    order = ["indicator_id", "place_id", "period_start", "period_end", "source_id"]
    return conform_types(rows.sort_values(order, ignore_index=True), Observation)


def _hashed(values: tuple[object, ...]) -> str:
    text = "\x1f".join("" if pd.isna(value) else str(value) for value in values)  # type: ignore[call-overload]
    return hashlib.sha256(text.encode()).hexdigest()
