"""Why a published score or cell has its value: the published tables handed to the figure's own explanation."""

from __future__ import annotations

from idtracker.explain.trees import cell_tree, score_tree
from idtracker.model.explanation import Node
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.publish.changes import change_of_score
from idtracker.publish.current import open_published


def explain_score(
    home: Home,
    place: str,
    period: str,
    node: str | None = None,
    as_known_at: str | None = None,
    audience_id: str = DEFAULT_AUDIENCE,
    limit: int | None = 100,
) -> Node:
    """The tree behind a score (`node` left out: the whole index), down to the rows of files, now or as known at an instant."""
    with open_published(home, audience_id, as_known_at) as published:
        return score_tree(published, place, period, node, limit)


def explain_score_change(
    home: Home,
    place: str,
    period: str,
    since: str,
    node: str | None = None,
    lang: str = "en",
    as_known_at: str | None = None,
    audience_id: str = DEFAULT_AUDIENCE,
    limit: int | None = 100,
) -> Node:
    """The tree of what moved a score since a quarter, an instant of knowledge or a publication, with its sentence."""
    with open_published(home, audience_id, as_known_at) as published:
        return change_of_score(home, audience_id, published, place, period, since, node, lang, limit)


def explain_cell(
    home: Home,
    indicator: str,
    place: str,
    period: str,
    as_known_at: str | None = None,
    audience_id: str = DEFAULT_AUDIENCE,
    limit: int | None = 100,
) -> Node:
    """The tree behind one merged cell, now or as known at an instant."""
    with open_published(home, audience_id, as_known_at) as published:
        return cell_tree(published, indicator, place, period, limit)
