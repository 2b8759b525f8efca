"""Every generated file of the reference, and keeping those on disk equal to the definitions."""

from __future__ import annotations

from pathlib import Path

import click

from docs_builder.codelists import codelists_page
from docs_builder.commands import commands_page
from docs_builder.documents import documents_page
from docs_builder.json_schemas import schema_files
from docs_builder.markdown import COMMAND, page
from docs_builder.method import method_page
from docs_builder.metrics import catalogue_index, metric_page
from docs_builder.rules import rules_page
from docs_builder.settings import settings_page
from docs_builder.source import programme_page, source_page
from docs_builder.tables import table_pages
from idtracker.analyse.metrics.registry import metrics

REFERENCE = Path("docs", "reference")
SCHEMAS = Path("docs", "schema")
_BESIDE_SOURCES = "source.schema.json"

_CONTENTS = {
    "tables.md": "what every published table and column holds",
    "metrics/README.md": "the integration metrics: formula, unit, inputs, limits",
    "method.md": "how reports become cells, scores and trends",
    "rules.md": "what is checked, and what follows",
    "codelists.md": "codes with their meanings in English and Arabic",
    "source-yml.md": "how a source is defined",
    "programme-yml.md": "how the country programme is defined",
    "commands.md": "every command, its options and exit codes",
    "documents.md": "what `--json` prints, with a JSON Schema each",
    "settings.md": "environment variables and where things are",
}


def reference_files(root: Path, sources: Path, commands: click.Group) -> dict[Path, str]:
    """Path -> text of every generated file: pages and schemas below `root`, one schema beside the sources."""
    schemas = schema_files()
    pages = {
        "README.md": _index(),
        **table_pages(),
        "metrics/README.md": page(catalogue_index()),
        **{f"metrics/{metric.id}.md": page(metric_page(metric)) for metric in metrics().values()},
        "method.md": method_page(),
        "rules.md": rules_page(),
        "codelists.md": codelists_page(),
        "source-yml.md": source_page(),
        "programme-yml.md": programme_page(),
        "commands.md": commands_page(commands),
        "documents.md": documents_page(),
        "settings.md": settings_page(),
    }
    return {
        **{root / REFERENCE / name: text for name, text in pages.items()},
        **{root / SCHEMAS / name: text for name, text in schemas.items()},
        sources / _BESIDE_SOURCES: schemas[_BESIDE_SOURCES],
    }


def stale_files(files: dict[Path, str], root: Path) -> list[Path]:
    """Files that are missing or differ, and generated ones that nothing defines any more, in order of their paths."""
    differing = [path for path, text in files.items() if not path.is_file() or path.read_text("utf-8") != text]
    present = [*(root / REFERENCE).rglob("*.md"), *(root / SCHEMAS).glob("*.schema.json")]
    orphaned = [path for path in present if path not in files and COMMAND in path.read_text("utf-8")]
    return sorted([*differing, *orphaned])


def bring_up_to_date(files: dict[Path, str], stale: list[Path]) -> None:
    """Write the stale files that are defined and remove the others; nothing else is touched."""
    for path in stale:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], "utf-8")
        else:
            path.unlink()


def _index() -> str:
    listed = [
        f"- [{Path(name).stem if '/' not in name else 'metrics'}]({name}): {says}" for name, says in _CONTENTS.items()
    ]
    return page(
        "# Reference",
        f"Made from the definitions by `{COMMAND}`; `{COMMAND} --check` says what is out of date and writes nothing.",
        "\n".join(listed),
    )
