"""Why a published metric of a home has its value, now or at a past instant."""

from __future__ import annotations

from idtracker.model.explanation import Node
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang
from idtracker.publish.current import open_published
from idtracker.publish.reading.known_at import instant
from idtracker.publish.reading.metric_trees import metric_change_tree, metric_tree
from idtracker.publish.reading.publication import Publication


def explain_metric(
    home: Home,
    metric_id: str,
    scope: str,
    period: str | None = None,
    as_known_at: str | None = None,
    audience_id: str = DEFAULT_AUDIENCE,
    limit: int | None = 100,
    lang: Lang = "en",
) -> Node:
    """The tree behind a metric in one quarter, from what is published or was known at a past instant, see metric_tree()."""
    publication = Publication.of_home(home, audience_id)
    with open_published(home, audience_id, as_known_at) as published:
        at = instant(as_known_at) if as_known_at else publication.as_of
        return metric_tree(published, at, publication.baseline, metric_id, scope, period, limit, lang)


def explain_metric_change(
    home: Home,
    metric_id: str,
    since: str,
    period: str | None = None,
    lang: Lang = "en",
    as_known_at: str | None = None,
    audience_id: str = DEFAULT_AUDIENCE,
    limit: int | None = 100,
) -> Node:
    """The tree of why a network metric differs between two quarters, see metric_change_tree()."""
    publication = Publication.of_home(home, audience_id)
    with open_published(home, audience_id, as_known_at) as published:
        at = instant(as_known_at) if as_known_at else publication.as_of
        return metric_change_tree(published, at, metric_id, since, period, lang, limit)
