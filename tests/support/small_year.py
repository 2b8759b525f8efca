"""What the small programme receives in a year: editions, held rows, a withdrawal, a file that is refused."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.small_programme import COURSES_HEAD, PRODUCTS_HEAD, SOURCES, SURVEY_HEAD, drop, text_of

PLACES = ("Zarqa", "Karak", "Irbid", "Mafraq")
_SURVEY = SOURCES["survey"].replace("since: 2025-07-01", "since: 2025-01-01")
YEAR_SOURCES = {**SOURCES, "survey": f"{_SURVEY}revision: replace_period\n"}


def drop_first(home: Path) -> None:
    """Files of the first half year."""
    for n, quarter in enumerate(("2025-Q1", "2025-Q2")):
        _drop(home, "survey", f"survey_{quarter}.csv", SURVEY_HEAD, _survey(quarter, 50 + n), f"2025-0{4 + 3 * n}-10")
    _drop(home, "courses", "courses_1.csv", COURSES_HEAD, _courses(1), "2025-04-15")
    _drop(home, "products", "products_1.csv", PRODUCTS_HEAD, _products(1), "2025-05-15")


def drop_rest(home: Path) -> None:
    """What comes afterwards: later quarters, a second edition, held rows, a withdrawal, a file that is refused."""
    for n, quarter in enumerate(("2025-Q3", "2025-Q4")):
        day = ("2025-10-10", "2026-01-10")[n]
        _drop(home, "survey", f"survey_{quarter}.csv", SURVEY_HEAD, _survey(quarter, 55 + n), day)
    _drop(home, "survey", "survey_2025-Q2_v2.csv", SURVEY_HEAD, _survey("2025-Q2", 61), "2025-11-01")
    _drop(
        home,
        "survey",
        "survey_extra.csv",
        SURVEY_HEAD,
        ["VOICE,Nowhere,2025-Q4,12", *_survey("2025-Q4", 70)],
        "2026-01-20",
    )
    for batch in (2, 3, 4):
        rows = [*_courses(batch), f"C-{batch}-x,Zarqa,2025-08-01,many"]
        _drop(home, "courses", f"courses_{batch}.csv", COURSES_HEAD, rows, f"2025-0{5 + batch}-20")
    for batch in (2, 3):
        _drop(home, "products", f"products_{batch}.csv", PRODUCTS_HEAD, _products(batch), f"2025-1{batch - 1}-05")
    _drop(home, "courses", "courses_annex.csv", f"SECRET\n{COURSES_HEAD}", ["C-99,Zarqa,2025-10-09,9"], "2026-01-07")
    notice = {"withdraws": "courses_1.csv", "by": "GB-GOV-8", "why": "sent in error", "at": "2025-12-01T09:00:00Z"}
    (home / "inbox" / "courses" / "courses_1.csv.withdrawal.json").write_text(json.dumps(notice), "utf-8")


def _survey(quarter: str, level: int) -> list[str]:
    return [f"{name},{place},{quarter},{level + 3 * n}" for name in ("VOICE", "WORK") for n, place in enumerate(PLACES)]


def _courses(batch: int) -> list[str]:
    return [f"C-{batch}-{n},{PLACES[n % 4]},2025-0{batch + 2}-{n + 10},{10 * batch + n}" for n in range(12)]


def _products(batch: int) -> list[str]:
    return [f"P-{batch}-{n},SITREP,2025-0{batch + 3}-0{n}" for n in range(1, 7)]


def _drop(home: Path, source_id: str, name: str, head: str, rows: list[str], day: str) -> None:
    drop(home, source_id, name, text_of(head, rows), f"{day}T09:00:00Z")
