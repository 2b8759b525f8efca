"""The generated reference: what stands in the repository, kept equal to the definitions, and what only the site holds.

In the repository stands what is read without building: tables, metrics, methods, and the schemas beside the definitions.
"""

from __future__ import annotations

from pathlib import Path

import click

from docs_builder.codelists import codelists_page
from docs_builder.commands import commands_page
from docs_builder.definitions.method import method_definition_page
from docs_builder.documents import documents_page
from docs_builder.json_schemas import definition_schemas, schema_files
from docs_builder.markdown import COMMAND, links_kept, page
from docs_builder.method import method_page
from docs_builder.metrics import catalogue_index, metric_page
from docs_builder.rules import rules_page
from docs_builder.settings import settings_page
from docs_builder.source import programme_page, source_page
from docs_builder.tables import table_pages
from idtracker.analyse.metrics.registry import metrics

REFERENCE = Path("docs", "reference")
SCHEMAS = Path("docs", "schema")

_CONTENTS = {
    "tables.md": "what every published table and column holds",
    "metrics/README.md": "the integration metrics: formula, unit, inputs, limits",
    "method.md": "how reports become cells, scores and trends",
    "rules.md": "what is checked, and what follows",
    "codelists.md": "codes with their meanings in English and Arabic",
    "source-yml.md": "how a source is defined",
    "programme-yml.md": "how the country programme is defined",
    "method-yml.md": "how an index of any depth is defined",
    "commands.md": "every command, its options and exit codes",
    "documents.md": "what `--json` prints, with a JSON Schema each",
    "settings.md": "environment variables and where things are",
}


def reference_files(root: Path, sources: Path) -> dict[Path, str]:
    """Path -> text of what stands in the repository: pages below `root`, and the schemas beside the sources.

    A link to a page that only the site holds is left out; its words stay.
    """
    pages = _pages_to_read()
    return {
        **{root / REFERENCE / name: links_kept(name, text, pages.keys()) for name, text in pages.items()},
        **{sources / name: text for name, text in definition_schemas().items()},
    }


def site_files(commands: click.Group) -> dict[Path, str]:
    """Path below the pages of the site -> text: the whole reference, and every JSON Schema."""
    pages = {
        **_pages_to_read(),
        "rules.md": rules_page(),
        "codelists.md": codelists_page(),
        "source-yml.md": source_page(),
        "programme-yml.md": programme_page(),
        "commands.md": commands_page(commands),
        "documents.md": documents_page(),
        "settings.md": settings_page(),
    }
    return {
        **{REFERENCE / name: text for name, text in pages.items()},
        **{SCHEMAS / name: text for name, text in schema_files().items()},
    }


def _pages_to_read() -> dict[str, str]:
    """Pages that are read without building anything."""
    return {
        "README.md": _index(),
        **table_pages(),
        "metrics/README.md": page(catalogue_index()),
        **{f"metrics/{metric.id}.md": page(metric_page(metric)) for metric in metrics().values()},
        "method.md": method_page(),
        "method-yml.md": method_definition_page(),
    }


def stale_files(files: dict[Path, str], root: Path) -> list[Path]:
    """Files that are missing or differ, and generated ones that nothing defines any more, in order of their paths."""
    differing = [path for path, text in files.items() if not path.is_file() or path.read_text("utf-8") != text]
    present = (root / REFERENCE).rglob("*.md")
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
        "`make docs` makes one searchable site of all of these pages, of those written by hand and of the Python API, in "
        f"`build/reference/site`. Tables, metrics and method stand in the repository as well: `{COMMAND}` brings them up to "
        f"date, and `{COMMAND} --check` says which are not and writes nothing.",
        "\n".join(listed),
    )
