"""A pack as one self-contained page: no network, no script, from right to left where it is in Arabic."""

from __future__ import annotations

from importlib import resources
from typing import Any

from idtracker.feedback.pack.document import FeedbackPack
from idtracker.model.messages import counted, direction, phrase
from idtracker.publish.watch.page import isolated

TEXTS = "feedback/pack"
LISTED = 40
"""Rows of a table that a page shows; the document has every one."""


def pack_page(pack: FeedbackPack) -> str:
    """HTML of a pack; everything in it is escaped."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["visible"] = isolated
    css = Markup((resources.files("idtracker.feedback.check") / "page" / "answer.css").read_text("utf-8"))

    def text(name: str, **details: Any) -> Any:
        return isolated(phrase(TEXTS, name, pack.lang, **details))

    def number(name: str, count: int, **details: Any) -> Any:
        return isolated(counted(TEXTS, name, pack.lang, count, **details))

    template = environment.from_string(
        (resources.files("idtracker.feedback.pack") / "template" / "pack.html").read_text("utf-8")
    )
    return template.render(css=css, t=text, n=number, p=pack, dir=direction(pack.lang), listed=LISTED)
