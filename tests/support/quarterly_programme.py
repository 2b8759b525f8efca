"""The small programme with courses reported per quarter, a survey with its bounds, and visits; it runs whole in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.support import small_programme as small

ACTIVITY = """
    title: {title}
    publisher: GB-GOV-8
    description: One row per course.
    owner: team:{owner}
    received: {{by: folder, pattern: "*.csv", may_backdate: true}}
    format: {{kind: csv}}
    cadence: {cadence}
    feeds: activity
    key: [reference, period]
    revision: replace_period
    columns:
      - {{field: reference, heading: Ref, required: true}}
      - {{field: place, heading: Governorate}}
      - {{field: period, heading: Quarter, required: true}}
      - {{field: status, heading: Status}}
      - {{field: people_reached, heading: Trained, minimum: 0, maximum: 5000}}
      - {{field: fund, constant: OTHER}}
      - {{field: integration_mode, constant: SINGLE}}
    bounds: {{held_rate: 0.5}}
"""
SURVEY = f"""{small.SURVEY}\
  - {{field: lower, heading: Low}}
  - {{field: upper, heading: High}}
"""
QUARTERLY = "{every: quarter, due_after_days: 20, grace_days: 10, since: 2025-01-01}"
COURSES_HEAD = "Ref,Governorate,Quarter,Status,Trained"
GOOD = [f"C-{n},Zarqa,2025-Q3,2,{10 + n}" for n in range(1, 7)]


def write_quarterly(folder: Path) -> Path:
    """Sources `courses` and `survey`, due every quarter, and `visits`, due when needed."""
    sources = {
        "courses": ACTIVITY.format(title="Courses", owner="courses", cadence=QUARTERLY),
        "visits": ACTIVITY.format(title="Visits", owner="visits", cadence="{every: as_needed}"),
        "survey": SURVEY,
    }
    return small.write_programme(folder, sources)


def drop_rows(
    home: Path,
    source: str = "courses",
    name: str = "courses_2025-Q3.csv",
    rows: Iterable[str] = GOOD,
    head: str = COURSES_HEAD,
    received_at: str = "2025-10-15T09:00:00Z",
) -> Path:
    """Put a file into an inbox, with an envelope that says when it came."""
    return small.drop(home, source, name, small.text_of(head, rows), received_at, submitted_by="GB-GOV-8")


def drop_survey(home: Path) -> Path:
    """A survey of two quarters for two governorates."""
    rows = [
        f"{indicator},{place},{quarter},{value},{value - 4},{value + 4}"
        for indicator, value in (("VOICE", 60), ("WORK", 25))
        for place in ("Zarqa", "Karak")
        for quarter in ("2025-Q2", "2025-Q3")
    ]
    return drop_rows(home, "survey", "survey_1.csv", rows, "Indicator,Area,Quarter,Value,Low,High")
