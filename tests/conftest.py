"""What many tests share: the order of folders, a home, a folder of sources, and the shared real files where present."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from idtracker.model.home import Home

pytest_plugins = ["tests.support.homes", "tests.support.programmes.cli_homes"]
ROOT = Path(__file__).parent.parent
TIERS = ("system", "component", "unit")
"""Folders of tests, the longest first: several processes stay busy to the end that way."""


# Whether drawing is slow, or an example large, depends on the machine and the seed, and is no fault of what is tested.
examples.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
examples.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """IATI files are held against the published standard, and briefings and formats written into publications, only where a test asks for that.

    Files are handed out in the order of collection; by itself `-n` puts those of few tests, the longest, last.
    """
    os.environ["IDTRACKER_IATI_STANDARD"] = "none"
    os.environ["IDTRACKER_FILES"] = os.environ["IDTRACKER_BRIEFING"] = "no"
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: TIERS.index(item.path.relative_to(ROOT / "tests").parts[0]))


def pytest_collection_finish() -> None:
    """What was imported and collected by now lives to the end: searches for cycles, a twelfth of the time, leave it out."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home and an empty folder of sources."""
    (tmp_path / "sources").mkdir()
    return Home(root=tmp_path / "home", sources=tmp_path / "sources")


@pytest.fixture
def write_source(home: Home) -> Callable[[str, str], Path]:
    """Write a source.yml; returns its folder."""

    def write(source_id: str, text: str) -> Path:
        folder = home.sources / source_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source.yml").write_text(dedent(text), "utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("IDTRACKER_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the shared real files are not at {folder}; name their folder in IDTRACKER_SHARED_DATA")
    return folder
