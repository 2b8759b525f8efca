"""A report as one self-contained page: no network, no script, from right to left where it is in Arabic."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

from idtracker.model.messages import counted, direction, phrase
from idtracker.model.printable import printable
from idtracker.publish.watch.compare import TEXTS
from idtracker.publish.watch.document import WatchReport

_CODE = re.compile(
    r"[A-Za-z0-9_./:]*[A-Za-z0-9](?:-[A-Za-z0-9_./:]*[A-Za-z0-9])+|(?<![A-Za-z0-9_.])[-+][0-9]+(?:[.,][0-9]+)*"
)


def isolated(text: str) -> Any:
    """A text as HTML: escaped, what would steer the page shown, and codes and days kept in their own order within Arabic.

    Without that 2026-09-30 is read as 30-09-2026, 2026-Q3 as Q3-2026, and -1.3 as 1.3-.
    """
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r'<bdi dir="ltr">\g<0></bdi>', str(escape(printable(text)))))


def watch_page(report: WatchReport) -> str:
    """HTML of a report; everything in it is escaped."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["visible"] = isolated
    folder = resources.files("idtracker.publish.watch") / "template"
    css = Markup((folder / "watch.css").read_text("utf-8"))

    def text(name: str, **details: Any) -> Any:
        return isolated(phrase(TEXTS, name, report.lang, **details))

    def number(name: str, count: int, **details: Any) -> Any:
        return isolated(counted(TEXTS, name, report.lang, count, **details))

    template = environment.from_string((folder / "watch.html").read_text("utf-8"))
    return template.render(css=css, t=text, n=number, r=report, dir=direction(report.lang))
