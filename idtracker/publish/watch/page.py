"""A report as one self-contained page: no network, no script, from right to left where it is in Arabic."""

from __future__ import annotations

from importlib import resources
from typing import Any

from idtracker.model.messages import counted, direction, phrase
from idtracker.model.printable import printable
from idtracker.publish.watch.compare import TEXTS
from idtracker.publish.watch.document import WatchReport


def watch_page(report: WatchReport) -> str:
    """HTML of a report; everything in it is escaped."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["visible"] = printable
    folder = resources.files("idtracker.publish.watch") / "template"
    css = Markup((folder / "watch.css").read_text("utf-8"))

    def text(name: str, **details: Any) -> str:
        return phrase(TEXTS, name, report.lang, **details)

    def number(name: str, count: int, **details: Any) -> str:
        return counted(TEXTS, name, report.lang, count, **details)

    template = environment.from_string((folder / "watch.html").read_text("utf-8"))
    return template.render(css=css, t=text, n=number, r=report, dir=direction(report.lang))
