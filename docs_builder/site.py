"""The pages of the site: those written by hand, the whole reference, the decisions and the Python API.

`make docs` writes them here, laid out as in the repository so that every link holds, and MkDocs makes the site of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from docs_builder.markdown import page
from docs_builder.reference_pages import REFERENCE, site_files
from idtracker.cli import cli

PAGES = Path("build", "reference", "pages")
DOCS = Path("docs")
DECISIONS = DOCS / "decisions"

PYTHON_API = {
    "Reading what is published": ("idtracker.open", "idtracker.publish.tracker.Tracker"),
    "A home and its catalogue": (
        "idtracker.model.home.Home",
        "idtracker.ingest.judge.catalogue.load_catalogue",
        "idtracker.ingest.judge.catalogue.ProgrammeCatalogue",
    ),
    "Judging a file": (
        "idtracker.ingest.judge.assess.assess",
        "idtracker.ingest.judge.assessment.Assessment",
        "idtracker.feedback.check.result.check_file",
        "idtracker.feedback.check.result.CheckResult",
        "idtracker.feedback.check.document",
    ),
    "Running the pipeline": (
        "idtracker.operate.run.Runner",
        "idtracker.operate.pipeline.run_pipeline",
        "idtracker.operate.pipeline.run_steps",
        "idtracker.operate.documents.run",
    ),
    "Cells, scores and trends": (
        "idtracker.analyse.merge.cells.merge_observations",
        "idtracker.analyse.index.score.score_states",
        "idtracker.analyse.index.trend.trend_states",
    ),
    "Metrics": ("idtracker.analyse.metrics.registry",),
    "Documents": ("idtracker.model.document.Document",),
}


def site_pages(root: Path) -> Iterator[tuple[Path, str | Path]]:
    """Path below the pages -> text, or the file of the repository that is taken as it is."""
    by_hand = [*root.glob("*.md"), root / "LICENSE", *(root / DOCS).rglob("*")]
    for path in by_hand:
        name = path.relative_to(root)
        if path.is_file() and not name.is_relative_to(REFERENCE):
            yield name, path
    assets = Path(__file__).with_name("assets")
    yield from ((Path("assets", path.name), path) for path in sorted(assets.iterdir()))
    yield from site_files(cli).items()
    yield DECISIONS / "README.md", _decisions(root)
    yield DOCS / "python-api.md", _python_api()


def write_pages(root: Path) -> Path:
    """Write the pages of the site below `root`, and nothing else; returns their folder."""
    folder = root / PAGES
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in site_pages(root):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_text(content, "utf-8")
    return folder


def _decisions(root: Path) -> str:
    files = sorted((root / DECISIONS).glob("*.md"))
    titles = [path.read_text("utf-8").split("\n", 1)[0].removeprefix("# ") for path in files]
    return page(
        "# Decisions",
        "Choices that would puzzle the next reader, each with its context and its consequence.",
        "\n".join(f"- [{title}]({path.name})" for title, path in zip(titles, files, strict=True)),
    )


def _python_api() -> str:
    parts = [f"## {part}\n\n" + "\n\n".join(f"::: {name}" for name in names) for part, names in PYTHON_API.items()]
    return page(
        "# Python API",
        "What the library offers to a program. `import idtracker` is all that reading needs; the other functions are those "
        "that the command line and the pipeline call.",
        *parts,
    )


if __name__ == "__main__":
    write_pages(Path.cwd())
