"""Links of real IATI files: who gave what to which activity, as the ledger allocates it, against counts made with lxml alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from real_files import read_xml

from idtracker.analyse.effect.ledger import Contribution, settle
from idtracker.ingest.judge.assess import Assessment

SOURCE = "iom_humanitarian_activities"
RECEIVER = "XM-DAC-47066"
RECEIVED = ("1", "11", "13")
"""Incoming funds, and commitments and pledges of them."""


def test_what_outside_actors_gave_is_what_the_file_links(
    judge: Callable[[str], Assessment], real_files: dict[str, Path]
) -> None:
    """Every transaction received is one link from a donor to an activity; each is allocated once, to the whole of what is stated.

    Negative amounts take back and are no gift. Links are told apart by activity and place within it: the reference holds the donor alone.
    """
    stated: dict[str, list[Decimal]] = defaultdict(list)
    for transaction in read_xml(real_files[SOURCE]).xpath("//transaction"):
        code, donor = transaction.xpath("string(transaction-type/@code)"), transaction.xpath("string(@ref)")
        amount = Decimal(transaction.xpath("string(value)").replace(",", ""))
        if code in RECEIVED and amount > 0:
            stated[donor].append(amount)
    rows = judge(SOURCE).facts["transaction"]
    rows = rows[rows["transaction_type"].isin(RECEIVED) & (rows["amount"] > 0)]
    links = [
        Contribution(RECEIVER, str(donor), f"{activity} {reference}", Fraction(Decimal(str(amount))))
        for donor, activity, reference, amount in rows[["org_id", "activity_id", "reference", "amount"]].itertuples(
            index=False
        )
    ]
    ledger, count = settle(links), sum(map(len, stated.values()))
    assert count > 500 and len(links) == count - sum(len(of) for donor, of in stated.items() if not donor)
    outside = [link for link in links if link.actor != RECEIVER]
    assert len({link.reference for link in outside}) == len(outside), "no link is named twice"
    assert len({link.actor for link in links}) > 10
    assert ledger.agreed == ledger.upper == sum((link.amount for link in outside), Fraction())
    assert ledger.shares[RECEIVER].agreed == ledger.agreed
    whole = sum((amount for of in stated.values() for amount in of), Decimal())
    assert sum((link.amount for link in links), Fraction()) == Fraction(whole)


def test_claims_of_two_on_the_same_links_are_counted_once(
    judge: Callable[[str], Assessment], real_files: dict[str, Path]
) -> None:
    """If a second organisation claims every second link as well, no pound is added, and both shares make up the whole."""
    rows = judge(SOURCE).facts["transaction"]
    rows = rows[rows["transaction_type"].isin(RECEIVED) & (rows["amount"] > 0)]
    links = [
        Contribution(RECEIVER, str(donor), f"{activity} {reference}", Fraction(Decimal(str(amount))))
        for donor, activity, reference, amount in rows[["org_id", "activity_id", "reference", "amount"]].itertuples(
            index=False
        )
    ]
    alone, both = settle(links), settle([*links, *(link._replace(claimant="XX-OTHER") for link in links[::2])])
    assert both.agreed == alone.agreed > 0
    assert both.shares[RECEIVER].agreed + both.shares["XX-OTHER"].agreed == both.agreed
    half = sum((link.amount for link in links[::2] if link.actor != RECEIVER), Fraction()) / 2
    assert both.shares["XX-OTHER"].agreed == half


def test_related_activities_of_the_facts_are_those_of_the_file(
    judge: Callable[[str], Assessment], real_files: dict[str, Path]
) -> None:
    """Every link of 205 activities; the file names no activity of a provider or receiver."""
    stated: dict[str, set[str]] = {}
    for activity in read_xml(real_files["dfid_congo_activities"]).findall("iati-activity"):
        own = activity.findtext("iati-identifier").strip()
        refs = {related.get("ref").strip() for related in activity.findall("related-activity")}
        stated.setdefault(own, set()).update(refs - {own})
    rows = judge("dfid_congo_activities").facts["activity"]
    read = {str(r.activity_id): r.related_activity_ids for r in rows.itertuples()}
    named = {own: set(str(ids).split(";")) for own, ids in read.items() if isinstance(ids, str)}
    assert sum(map(len, named.values())) == 794
    assert named == {own: refs for own, refs in stated.items() if refs and own in read}
