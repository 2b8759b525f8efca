"""The briefing of each publication: pages for people who read, not query."""

from __future__ import annotations

from functools import partial

from idtracker.model.published.audience import Audience
from idtracker.operate.step import Context, Step, StepResult
from idtracker.publish.briefing.current import add_to_publication
from idtracker.publish.briefing.published import is_drawn, published_page


def _briefing(audience: Audience, context: Context) -> StepResult:
    was_there = published_page(context.home, audience.id) is not None
    page = add_to_publication(context.home, audience)
    return StepResult({"page": page, "changed": not was_there}, version=page.parent.parent.name)


def briefings_due(context: Context) -> list[Step]:
    """The steps of the publications without a briefing, such as those that `rebuild` or `restore` made, where this machine draws any."""
    published = context.published_audiences if is_drawn() else ()
    return [briefing_step(audience) for audience in published if published_page(context.home, audience.id) is None]


def briefing_step(audience: Audience) -> Step:
    """The step that adds the briefing to a publication. Where a page cannot be written, what is published stays without it."""
    return Step(
        f"briefing/{audience.id}",
        (f"published/{audience.id}",),
        partial(_briefing, audience),
        f"Pages in {' and '.join(audience.languages)} for: {audience.title}.",
    )
