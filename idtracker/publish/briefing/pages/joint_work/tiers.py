"""The section about effect: claims by tier with their evidence, whether a claim counts, and new capabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idtracker.publish.briefing.pages.joint_work.metrics import Measured
from idtracker.publish.briefing.pages.wording import MOST, Row, Words, between, counted, cut, day, figure, records
from idtracker.publish.briefing.parts import Block, Edition, Inline, Link, Listing, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

if TYPE_CHECKING:
    from idtracker.analyse.metrics.inputs import Inputs

_TIERS = ("t1", "t2", "t3", "t4")
_STATUS = ("VALIDATED", "REVIEWED", "CLAIMED", "REJECTED")
_OBJECTIONS = {
    None: "counts",
    "no reviewer": "no_reviewer",
    "reviewed by one of those concerned": "not_independent",
    "the rule of its tier does not hold": "rule_fails",
}


def tiers_section(source: PublishedRows, edition: Edition, inputs: Inputs, measured: Measured) -> Section:
    """Tiers of strategic effect at the end of the latest measured quarter."""
    words = Words("integration", edition.lang)
    title = words.text("tiers_title", period=measured.period)
    claims = records(source, "effect_claim")
    blocks: list[Block] = [words.sentence("tiers_intro")]
    if not claims:
        blocks.append(words.sentence("tiers_empty", 1))
    else:
        counts = {s: counted(source, "effect_claim", status=s, recorded_to=None) for s in _STATUS}
        blocks.append(Listing([words.sentence(f"claims_{status.lower()}", n=n) for status, n in counts.items()]))
    blocks.append(_shares(source, words, measured))
    if claims:
        blocks += cut(edition.lang, claims)
        blocks.append(_claims(source, words, claims, _verdicts(inputs, measured)))
    blocks += _capabilities(source, words)
    why = [words.sentence(name, 3) for name in ("tiers_why_order", "tiers_why_rules", "tiers_why_limits")]
    return Section("tiers", title, blocks, why)


def _shares(source: PublishedRows, words: Words, measured: Measured) -> Table:
    """Shares of validated and of all claims at each tier or above, as published."""
    rows: list[list[Inline | Link | None]] = []
    for tier in _TIERS:
        cells: list[Inline | Link | None] = [
            f"{tier.upper()} {source.code_label('effect_tier', tier.upper(), words.lang)}"
        ]
        for kind in ("validated", "claimed"):
            row = measured.row("IM-39", f"{kind}_{tier}")
            cells += _share(words, measured, row)
        rows.append(cells)
    headings = [words.text(f"tiers_{name}") for name in ("tier", "validated", "validated_n", "claimed", "claimed_n")]
    return Table(words.text("tiers_shares"), headings, rows, empty_text=words.text("tiers_empty"))


def _share(words: Words, measured: Measured, row: Row | None) -> list[Inline | Link | None]:
    if row is None:
        return [None, None]
    value = measured.cell(row, "value", words.lang)
    withheld = Words("metrics", words.lang).text("withheld", reason=row["reason"]) if row["reason"] else None
    return [withheld if value is None else value, figure("metric_value", row, "n", 0)]


def _verdicts(inputs: Inputs, measured: Measured) -> dict[str, str]:
    """Claim (by the fact of its row) -> why it counts or does not; those that are not validated are not judged."""
    from idtracker.analyse.metrics.effects.claims import made_good
    from idtracker.analyse.metrics.quarter import Quarter

    table = inputs.table("effect_claim")
    good = made_good(inputs, Quarter.of(measured.period))
    return {table["fact_id"].iloc[place]: _OBJECTIONS.get(why, "rule_fails") for place, why in good.items()}


def _claims(source: PublishedRows, words: Words, claims: list[Row], verdicts: dict[str, str]) -> Table:
    def cells(row: Row) -> list[Inline | Link | Sentence | None]:
        other = "rejected" if row["status"] == "REJECTED" else "open"
        verdict = words.text(f"verdict_{verdicts.get(row['fact_id'], other)}")
        return [
            row["claim_id"],
            row["activity_id"],
            row["tier_code"],
            source.code_label("claim_status", row["status"], words.lang),
            verdict,
            source.code_label("estimator", row["estimator"], words.lang) or None,
            figure("effect_claim", row, "estimate", 1),
            between(words.lang, *(figure("effect_claim", row, name, 1) for name in ("lower", "upper"))),
            *(figure("effect_claim", row, f"bond_{name}", 0) for name in ("contribution", "triangulation")),
            source.name_of_organisation(row["reviewer_org_id"], words.lang) or row["reviewer_name"],
        ]

    names = ("claim", "activity", "tier", "status", "verdict", "estimator", "estimate", "interval")
    headings = [words.text(f"claim_{name}") for name in (*names, "contribution", "triangulation", "reviewer")]
    ordered = sorted(claims, key=lambda row: (row["tier_code"] or "", row["claim_id"] or ""))
    sql = "SELECT * FROM effect_claim WHERE recorded_to IS NULL ORDER BY claim_id, fact_id"
    return Table(words.text("claims"), headings, [cells(row) for row in ordered[:MOST]], "effect-claims.csv", sql)


def _capabilities(source: PublishedRows, words: Words) -> list[Sentence | Table]:
    rows = records(source, "capability")
    if not rows:
        return [words.sentence("capabilities_empty")]

    def names(row: Row, column: str) -> str | None:
        orgs = [org.strip() for org in (row[column] or "").split(";") if org.strip()]
        return words.list_of(source.name_of_organisation(org, words.lang) for org in orgs) or None

    headings = [words.text(f"capability_{name}") for name in ("what", "contributing", "before", "first", "last")]
    cells = [
        (
            row["description"] or row["capability_id"],
            names(row, "contributing_org_ids"),
            names(row, "pre_existing_org_ids") or words.text("nobody"),
            day(row["first_evidenced_on"]),
            day(row["last_used_on"]),
        )
        for row in sorted(rows, key=lambda row: (row["first_evidenced_on"] or "", row["capability_id"] or ""))[:MOST]
    ]
    return [
        *cut(words.lang, rows),
        Table(words.text("capabilities"), headings, cells, empty_text=words.text("capabilities_empty")),
    ]
