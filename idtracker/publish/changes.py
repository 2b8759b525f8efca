"""Why a published score moved: since a quarter, since an instant of knowledge, or since another kept publication."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from idtracker.analyse.change.cells import Basis
from idtracker.analyse.change.leaf import Side
from idtracker.analyse.change.method_tree import members_of, tree_of_method
from idtracker.analyse.change.sides import Knowledge
from idtracker.explain.change_words import Language
from idtracker.explain.name_lookup import node_of, place_of, quarter_of
from idtracker.explain.score_change import explain_change
from idtracker.explain.tables import KnownTables
from idtracker.explain.trees import read_known
from idtracker.model.composite.definition import Index
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node
from idtracker.model.home import Home
from idtracker.model.method import Method
from idtracker.publish.reading.publication import Publication
from idtracker.store.connection import connect
from idtracker.store.tables import quoted

Sides = tuple[Side | None, Side | None]

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
    """The same of what a home publishes for an audience, see score_change_tree()."""
    other = Publication.of_home(home, audience_id).sibling(since)
    return score_change_tree(connection, other, place, period, since, node, lang, limit)


def score_change_tree(
    connection: duckdb.DuckDBPyConnection,
    other: Path | None,
    place: str,
    period: str,
    since: str,
    node: str | None = None,
    lang: str = "en",
    limit: int | None = 100,
) -> Node:
    """The tree of what moved a score since a quarter, a date or instant (UTC), or another kept publication, whose database is `other`.

    Between a publication by one method and one by another the method is a cause of its own: where they have not the same kind or root, the
    two-level method is taken as the tree that gives the same scores. UsageError where there is no such place, quarter, node or publication,
    where nothing was said then, and where a node of the one method is not in the other.
    """
    language: Language = "ar" if lang == "ar" else "en"
    known = read_known(connection)
    now = _Published(connection, known)
    at = (place_of(known, place), quarter_of(known, period))
    basis: Basis = "KNOWLEDGE"
    if other is not None:
        with closing(connect()) as earlier:
            earlier.execute(f"ATTACH {quoted(other)} AS published (READ_ONLY)")
            earlier.execute("USE published")
            then = _Published(earlier, read_known(earlier))
            nodes = _common_nodes(then, now, node, since)
            before, after = _between(then, now, at, nodes)
    else:
        code = node_of(known, node)
        nodes = code, code
        since, basis = (since, basis) if _INSTANT.match(since) else (quarter_of(known, since), "PERIOD")
        before, after = _within(now, at, code, since, basis)
    if before is None or after is None:
        raise UsageError(f"Nothing was said of {nodes[0]} for {known.place(at[0])} in {at[1]} at `{since}`.")
    return explain_change(known, (before, after), (*at, nodes[1]), since, basis, language, limit, nodes[0])


def _within(now: _Published, at: tuple[str, str], node: str, since: str, basis: Basis) -> Sides:
    """Both sides of a change within one publication, since a quarter or an instant."""
    from idtracker.publish.reading.known_at import instant

    place, period = at
    knowledge = now.knowledge(place)
    if basis == "PERIOD":
        return knowledge.side(place, since, node), knowledge.side(place, period, node)
    return knowledge.side(place, period, node, at=instant(since)), knowledge.side(place, period, node)


def _between(then: _Published, now: _Published, at: tuple[str, str], nodes: tuple[str, str]) -> Sides:
    """Both sides of a change between two publications; as trees where their methods are not of one kind and root."""
    is_other = (type(then.method), then.root) != (type(now.method), now.root)
    place, period = at
    before, after = (
        one.knowledge(place, as_tree=is_other).side(place, period, node)
        for one, node in zip((then, now), nodes, strict=True)
    )
    return before, after


@dataclass(frozen=True)
class _Published:
    """What one publication holds, and the method that made its scores."""

    connection: duckdb.DuckDBPyConnection
    known: KnownTables

    @property
    def method(self) -> Index | Method:
        return self.known.index or self.known.method

    @property
    def root(self) -> str:
        return self.method.tree.code if isinstance(self.method, Index) else self.method.root

    @property
    def nodes(self) -> list[str]:
        """The codes of all nodes, the root first."""
        if isinstance(self.method, Index):
            return list(reversed(self.method.hierarchy.nodes))
        return [self.method.root, *self.method.dimensions]

    def knowledge(self, place: str, *, as_tree: bool = False) -> Knowledge:
        """What is known of a place; with `as_tree` a two-level method stands as a tree. UsageError where it weighs nothing."""
        method = self.method
        if as_tree and isinstance(method, Method):
            members = members_of(self.connection, method)
            if not members:
                raise UsageError(
                    f"No indicator of the register belongs to a dimension of {method.method_version}: it makes no score."
                )
            method = tree_of_method(method, members)
        return Knowledge(self.connection, method, [place], self.known.method)


def _common_nodes(then: _Published, now: _Published, typed: str | None, since: str) -> tuple[str, str]:
    """The node of both methods, before and now: that of the code, and of the whole index the root of each."""
    if typed is None:
        return then.root, now.root
    only_then = typed in then.nodes and typed not in now.nodes
    code = typed if only_then else node_of(now.known, typed)
    if code in then.nodes and not only_then:
        return code, code
    if code in (now.root, then.root):
        return then.root, now.root
    has, lacks = (then, now) if only_then else (now, then)
    raise UsageError(
        f"`{code}` is a node of {has.method.method_version} and not of {lacks.method.method_version}: in `{since}` the scores were made by "
        f"{then.method.method_version}, now by {now.method.method_version}, and a change is that of a node which both have. "
        f"{lacks.method.method_version} has {', '.join(lacks.nodes)}. Leave the node out for the change of the whole."
    )
