"""How `framework --composite` prints the number of each stage and its sensitivity table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idtracker.cli.output import console, show_table, styled
from idtracker.model.messages import Lang, phrase

if TYPE_CHECKING:
    from idtracker.publish.framework.document import CompositePage, CompositeVariant

_TEXTS = "publish/framework"


def show_composite(page: CompositePage, lang: Lang) -> None:
    """Who agreed what, then each stage: its sentence, and what the number would be with one choice made otherwise."""
    out = console(isolates=True)
    out.print()
    out.print(styled(phrase(_TEXTS, "composite", lang), "bold underline"))
    mean = phrase(_TEXTS, page.aggregation, lang)
    by = "; ".join(page.agreed_by)
    agreed = phrase(_TEXTS, "composite_agreed", lang, by=by, on=page.agreed_on, aggregation=mean)
    out.print(agreed, markup=False, soft_wrap=True)
    names = ("choice", "figure", "setting", "number", "difference")
    headings = [
        (phrase(_TEXTS, f"column_{n}", lang), "right" if n in ("number", "difference") else "left") for n in names
    ]
    for stage in page.stages:
        out.print(styled(f"{stage.text} ({stage.stage})", "bold"), soft_wrap=True)
        out.print(f"  {stage.sentence}", markup=False, soft_wrap=True)
        if stage.sensitivity:
            show_table(headings, [_cells(variant, lang) for variant in stage.sensitivity])


def _cells(variant: CompositeVariant, lang: Lang) -> tuple[str, ...]:
    value = "—" if variant.value is None else f"{variant.value:.1f}"
    difference = "—" if variant.difference is None else f"{variant.difference:+.1f}"
    return (phrase(_TEXTS, variant.choice, lang), variant.evidence or "—", variant.setting or "—", value, difference)
