"""What must hold between the codes of a list: parents, validity, versions one after the other, labels that mean one code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from idtracker.model.register.checks.shared import Entry, cells, check_order, circles, is_known, shared
from idtracker.model.register.codelist_versions import editions_of
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.text import fold

if TYPE_CHECKING:
    from idtracker.model.register.register import Register


def check_codelists(register: Register) -> Iterator[RegisterProblem]:
    """Every problem of codelists and of other spellings of their codes."""
    yield from _references(register)
    yield from check_order(register, "codelists")
    yield from _versions(register)
    yield from _circles(register)
    yield from _labels(register)


def _references(register: Register) -> Iterator[RegisterProblem]:
    codes = set(zip(register.codelists["scheme"], register.codelists["code"], strict=True))
    for origin, scheme, code in cells(register, "code_aliases", "scheme", "code"):
        if (scheme, code) not in codes and not is_known(register, "codelists", set(), code):
            yield RegisterProblem(origin, "reference", f"`code` is `{code}`; expected a code of the codelist {scheme}")
    for origin, scheme, parent in cells(register, "codelists", "scheme", "parent_code"):
        is_there = (scheme, parent) in codes or tuple(parent.split(":", 1)) in codes
        if parent and not is_there and not is_known(register, "codelists", set(), parent):
            text = f"`parent_code` is `{parent}`; expected a code of {scheme}, or another list as `list:code`"
            yield RegisterProblem(origin, "reference", text)


def _versions(register: Register) -> Iterator[RegisterProblem]:
    """A version lasts until the next one begins: a code cannot be said to last longer, and no day is without a version."""
    origins = register.origins["codelists"]
    for scheme, editions in editions_of(register).items():
        for one, following in pairwise(editions):
            ends = register.codelists["valid_to"].iloc[list(one.rows)]
            for place, end in zip(one.rows, ends, strict=True):
                if end >= following.begin:
                    text = (
                        f"the code lasts until {end.date()}, but version {following.name} of {scheme} begins on "
                        f"{following.begin.date()}; expected an earlier `valid_to`, or none"
                    )
                    yield RegisterProblem(origins[place], "overlap", text)
            if ends.notna().all() and following.begin - ends.max() > timedelta(days=1):
                text = (
                    f"no version of {scheme} is in force between {ends.max().date()} and {following.begin.date()}; "
                    f"expected `valid_from` on the day after"
                )
                yield RegisterProblem(origins[following.rows[0]], "gap", text)


def _circles(register: Register) -> Iterator[RegisterProblem]:
    frame = register.codelists
    for scheme, rows in frame[frame["parent_code"].notna()].groupby("scheme", sort=True):
        for circle in circles(dict(zip(rows["code"], rows["parent_code"], strict=True))):
            origin = register.origins["codelists"][rows.index[rows["code"] == circle[0]][0]]
            text = f"codelist {scheme}: `parent_code` runs in a circle: {' > '.join([*circle, circle[0]])}"
            yield RegisterProblem(origin, "circle", f"{text}; expected a chain that ends")


def _labels(register: Register) -> Iterator[RegisterProblem]:
    """Within a version in force a label or other spelling means one code."""
    aliases: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for origin, scheme, value, code in cells(register, "code_aliases", "scheme", "value", "code"):
        aliases[scheme].append((value, code, origin))
    codes = list(cells(register, "codelists", "code", "label_en", "label_ar"))
    for scheme, editions in editions_of(register).items():
        for edition in editions:
            entries: list[Entry] = []
            for origin, code, *labels in (codes[place] for place in edition.rows):
                entries += [((scheme, fold(text)), code, origin) for text in (code, *labels) if text]
            known = {code for _, code, _ in entries}
            entries += [((scheme, fold(v)), code, o) for v, code, o in aliases[scheme] if code in known]
            for (_, text), owners in shared(entries):
                *others, origin = owners.values()
                message = f"{scheme} `{text}` means {' and '.join(owners)}; expected one code"
                yield RegisterProblem(origin, "clash", message, others=tuple(others))
