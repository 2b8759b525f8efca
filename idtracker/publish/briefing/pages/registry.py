"""Which pages the briefing has: every module of this package that has `pages`, in one order."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from idtracker.publish.briefing import pages as package
from idtracker.publish.briefing.parts import Edition, Page
from idtracker.publish.briefing.source import PublishedRows

MakePages = Callable[[PublishedRows, Edition], list[Page]]
_ORDER = ("overview", "minister", "tracker", "place", "integration", "framework", "judgements", "quality", "methods")
"""What a reader wants first; a module that is not named comes last, by its name."""


@cache
def page_makers() -> tuple[MakePages, ...]:
    """The functions that make pages, in the order of the navigation."""
    names = [found.name for found in iter_modules(package.__path__)]
    names.sort(key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    modules = [import_module(f"{package.__name__}.{name}") for name in names if name != "registry"]
    return tuple(module.pages for module in modules if hasattr(module, "pages"))


def pages_of(source: PublishedRows, edition: Edition) -> list[Page]:
    """Every page of an edition. ValueError where two have one path: a defect of theirs."""
    made = [page for make in page_makers() for page in make(source, edition)]
    paths = [page.path.casefold() for page in made]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise ValueError(f"several pages are called {', '.join(twice)}")
    return made
