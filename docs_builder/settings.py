"""The page of the settings: environment variables, the layout of a home, audiences."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path

from docs_builder.markdown import code, fence, page, plain, table
from idtracker.ingest.landing.chain import ANCHOR
from idtracker.model.home import Home
from idtracker.model.published.audience import OWNER
from idtracker.publish.briefing.published import SETTING as BRIEFING
from idtracker.publish.manifest import DATABASE
from idtracker.publish.sharing import SETTING
from idtracker.publish.snapshot import KEPT_VERSIONS

_VARIABLE = re.compile(r'(?P<field>\w+)=Path\(\w+ or os\.environ\.get\("(?P<variable>\w+)"\) or "(?P<default>[^"]+)"\)')
_MEANING = {
    "home": "Home of one country programme: everything that the pipeline keeps and publishes.",
    "sources": "Folder of the source definitions, with `programme.yml` and `_reference/`.",
    "inbox": "`<source_id>/`: people and systems drop files here.",
    "landing": "`ab/abcdef…`: received bytes by their SHA-256, never changed; `ledger/`: what was received, when and from whom.",
    "accepted": "Accepted and held rows of each submission, Parquet.",
    "store": "The writer's store. It can be made again from what was received; readers never open it.",
    "published": "`<audience>/current`: the published store. Readers open this.",
    "definitions": "`<source_id>/`: the last sound definition of each source, for the day on which one is wrong.",
    "dagster": "Storage of the orchestrator: runs, events, schedules.",
}
_ONLY_VARIABLES = {
    SETTING: "Group of the machine that may read publications; left out: nobody but the user of the service.",
    BRIEFING: "`no`: runs on this machine draw no briefing; `idtracker briefing` does where it is asked for.",
    ANCHOR: "File outside the home to which the last link of the audit chain is added whenever something is sealed.",
}
_LOGS = {"runs.jsonl": "Log of the runs, one line each; only ever added to."}
_PUBLISHED = {
    DATABASE: "every published table, for any DuckDB client from 1.4 on",
    "parquet/": "one file for each table",
    "data_docs/": "results of the expectations, as pages that work offline",
    "manifest.json": "programme, notice, day of knowledge, rows and content hash of each table, versions",
}


def environment_variables() -> list[tuple[str, str, str]]:
    """(setting, variable, default) of every setting, in the order of Home."""
    variables = {m["field"]: (m["variable"], m["default"]) for m in _VARIABLE.finditer(inspect.getsource(Home.resolve))}
    return [("home" if f.name == "root" else f.name, *variables[f.name]) for f in fields(Home)]


def home_layout() -> dict[str, str]:
    """Name of each place of a home -> its path below the home."""
    home = Home(root=Path("home"), sources=Path("sources"))
    names = [name for name, value in vars(Home).items() if isinstance(value, property)]
    return {name: Path(getattr(home, name)).relative_to("home").as_posix() for name in names}


def settings_page() -> str:
    """Markdown of settings.md."""
    variables = [
        [code(f"--{name}"), code(variable), code(f"./{default}"), plain(_MEANING[name])]
        for name, variable, default in environment_variables()
    ]
    layout = [[code(path), plain(_MEANING[name])] for name, path in home_layout().items()]
    layout += [[code(path), plain(meaning)] for path, meaning in _LOGS.items()]
    return page(
        "# Settings",
        plain(inspect.cleandoc(Home.resolve.__doc__ or "")),
        table(["option", "environment variable", "default", "what it is"], variables),
        table(
            ["environment variable", "what it is"],
            [[code(name), plain(text)] for name, text in _ONLY_VARIABLES.items()],
        ),
        "Everything else about a programme stands in [programme.yml](programme-yml.md), and everything about a source in its "
        "[source.yml](source-yml.md). Time is an argument as well: `--as-of` and `--as-known-at` of the [commands](commands.md).",
        "## Layout of a home",
        table(["path below the home", "what it holds"], layout),
        "## Layout of a publication",
        f"`{home_layout()['published']}/<audience>/current` is a link to the newest of the last {KEPT_VERSIONS} versions. It changes "
        "in one step: a reader sees the old version or the new one, never a half.",
        fence(_tree()),
        "## Audiences",
        f"`{OWNER.id}` is the audience that sees everything, held rows too ({OWNER.title}); `audiences` of "
        "[programme.yml](programme-yml.md) names the others.",
    )


def _tree() -> str:
    width = max(map(len, _PUBLISHED))
    return "\n".join(f"current/{name:<{width}}  {meaning}" for name, meaning in _PUBLISHED.items())
