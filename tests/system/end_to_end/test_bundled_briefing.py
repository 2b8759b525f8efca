"""The pages about integration, judgements, quality and methods over the bundled programme: each number is the published one."""

from __future__ import annotations

import duckdb
import pytest
from conftest import RunHome  # type: ignore[attr-defined]

from idtracker.model.messages import LANGS, Lang
from idtracker.publish.briefing.pages import framework, integration, judgements, methods, quality
from idtracker.publish.briefing.parts import Edition
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.manifest import DATABASE
from tests.unit.publish.briefing.pages_of_rows import check_numbers, said, tables

MODULES = (integration, framework, judgements, quality, methods)


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_the_pages_is_the_published_one(programme: RunHome, lang: Lang) -> None:
    with duckdb.connect(str(programme.published / DATABASE), read_only=True) as connection:
        source = PublishedRows(connection)
        edition = Edition(
            "Readers", "Programme", "", "publication", "2026-11-15T00:00:00Z", "OFFICIAL", lang, source.latest_period
        )
        pages = [page for module in MODULES for page in module.pages(source, edition)]
        assert len(pages) == 1 + 7 + 1 + 12 + 1 + 1 + 2
        figures, counts = check_numbers(source, pages)
        assert figures > 1500 and counts > 300
        texts = {page.path: said(page) for page in pages}
        assert not any({"nan", "<NA>", "NaT"} & set(text.split()) for text in texts.values())
        assert len({text for path, text in texts.items() if path.startswith("framework-")}) == 12
        filled = [table for page in pages for table in tables(page) if table.rows]
        assert len(filled) > 60
        assert all(len(row) == len(table.headings) for table in filled for row in table.rows)


def test_pictures_are_drawn_from_the_rows_that_the_published_figures_count(programme: RunHome) -> None:
    with duckdb.connect(str(programme.published / DATABASE), read_only=True) as connection:
        source = PublishedRows(connection)
        edition = Edition(
            "Readers", "Programme", "", "publication", "2026-11-15T00:00:00Z", "OFFICIAL", "en", "2026-Q3"
        )
        page = integration.pages(source, edition)[0]
    network, overlap = (next(s for s in page.sections if s.id == name) for name in ("network", "overlap"))
    assert "shows other pairs" not in said(network) and "MOD" in said(network)
    assert [row[0] for row in programme.sql("SELECT org_id FROM obligation WHERE period = '2026-Q3' AND received_at IS NULL ORDER BY 1")] == [
        "GB-GOV-8", "GB-GOV-8", "XM-DAC-41121",
    ]  # fmt: skip
    assert "latest quarter in which any do is 2026-Q2" in said(overlap)
    (untied,) = programme.sql(
        "SELECT numerator FROM metric_value WHERE metric_id = 'IM-34' AND measure = 'value' AND scope = 'programme' AND period = '2026-Q2'"
    )
    pairs = [*tables(overlap)][-1]
    assert sum("nothing says that they cooperate" in said(row[3]) for row in pairs.rows) == untied[0] > 0
