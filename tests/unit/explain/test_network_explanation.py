"""The explanation of a network's change in words: the sentence in both languages, and what stands under each cause."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from idtracker.explain.network.change import explain_network_change
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node
from tests.unit.analyse.metrics.metrics_given import Frames, read_reference, table

BEFORE, NOW = "2020-Q2", "2020-Q4"


def facts() -> Frames:
    """FCO becomes FCDO, HMRC does not report what it did, MOD and the agency begin to work together, the association joins."""
    work = {
        BEFORE: {"A": ["GB-GOV-3", "XM-UN"], "B": ["GB-1", "XM-UN"], "C": ["GB-GOV-11", "GB-GOV-8"]},
        NOW: {"A": ["GB-GOV-1", "XM-UN"], "D": ["GB-GOV-8", "XM-UN"], "E": ["GB-GOV-8", "JO-CSO"]},
    }
    named = [
        (f"{name} {q}", org, q) for q, activities in work.items() for name, orgs in activities.items() for org in orgs
    ]
    due = [("hmrc", "GB-GOV-11", q, pd.Timestamp(day), "false") for q, day in ((BEFORE, "2020-07-01"), (NOW, None))]
    participation = pd.DataFrame(named, columns=["activity_id", "org_id", "period"])
    columns = ["source_id", "org_id", "period", "received_at", "is_derogated"]
    return {
        "participation": table("participation", participation),
        "activity": table("activity", participation[["activity_id", "period"]].drop_duplicates()),
        "obligation": table("obligation", pd.DataFrame(due, columns=columns)),
    }


def explained(metric_id: str = "IM-16", lang: str = "en") -> Node:
    as_of = pd.Timestamp("2021-03-31")
    return explain_network_change(metric_id, facts(), read_reference(), BEFORE, NOW, as_of=as_of, lang=lang)  # type: ignore[arg-type]


def test_each_cause_names_what_did_it() -> None:
    tree = explained()
    causes = {inner["cause"]: inner for inner in tree["because"][0]["because"]}  # type: ignore[index]
    shown = {cause: [(n["what"], n["value"]) for n in part["because"]] for cause, part in causes.items()}
    assert shown == {
        "MERGER": [("GB-1", "is GB-GOV-1"), ("GB-GOV-3", "is GB-GOV-1")],
        "ROSTER": [("JO-CSO", "joined"), ("GB-GOV-8 – JO-CSO", 1)],
        "SILENCE": [("missing report of GB-GOV-11 for 2020-Q4 (hmrc)", None), ("GB-GOV-11 – GB-GOV-8", 0)],
        "BEHAVIOUR": [("GB-GOV-8 – XM-UN", 1)],
    }
    assert all(part["value"] for part in causes.values())
    assert sum(part["value"] for part in causes.values()) == pytest.approx(3 / 10 - 3 / 10, abs=1e-12)


def test_the_sentence_says_every_cause_in_either_language() -> None:
    english, arabic = str(explained()["sentence"]), str(explained(lang="ar")["sentence"])
    assert english.startswith("Co-delivery density stayed at 0.300 between 2020-Q2 and 2020-Q4: ")
    assert re.findall(r"[+-]\d\.\d{3}", english) == re.findall(r"[+-]\d\.\d{3}", arabic) != []
    assert english.count(" from ") == 4 and arabic.count(" من ") == 4
    assert not re.search("[a-z]", arabic)


def test_a_figure_without_a_value_says_so() -> None:
    """Nobody bridges before: two pairs and a path of two are bridged by the agency, and by nobody else."""
    empty = {**facts(), "participation": table("participation", facts()["participation"].iloc[:0])}
    empty["activity"] = table("activity", empty["activity"].iloc[:0])
    tree = explain_network_change("IM-16", empty, read_reference(), BEFORE, NOW, as_of=pd.Timestamp("2021-03-31"))
    assert tree["value"] is None
    assert tree["sentence"] == "Co-delivery density has no value in 2020-Q2 nor in 2020-Q4."
    assert [part["because"] for part in tree["because"]] == [[]]  # type: ignore[index]


@pytest.mark.parametrize(
    ("metric_id", "since", "said"), [("IM-01", BEFORE, "not divided"), ("IM-16", NOW, "not before")]
)
def test_what_cannot_be_divided_is_refused(metric_id: str, since: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        explain_network_change(metric_id, facts(), read_reference(), since, NOW, as_of=pd.Timestamp("2021-03-31"))
