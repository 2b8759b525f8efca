"""Counts of answers and of directions: what a question or an element is rolled up to, never one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from idtracker.analyse.framework.answers import Poll, Reply
from idtracker.analyse.framework.series import Point
from idtracker.analyse.metrics.culture.answers import RANKS, Team

_ANSWERS = {
    "YES": "yes_count",
    "PARTLY": "partly_count",
    "NO": "no_count",
    "NOT_YET": "not_yet_count",
    "NA": "na_count",
}
_CONFIDENCE = {"HIGH": "high", "MODERATE": "moderate", "LOW": "low", None: "unstated"}
_DIRECTIONS = {
    "BETTER": "improved_count",
    "WORSE": "worsened_count",
    "UNCHANGED": "unchanged_count",
    "NOT_DISTINGUISHABLE": "indistinct_count",
    "NO_INTERVAL": "no_interval_count",
    "NOT_JUDGED": "unjudged_count",
    "UNKNOWN": "unknown_count",
    "MISSING": "missing_count",
}
EVIDENCE = ("evidence_count", "value_count", *_DIRECTIONS.values(), "point_better_count", "point_worse_count")


def evidence_counts(points: Sequence[Point]) -> dict[str, int]:
    """How many series have a value, and of how many the direction is which. Each series is in one of the directions."""
    directions = Counter(point.direction for point in points)
    bare = Counter(point.columns["point_direction"] for point in points)
    return {
        "evidence_count": len(points),
        "value_count": sum(point.has_value for point in points),
        **{column: directions[code] for code, column in _DIRECTIONS.items()},
        "point_better_count": bare["BETTER"],
        "point_worse_count": bare["WORSE"],
    }


def answer_counts(poll: Poll, stage: str, org: str | None = None) -> dict[str, object]:
    """How teams (those of one organisation, or all) answered a question in a quarter."""
    teams = [team for team in poll.roster if org in (None, team[0])]
    replies = {team: poll.replies[team] for team in teams if team in poll.replies}
    answers = Counter(reply.answer for reply in replies.values())
    confidence = Counter(reply.ancr for reply in replies.values())
    return {
        "roster_count": len(teams),
        "answered_count": len(replies),
        "silent_count": len(teams) - len(replies),
        **{column: answers[code] for code, column in _ANSWERS.items()},
        **{f"confidence_{name}_count": confidence[code] for code, name in _CONFIDENCE.items()},
        "cited_count": sum(reply.has_evidence for reply in replies.values()),
        "other_stage_count": sum(reply.stage != stage for reply in replies.values()),
        "last_answered_period": max((poll.last[team] for team in teams if team in poll.last), default=None),
        "baseline_period": poll.baseline,
        **_spread(replies.values()),
        **_moved(replies, poll.before),
    }


def _spread(replies: Iterable[Reply]) -> dict[str, object]:
    """Lowest and highest answer, and whether they differ; an answer that the question does not arise is neither."""
    ranked = sorted((reply.rank, reply.answer) for reply in replies if reply.rank is not None)
    low, high = (ranked[0], ranked[-1]) if ranked else ((0, None), (0, None))
    differ = high[0] != low[0] if len(ranked) > 1 else None
    return {"lowest_answer": low[1], "highest_answer": high[1], "is_disagreement": differ}


def _moved(now: Mapping[Team, Reply], then: Mapping[Team, Reply]) -> dict[str, int]:
    """How many of the teams that answered both times say more, and less, than at the baseline."""
    pairs = [(now[team].rank, then[team].rank) for team in now if team in then]
    ranked = [(a, b) for a, b in pairs if a is not None and b is not None]
    rose, fell = sum(a > b for a, b in ranked), sum(a < b for a, b in ranked)
    return {"paired_count": len(ranked), "rose_count": rose, "fell_count": fell}


def rank_difference(poll: Poll, reply: Reply | None) -> int | None:
    """Steps of an answer above the lower median of all of them; None where it has no rank."""
    middle = poll.median
    return RANKS[reply.answer] - middle if reply is not None and reply.rank and middle is not None else None
