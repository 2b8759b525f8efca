"""Nothing grows beyond what one can read at once: lines of a file and of a function, files of a folder."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("idtracker", "pipelines", "docs_builder", "benchmarks", "tests")
LINES_OF_FILE, LINES_OF_FUNCTION, FILES_OF_FOLDER = 300, 40, 15


def _modules() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def test_no_file_is_too_long() -> None:
    lengths = {name: len(text.splitlines()) for name, text in _modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{name}: {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, text in _modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_FUNCTION} == {}


def test_no_folder_of_modules_has_too_many_files() -> None:
    """Folders that hold data alone, such as codelists and messages, may have more."""
    folders = {path.parent for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    counts = {folder: sum(path.is_file() for path in folder.iterdir()) for folder in folders}
    assert {str(f.relative_to(ROOT)): n for f, n in counts.items() if n > FILES_OF_FOLDER} == {}


def test_no_two_files_of_tests_have_one_name() -> None:
    """They import helpers beside them by plain name: pytest collects the whole suite only if each name is there once."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.stem not in ("conftest", "__init__"))
    assert [name for name, times in names.items() if times > 1] == []
