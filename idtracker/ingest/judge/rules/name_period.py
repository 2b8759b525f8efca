"""The period that the name of a file states, held against the days that its rows are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import pandas as pd

from idtracker.ingest.judge.judged_table import Judged
from idtracker.model.findings import Findings
from idtracker.model.periods import is_period, period

RULE = "file.name_period"
MOST_AFTER = 0.2
"""Share of the rows that may be about days after the period of the name before it is told."""
_CODE = r"(?<![0-9])[0-9]{4}-(?:Q[1-4]|H[12]|[01][0-9](?:-[0-3][0-9])?)(?![0-9]|-[0-9])"
_RANGE = re.compile(rf"(?P<first>{_CODE})[ _-]*(?:to|until|bis|à|إلى)?[ _-]*(?P<last>{_CODE})")
_SINGLE = re.compile(_CODE)
_EVENT_DAYS = ("event_on", "transaction_on", "decided_on", "observed_on")
"""Days on which something was; those on which something starts or ends may lie anywhere."""


def span_in_name(file_name: str) -> tuple[str, date, date] | None:
    """(as written, first day, last day) of the one period that a name states: a range, a quarter, a half year or a month.

    A single day is the day of an export, and of several single periods nobody can say which is meant.
    """
    ranges = [m for m in _RANGE.finditer(file_name) if is_period(m["first"]) and is_period(m["last"])]
    if len(ranges) == 1:
        first, last = period(ranges[0]["first"]), period(ranges[0]["last"])
        return (ranges[0][0], first.start, last.end) if first.start <= last.end else None
    codes = [code for code in _SINGLE.findall(file_name) if is_period(code)]
    if ranges or len(codes) != 1 or period(codes[0]).length == "day":
        return None
    return codes[0], period(codes[0]).start, period(codes[0]).end


def check_name_period(judged: Sequence[Judged], file_name: str) -> Findings:
    """One finding where no row is about the period that the name states, or too many are about later days.

    Rows about earlier days beside others are usual: many reports repeat what came before.
    """
    findings, span = Findings(), span_in_name(file_name)
    if span is None:
        return findings
    text, first, last = span
    has_sound = any(not (j.held | j.repeated).all() for j in judged)
    chosen = [j.rows.facts[~(j.repeated | (j.held & has_sound))] for j in judged]
    days = [d for facts in chosen if (d := _days(facts)) is not None]
    about = pd.concat(days, ignore_index=True).dropna() if days else pd.DataFrame()
    if about.empty:
        return findings
    after = about["begin"] > pd.Timestamp(last)
    outside = after | (about["end"] < pd.Timestamp(first))
    if outside.all() or after.mean() > MOST_AFTER:
        begins, ends = about["begin"].min(), about["end"].max()
        findings.add(
            RULE,
            value=file_name,
            span=text,
            count=int(outside.sum()),
            total=len(about),
            first=f"{begins:%Y-%m-%d}",
            last=f"{ends:%Y-%m-%d}",
        )
    return findings


def _days(facts: pd.DataFrame) -> pd.DataFrame | None:
    """First and last day that each row is about; None where rows say no such thing."""
    if "period_start" in facts:
        return pd.DataFrame({"begin": facts["period_start"], "end": facts["period_end"]})
    day = next((name for name in _EVENT_DAYS if name in facts), None)
    return None if day is None else pd.DataFrame({"begin": facts[day], "end": facts[day]})
