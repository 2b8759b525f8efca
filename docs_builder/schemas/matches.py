"""What the documents about matches hold: matches suggest, list, accept, reject and undo."""

from __future__ import annotations

from typing import get_args

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, moment, number, record, text
from idtracker.model.register.match_decisions import Verdict
from idtracker.model.register.match_kind import MatchKind

_PAIR = {
    "kind": text("what the identifiers stand for", enum=list(get_args(MatchKind))),
    "left_id": text("one identifier"),
    "right_id": text("the other identifier"),
}
_DECISION = {
    **_PAIR,
    "decision": text("whether they are the same thing", enum=list(get_args(Verdict))),
    "decided_by": text("role that decided"),
    "decided_on": moment("day of the decision"),
    "why": text("reason given"),
    "score": maybe(number("score of the proposal; null where there was none", minimum=0, maximum=1)),
}


def suggest_schema() -> Schema:
    reason = {
        "field": text("what is compared"),
        "likeness": number("likeness", minimum=0, maximum=1),
        "weight": maybe(number("natural log odds it adds; null where it is certain")),
        "way": text("in which way they are alike"),
        "left": text("what one side says"),
        "right": text("what the other side says"),
        "reason": text("the same in words"),
    }
    proposal = {
        **_PAIR,
        "score": number("probability that they are the same thing", minimum=0, maximum=1),
        "left_name": text("first name or title of the one"),
        "right_name": text("first name or title of the other"),
        "left_sources": listing("sources that name the one", text("source")),
        "right_sources": listing("sources that name the other", text("source")),
        "why": listing("what speaks for and against, the weightiest first", record("one field", reason)),
    }
    return record(
        "Pairs that look the same in the published store and are not decided.",
        {
            "least": number("least score shown", minimum=0, maximum=1),
            "proposals": listing("best first", record("one pair", proposal)),
        },
    )


def list_schema() -> Schema:
    return record(
        "Every decision that stands.", {"matches": listing("in the order of the file", record("one", _DECISION))}
    )


def decide_schema() -> Schema:
    return record(
        "A decision of matches.csv.",
        {**_DECISION, "added": flag("false where it stood already"), "file": text("path of matches.csv")},
    )


def undo_schema() -> Schema:
    return record("A decision that was taken back.", {**_DECISION, "file": text("path of matches.csv")})
