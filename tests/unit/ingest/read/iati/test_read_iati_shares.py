"""Shares of sectors and countries: those of an activity add up, or are reported."""

from __future__ import annotations

import pytest

from idtracker.ingest.read.iati.reader import collect_sections, columns_of_section
from idtracker.ingest.read.iati.shares import check_shares
from idtracker.ingest.read.reading import read

ACTIVITY = """<iati-activity><iati-identifier>{id}</iati-identifier>{shares}</iati-activity>"""
SHARED = [
    ('<sector vocabulary="1" code="15110" percentage="60"/><sector code="15220" percentage="40"/>', None),
    ('<sector code="15110"/>', None),
    ('<sector code="15110" percentage="33.3"/><sector code="2" percentage="33.3"/><sector code="3" percentage="33.3"/>', None),
    ('<recipient-country code="JO" percentage="60"/><recipient-region code="298" percentage="40"/>', None),
    ('<sector code="15110" percentage="60"/><sector code="15220" percentage="60"/>', "sector"),
    ('<sector code="15110"/><sector code="15220"/>', "sector"),
    ('<recipient-country code="JO" percentage="60"/>', "recipient-country"),
    ('<recipient-country code="JO" percentage="90"/><recipient-country code="SY" percentage="20"/>', "recipient-country"),
]  # fmt: skip


@pytest.mark.parametrize(("shares", "section"), SHARED)
def test_shares_that_do_not_add_up_are_reported(define, shares, section):
    good = ACTIVITY.format(id="XM-1", shares='<sector code="1" percentage="100"/><recipient-country code="JO"/>')
    content = f"<iati-activities>{good}{ACTIVITY.format(id='XM-2', shares=shares)}</iati-activities>".encode()
    found = read(content, "a.xml", define("iati", "iati-identifier"))
    odd = [g for g in found.findings.groups if g.rule.id == "share.sum"]
    assert [g.sheet for g in odd] == ([section] if section else [])
    assert all(str(v).startswith("XM-2: ") and list(g.rows) == [2] for g in odd for v in g.values)


def test_activities_that_cannot_be_told_apart_have_no_sum():
    twice = ACTIVITY.format(id="XM-1", shares='<sector code="1" percentage="100"/>') * 2
    found = collect_sections(f"<iati-activities>{twice}</iati-activities>".encode())
    assert not check_shares(found, {name: columns_of_section(name) for name in found})
