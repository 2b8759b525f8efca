"""Rules about claims of effect and their review."""

from __future__ import annotations

from idtracker.ingest.judge.rules.judged import Judged

_CONCLUDED = ("REVIEWED", "VALIDATED", "REJECTED")


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
