"""Which methods are at hand, and the definition of one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from idtracker.model.composite.definition import Index
from idtracker.model.composite.load import index_from, is_index, of_programme, shipped
from idtracker.model.config.definition_file import read_definition
from idtracker.model.config.method_choice import MethodChoice
from idtracker.model.config.programme import load_programme
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.home import Home
from idtracker.model.method import BUNDLED, Method, load_method
from idtracker.model.methods.chosen import Role
from idtracker.model.methods.named_indices import IndexEntry
from idtracker.operate.documents.methods.checked import Kind, ListedMethod, Where


@dataclass(frozen=True, slots=True)
class Known:
    """One method that is at hand, by its name."""

    name: str
    where: Where
    file: Path


def known_methods(home: Home) -> list[Known]:
    """Those of the programme, the indices that are shipped, the tracker's own."""
    own = {path.stem: path for path in sorted(BUNDLED.parent.glob("*.yml"))}
    places: Iterable[tuple[Where, dict[str, Path]]] = (
        ("programme", of_programme(home.sources)),
        ("shipped", shipped()),
        ("shipped", own),
    )
    return [Known(name, where, path) for where, found in places for name, path in found.items()]


def find_method(home: Home, named: str | None) -> Known:
    """The method of a name, file or version, those of the programme first; the programme's headline where none is named.

    UsageError with the nearest name; DefinitionError where none is named and programme.yml is wrong.
    """
    named = named or load_programme(home.sources).method.headline or BUNDLED.stem
    known = known_methods(home)
    for method in known:
        if method.name.casefold() == named.casefold():
            return method
    if Path(named).is_file():
        return Known(Path(named).stem, "file", Path(named))
    for method in known:
        if (listed(method).method_version or "").casefold() == named.casefold():
            return method
    near = get_close_matches(named.upper(), [method.name for method in known], n=1)
    hint = f"Did you mean `{near[0]}`?" if near else "`idtracker method list` names them."
    raise UsageError(f"There is no method and no file `{named}`. {hint}")


def load_known(method: Known) -> Index | Method:
    """The definition; DefinitionError where it is wrong."""
    document = read_definition(method.file)
    return index_from(document, method.file) if is_index(document) else load_method(method.file)


def index_of(method: Known) -> Index:
    """The index of a method that can be computed on a file; UsageError for the tracker's own."""
    found = load_known(method)
    if isinstance(found, Method):
        raise UsageError(
            f"{method.name} is the tracker's own method: it is computed by `idtracker run`, not on a file."
        )
    return found


def listed_methods(home: Home) -> list[ListedMethod]:
    """Every method that is at hand, with what it does in this programme; nothing is said of that where programme.yml is wrong.

    A name that the programme and the package have both is that of the programme's method.
    """
    roles: dict[str, Role] = {}
    indices: list[IndexEntry] = []
    with suppress(DefinitionError):
        programme = load_programme(home.sources)
        choice, indices = programme.method, programme.indices
        roles |= {name.casefold(): "earlier" for name in choice.earlier}
        roles |= {name.casefold(): "also" for name in choice.also}
        roles[(choice.headline or BUNDLED.stem).casefold()] = "headline"
    of: dict[str, list[str]] = {}
    for entry in indices:
        of.setdefault(entry.method.casefold(), []).append(entry.id)
    rows = []
    for known in known_methods(home):
        row = listed(known, roles.pop(known.name.casefold(), None))
        rows.append(row.model_copy(update={"indices": of.pop(known.name.casefold(), [])}))
    return rows


def problems_as_scoring(home: Home, method: Known) -> list[str]:
    """What keeps a method that programme.yml names from scoring the tracker; nothing is said where programme.yml or the register is wrong."""
    from idtracker.model.methods.chosen import load_methods
    from idtracker.model.register.register import Register

    try:
        choice = load_programme(home.sources).method
        named = {name.casefold() for name in (choice.headline, *choice.also, *choice.earlier) if name}
        if method.where == "file" or method.name.casefold() not in named:
            return []
        register, _ = Register.sound(home.sources)
    except DefinitionError:
        return []
    try:
        load_methods(home.sources, MethodChoice(headline=method.name), list(register.indicators["indicator_id"]))
    except DefinitionError as problem:
        return list(problem.problems)
    return []


def listed(method: Known, role: Role | None = None) -> ListedMethod:
    """One line of the list; a definition that is wrong is listed with its problems."""
    try:
        found = load_known(method)
    except DefinitionError as problem:
        return ListedMethod(
            name=method.name, kind="index", where=method.where, role=role, method_version=None, title=None,
            file=str(method.file), problems=problem.problems,
        )  # fmt: skip
    return ListedMethod(
        name=method.name, kind=kind_of(found), where=method.where, role=role,
        method_version=found.method_version, title=found.title, file=str(method.file), problems=[],
    )  # fmt: skip


def kind_of(found: Index | Method) -> Kind:
    """Whether a method is a tree of any depth, or the tracker's own."""
    return "index" if isinstance(found, Index) else "tracker"
