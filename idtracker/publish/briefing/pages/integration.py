"""The pages about integration: the framework in short, the network, overlap, time to share, tiers of effect and every metric."""

from __future__ import annotations

from idtracker.publish.briefing.pages.framework import stages_section
from idtracker.publish.briefing.pages.joint_work.metric_tables import families_section, family_pages
from idtracker.publish.briefing.pages.joint_work.metrics import measured_in
from idtracker.publish.briefing.pages.joint_work.network import network_section
from idtracker.publish.briefing.pages.joint_work.overlap import overlap_section
from idtracker.publish.briefing.pages.joint_work.published_inputs import latest_measured, published_inputs
from idtracker.publish.briefing.pages.joint_work.sharing import sharing_section
from idtracker.publish.briefing.pages.joint_work.tiers import tiers_section
from idtracker.publish.briefing.pages.wording import Words
from idtracker.publish.briefing.parts import Edition, Page, Section
from idtracker.publish.briefing.source import PublishedRows

PATH = "integration.html"


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """Integration in the latest measured quarter, and a page for each family of metrics."""
    words = Words("integration", edition.lang)
    title, menu = words.text("title"), words.text("menu")
    period = latest_measured(source)
    if period is None:
        return [Page(PATH, title, [Section("empty", title, [words.sentence("empty", 1)])], menu)]
    measured, inputs = measured_in(source, period, edition.lang), published_inputs(source, edition)
    sections = [
        *stages_section(source, edition),
        network_section(source, edition, inputs, measured),
        overlap_section(source, edition, inputs, measured),
        sharing_section(source, edition, inputs, measured),
        tiers_section(source, edition, inputs, measured),
        families_section(source, measured, edition.lang),
    ]
    return [Page(PATH, title, sections, menu), *family_pages(source, measured, edition.lang)]
