"""The page of the commands, read from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from docs_builder.json_schemas import COMMANDS as DOCUMENTED
from docs_builder.json_schemas import file_name_of
from docs_builder.markdown import anchor, code, codes, fence, page, plain, prose, table
from idtracker.model import errors
from idtracker.model.errors import IdtrackerError


@dataclass(frozen=True, slots=True)
class Leaf:
    """One command that does something, with the words that call it."""

    path: tuple[str, ...]
    command: click.Command
    context: click.Context

    @property
    def name(self) -> str:
        return " ".join(self.path)

    def options(self) -> list[click.Option]:
        return [p for p in self.command.params if isinstance(p, click.Option) and not p.hidden]


def leaves_of(group: click.Group, prefix: tuple[str, ...] = (), parent: click.Context | None = None) -> Iterator[Leaf]:
    """Every command below a group, in the order in which the group lists them."""
    context = click.Context(group, info_name=prefix[-1] if prefix else group.name, parent=parent)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            raise errors.UsageError(f"The command `{' '.join((*prefix, name))}` is listed and does not exist.")
        path = (*prefix, name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield Leaf(path, command, click.Context(command, info_name=name, parent=context))
        if isinstance(command, click.Group):
            yield from leaves_of(command, path, context)


def commands_page(group: click.Group) -> str:
    """Markdown of commands.md. Options that every command has are said once."""
    leaves = list(leaves_of(group))
    shared = [o for o in leaves[0].options() if all(_same(o, leaf.options()) for leaf in leaves[1:])]
    of_program = [p for p in group.params if isinstance(p, click.Option)]
    return page(
        "# Commands",
        prose(inspect.cleandoc(group.help or "")),
        table(["command", "does"], [[f"[`{leaf.name}`]({anchor(leaf.name)})", _summary(leaf)] for leaf in leaves]),
        "## Options of every command",
        _options(shared),
        "## Options of the program",
        "They stand before the command: `idtracker --home var status`.",
        _options(of_program),
        "## Errors",
        "An error is one message on stderr that names the place and the remedy. With `--json` it is one document on stdout "
        f"([schema](../schema/{file_name_of('error')})).",
        table(["error", "exit code", "when"], [[code(e.__name__), str(e.exit_code), _when(e)] for e in _errors()]),
        *(_leaf(leaf, shared) for leaf in leaves),
    )


def _same(option: click.Option, others: list[click.Option]) -> bool:
    return any(o.opts == option.opts and o.help == option.help for o in others)


def _summary(leaf: Leaf) -> str:
    return plain(inspect.cleandoc(leaf.command.help or "").split("\n\n")[0])


def _errors() -> list[type[IdtrackerError]]:
    error_types = [v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, IdtrackerError)]
    return sorted(error_types, key=lambda e: (e.exit_code, e.__name__))


def _when(error: type[IdtrackerError]) -> str:
    return plain(" ".join((error.__doc__ or "").split()))


def _leaf(leaf: Leaf, shared: list[click.Option]) -> str:
    pieces = leaf.command.collect_usage_pieces(leaf.context)
    own = [o for o in leaf.options() if not _same(o, shared)]
    blocks = [
        f"## {leaf.name}",
        fence(f"idtracker {leaf.name} {' '.join(pieces)}"),
        prose(inspect.cleandoc(leaf.command.help or "")),
    ]
    if own:
        blocks.append(_options(own))
    if leaf.name in DOCUMENTED:
        blocks.append(f"The document of `--json`: [schema](../schema/{file_name_of(leaf.name)}).")
    return "\n\n".join(blocks)


def _options(options: list[click.Option]) -> str:
    rows = []
    for option in options:
        info = option.to_info_dict()
        notes = ["required"] * option.required + ["may be repeated"] * option.multiple
        rows.append([codes([*option.opts, *option.secondary_opts]), _value(info), _default(info), _help(option, notes)])
    return table(["option", "value", "default", "meaning"], rows)


def _help(option: click.Option, notes: list[str]) -> str:
    return " ".join(
        [plain(option.help or ""), *(f"({note})" for note in notes if note not in (option.help or ""))]
    ).strip()


def _value(info: dict[str, Any]) -> str:
    if info["is_flag"]:
        return ""
    choices = info["type"].get("choices")
    return " or ".join(code(c) for c in choices) if choices else str(info["type"]["name"])


def _default(info: dict[str, Any]) -> str:
    value = info["default"]
    return "" if value is None or info["is_flag"] or value in ((), []) else code(value)
