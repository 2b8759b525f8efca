"""Survey answers -> the mean of a scale, or the share of respondents who gave certain answers, with its standard error.

Weighted by the survey's weights (1 where none is stated). With weights w, answers x and weighted mean m over n respondents:
standard error = sqrt(n/(n - 1)·sum(w²·(x - m)²))/sum(w); s/sqrt(n) where all weigh the same. Empty where all answered
alike, because such a sample shows no error. Fewer than five respondents make no figure (small-cell rule).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.merge.derive_places import located, with_country
from idtracker.merge.marking import combine_markings

FEWEST_RESPONDENTS = 5
_CELL = ["source_id", "place_id", "period", "period_start", "period_end"]


def average_answers(
    response: pd.DataFrame, question: str, answers: list[str], level: str, place: pd.DataFrame, quarters: pd.DataFrame
) -> pd.DataFrame:
    """One row per survey, place and round: mean of answer_score, or percent of respondents with one of `answers`.

    Rows without an answer (without a score for the mean) are left out. A respondent with several answers to the
    question counts once. Where the level is `both` a national figure of a survey's round is made from its answers only if
    all of them carry a weight; the national cell otherwise follows from the governorates and their populations.
    """
    asked = response[
        (response["question"] == question) & (response["answer"] if answers else response["answer_score"]).notna()
    ]
    first, last = quarters["period_start"].min(), quarters["period_end"].max()
    asked = asked[(asked["period_end"] >= first) & (asked["period_start"] <= last)]
    score = 100.0 * asked["answer"].isin(answers) if answers else asked["answer_score"]
    asked = asked.assign(
        score=score.astype("float64"),
        submission_ids=asked["submission_id"],
        org_ids=asked["originator_org_id"],
        waivers=asked["waiver"],
    )
    asked = with_country(asked, place)
    weighted = asked["weight"].notna().groupby([asked["source_id"], asked["period"]], dropna=False).transform("all")
    parts = [(weighted, "both"), (~weighted, "adm1")] if level == "both" else [(weighted.notna(), level)]
    placed = pd.concat([located(asked[chosen], at, place) for chosen, at in parts])
    placed = placed.assign(cell=placed.groupby(_CELL, sort=True).ngroup())
    cells = placed.groupby("cell")[_CELL].first()
    cells = cells.join(_averages(placed, is_share=bool(answers))).join(combine_markings(placed, "cell"))
    cells = cells[cells["sample_size"] >= FEWEST_RESPONDENTS].reset_index(drop=True)
    publisher = cells["org_ids"].astype("str").str.split(";").str[0]
    return cells.assign(org_id=publisher, originator_org_id=publisher, obs_status="A")


def _averages(placed: pd.DataFrame, is_share: bool) -> pd.DataFrame:
    """value, standard_error and sample_size of each cell."""
    ordered = placed.sort_values(["cell", "response_id", "answer", "fact_id"], kind="stable")
    each = ordered.groupby(["cell", "response_id"])
    people = pd.DataFrame(
        {
            "score": each["score"].max() if is_share else each["score"].mean(),
            "weight": each["weight"].max().fillna(1.0),
        }
    ).reset_index()
    cell, weight = people["cell"], people["weight"]
    total = weight.groupby(cell).sum()
    mean = (weight * people["score"]).groupby(cell).sum() / total.where(total > 0)
    size = people.groupby("cell").size()
    squares = (weight**2 * (people["score"] - cell.map(mean)) ** 2).groupby(cell).sum()
    error = np.sqrt(squares * size / (size - 1).where(size > 1)) / total.where(total > 0)
    is_alike = people.groupby("cell")["score"].nunique() == 1
    found = pd.DataFrame({"value": mean, "standard_error": error.where(~is_alike), "sample_size": size})
    return found[found["value"].notna()]
