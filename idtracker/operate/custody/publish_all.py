"""The store published for every audience, the owner first."""

from __future__ import annotations

import shutil
from pathlib import Path

from idtracker.model.published.audience import Audience
from idtracker.operate.audiences.publish_seen import publish_seen
from idtracker.operate.audiences.work_out import home_of
from idtracker.operate.custody.audit import publication_problems
from idtracker.operate.pipeline import derive_steps, run_steps
from idtracker.operate.step import Context
from idtracker.operate.steps.publication import publish


def publish_all(context: Context, *, from_nothing: bool = False) -> dict[str, Path]:
    """Publish for every audience of a programme; the folder of each.

    With `from_nothing` what other audiences may see is chosen and worked out anew. A publication that is damaged is written again.
    """
    home, folders = context.home, {}
    for audience in context.catalogue.programme.audience_by_id.values():
        is_bad = bool(publication_problems(home, audience.id))
        if from_nothing and not audience.is_owner:
            shutil.rmtree(home_of(home, audience.id).root, ignore_errors=True)
        folders[audience.id] = publish_one(context, audience, again=is_bad or (from_nothing and not audience.is_owner))
    return folders


def publish_one(context: Context, audience: Audience, *, again: bool = False) -> Path:
    """Publish for one audience, the owner's from the store as it is, another's from what it may see; the folder."""
    if audience.is_owner:
        folder, _ = publish(context.home, context.catalogue, context.now, context.until, again=again)
    else:
        folder, _ = publish_seen(context, audience, derive_steps, run_steps, again=again)
    return folder
