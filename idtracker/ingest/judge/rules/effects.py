"""Rules about claims of effect, their review, and the actors of the access and influence log."""

from __future__ import annotations

from idtracker.ingest.judge.rules.judged import Judged
from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.model.findings import Findings

_CONCLUDED = ("REVIEWED", "VALIDATED", "REJECTED")
_PSEUDONYM = r"(?=.*\d)[^\s@]+"
"""A key has a digit and no blank; a name has a blank or no digit, an address has an @."""


def check_actors(rows: JudgedRows) -> Findings:
    """Actors that are named in clear: the row is held, and the finding does not repeat the name."""
    findings = Findings()
    if rows.part.feeds == "pai_record" and rows.maps("actor_id"):
        typed = rows.facts["actor_id"]
        in_clear = typed.notna() & ~typed.astype("str").str.fullmatch(_PSEUDONYM)
        rows.report(findings, "judgement.actor_in_clear", in_clear, "actor_id", shows_values=False)
    return findings


def check_claims(judged: Judged) -> None:
    """Every rule about the rows of the table `effect_claim`; none of them holds a row."""
    maps = judged.rows.maps
    if maps("estimator", "cells_count"):
        claims = judged["tier_code"].eq("T1") & judged["estimator"].eq("IC")
        judged.report("judgement.effect_cells", claims & (judged["cells_count"].fillna(0) < 4), "cells_count")
    reviewer = judged["reviewer_org_id"]
    if maps("reviewer_org_id"):
        own = reviewer.notna() & reviewer.eq(judged["org_id"])
        judged.report("judgement.own_review", own, "reviewer_org_id")
    if maps("status"):
        judged.report("judgement.review_missing", judged["status"].isin(_CONCLUDED) & reviewer.isna(), "status")
    lacking = judged["catalytic_type"].isna() | judged["external_actor_org_id"].isna()
    judged.report("judgement.effect_outside", judged["tier_code"].eq("T4") & lacking, "tier_code")
