"""The optional composite of the framework's page: read from published figures, with its sensitivity table."""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.framework.composite import Known, StageNumber, Variant, stage_numbers
from idtracker.model.framework.definition import Framework, Label
from idtracker.model.messages import Lang, phrase
from idtracker.publish.framework.document import CompositePage, CompositeStage, CompositeVariant
from idtracker.store.tables import quoted, quoted_list, read_table

_TEXTS = "publish/framework"


def composite_page(
    connection: duckdb.DuckDBPyConnection, framework: Framework, period: str | None, lang: Lang
) -> tuple[CompositePage | None, set[tuple[str | None, str | None]]]:
    """The composite of a quarter, None where the framework has none that can be used, and how the figures in it are marked."""
    composite = framework.composite
    if composite is None or period is None or composite.agreed_on is None:
        return None, set()
    names = quoted_list(figure.series for figure in composite.figures)
    rows = read_table(connection, "framework_evidence", f"period = {quoted(period)} AND evidence_code IN ({names})")
    plain = rows.astype("object").where(rows.notna(), None).drop_duplicates("evidence_code")
    cells = plain[["evidence_code", "value", "lower", "upper"]].itertuples(index=False, name=None)
    known = {str(name): Known(*values) for name, *values in cells}
    labels = {stage.code: stage.label for stage in framework.stages}
    page = CompositePage(
        agreed_by=list(composite.agreed_by),
        agreed_on=composite.agreed_on.isoformat(),
        aggregation=composite.aggregation,
        stages=[_stage(number, labels[number.stage], lang) for number in stage_numbers(framework, known)],
    )
    marks: pd.DataFrame = plain[["classification", "releasable_to"]]
    return page, set(marks.itertuples(index=False, name=None))


def _stage(number: StageNumber, label: Label, lang: Lang) -> CompositeStage:
    return CompositeStage(
        stage=number.stage,
        text=label.ar if lang == "ar" else label.en,
        value=number.value,
        lower=number.lower,
        upper=number.upper,
        coverage=number.coverage,
        figures=[figure.series for figure in number.figures],
        missing=list(number.missing),
        without_interval=list(number.without_interval),
        sensitivity=[_variant(variant) for variant in number.variants],
        sentence=_sentence(number, lang),
    )


def _variant(variant: Variant) -> CompositeVariant:
    return CompositeVariant(
        choice=variant.choice,
        evidence=variant.series,
        setting=variant.setting or None,
        value=variant.value,
        difference=variant.difference,
    )


def _sentence(number: StageNumber, lang: Lang) -> str:
    counts = {"known": len(number.figures) - len(number.missing), "count": len(number.figures)}
    if number.value is None:
        return phrase(_TEXTS, "composite_withheld", lang, coverage=f"{number.coverage:.0%}", **counts)
    moved = [variant.difference for variant in number.variants if variant.difference is not None]
    least, most = (number.value + f(moved, default=0.0) for f in (min, max))
    line = phrase(_TEXTS, "composite_number", lang, value=f"{number.value:.1f}", **counts)
    if number.lower is not None and number.upper is not None:
        line += " " + phrase(_TEXTS, "composite_range", lang, lower=f"{number.lower:.1f}", upper=f"{number.upper:.1f}")
    else:
        line += " " + phrase(_TEXTS, "composite_bare", lang, bare=len(number.without_interval), known=counts["known"])
    return line + " " + phrase(_TEXTS, "composite_moved", lang, least=f"{least:.1f}", most=f"{most:.1f}")
