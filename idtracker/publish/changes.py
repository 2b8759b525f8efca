"""Why a published score moved: since a quarter, since an instant of knowledge, or since another kept publication."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import duckdb

from idtracker.analyse.change.cells import Basis
from idtracker.analyse.change.sides import Knowledge
from idtracker.explain.change_words import Language
from idtracker.explain.name_lookup import node_of, place_of, quarter_of
from idtracker.explain.score_change import explain_change
from idtracker.explain.tables import KnownTables
from idtracker.explain.trees import read_known
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node
from idtracker.model.home import Home
from idtracker.publish.audience import audience
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?$")


def change_of_score(
    home: Home,
    audience_id: str,
    connection: duckdb.DuckDBPyConnection,
    place: str,
    period: str,
    since: str,
    node: str | None = None,
    lang: str = "en",
    limit: int | None = 100,
) -> Node:
    """The tree of what moved a score since a quarter, a date or instant (UTC), or a publication by the name of its folder.

    UsageError where there is no such place, quarter, node or publication, where nothing was said then, and where one of the scores was
    made by a tree and the other by a two-level method.
    """
    from idtracker.publish.tracker import instant

    language: Language = "ar" if lang == "ar" else "en"
    known = read_known(connection)
    where = (place_of(known, place), quarter_of(known, period), node_of(known, node))
    now = _knowledge(connection, known, where[0])
    after = now.side(*where)
    basis: Basis = "KNOWLEDGE"
    with ExitStack() as opened:
        folder = _publication(home, audience_id, since)
        if folder is not None:
            other = opened.enter_context(connect(str(folder / DATABASE), read_only=True))
            earlier = read_known(other)
            _check_kinds(known, earlier, since)
            before = _knowledge(other, earlier, where[0]).side(*where)
        elif _INSTANT.match(since):
            before = now.side(*where, at=instant(since))
        else:
            since, basis = quarter_of(known, since), "PERIOD"
            before = now.side(where[0], since, where[2])
    if before is None or after is None:
        raise UsageError(f"Nothing was said of {where[2]} for {known.place(where[0])} in {where[1]} at `{since}`.")
    return explain_change(known, (before, after), where, since, basis, language, limit)


def _knowledge(connection: duckdb.DuckDBPyConnection, known: KnownTables, place: str) -> Knowledge:
    return Knowledge(connection, known.index or known.method, [place], known.method)


def _check_kinds(known: KnownTables, earlier: KnownTables, since: str) -> None:
    """A tree and a two-level method have no common levels along which a change could be divided."""
    if (known.index is None) != (earlier.index is None):
        old, new = (tables.index or tables.method for tables in (earlier, known))
        raise UsageError(
            f"In `{since}` the scores were made by {old.method_version}, now by {new.method_version}: one is a tree, the other a two-level method, "
            "and what the method did cannot be told from the rest. Name the earlier method under `earlier` of `method:` in programme.yml and compare "
            f"both over the same data with `idtracker method compare {new.method_version} {old.method_version}`."
        )


def _publication(home: Home, audience_id: str, name: str) -> Path | None:
    """The folder of a kept publication; None where none has the name."""
    root = home.published / audience(audience_id).id
    is_plain = name == Path(name).name and not name.startswith(".")
    return root / name if is_plain and (root / name / DATABASE).is_file() else None
