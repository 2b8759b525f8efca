"""The section about the network: its published figures, the picture, every pair, and who is silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from idtracker.publish.briefing.pages.joint_work.metrics import Measured
from idtracker.publish.briefing.pages.joint_work.network_chart import network_spec
from idtracker.publish.briefing.pages.joint_work.ties import ACTIVITY, KINDS, Picture, closest, picture_of
from idtracker.publish.briefing.pages.wording import MOST, Words, counted, cut, not_known
from idtracker.publish.briefing.parts import Block, Chart, Edition, Listing, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

if TYPE_CHECKING:
    from idtracker.analyse.metrics.inputs import Inputs

_FIGURES = ("IM-16", "IM-17", "IM-18", "IM-24")


def network_section(source: PublishedRows, edition: Edition, inputs: Inputs, measured: Measured) -> Section:
    """The network of the latest measured quarter."""
    from idtracker.analyse.metrics.quarter import Quarter

    words = Words("integration", edition.lang)
    title = words.text("network_title", period=measured.period)
    picture = picture_of(inputs, Quarter.of(measured.period))
    if not picture.members:
        return Section("network", title, [words.sentence("network_empty", 1)])
    said = [sentence for metric_id in _FIGURES for sentence in measured.sentences(metric_id, words)]
    blocks: list[Block] = [Listing(said), *_silent(source, words, picture, measured.period)]
    ties = measured.row("IM-16", "value")
    if ties is None or ties["numerator"] is None:
        blocks.append(words.sentence("network_unproven", 1))
    elif ties["numerator"] != sum(ACTIVITY in pair.kinds for pair in picture.pairs):
        blocks.append(words.sentence("network_differs", 1))
    blocks += cut(edition.lang, picture.pairs)
    blocks.append(_chart(source, words, picture))
    why = [words.sentence(name, 3) for name in ("network_why_ties", "network_why_silence", "network_why_ends")]
    return Section("network", title, blocks, why)


def _chart(source: PublishedRows, words: Words, picture: Picture) -> Chart:
    def name_of(org: str) -> str:
        return source.name_of_organisation(org, words.lang)

    labels = {kind: words.text(f"tie_{kind}") for kind in KINDS}
    said = labels | {name: words.text(f"network_{name}") for name in ("ties", "reports", "came", "missing")}
    shown = closest(picture, MOST)
    rows = [
        (
            name_of(pair.a),
            name_of(pair.b),
            words.list_of(labels[kind] for kind in pair.kinds),
            words.list_of(pair.activities),
        )
        for pair in shown.pairs
    ]
    headings = [words.text(f"network_{name}") for name in ("first", "second", "ties", "activities")]
    table = Table(words.text("network_pairs"), headings, rows, empty_text=words.text("network_no_pairs"))
    return Chart(words.text("network_chart"), network_spec(shown, name_of, said), _alt(words, picture, name_of), table)


def _alt(words: Words, picture: Picture, name_of: Callable[[str], str]) -> str:
    alone = {member.org_id for member in picture.members} - {org for pair in picture.pairs for org in (pair.a, pair.b)}
    if not picture.pairs:
        return words.text("network_no_pairs")
    without = words.list_of(name_of(org) for org in sorted(alone)) or words.text("nobody")
    return words.text("network_alt", names=without)


def _silent(source: PublishedRows, words: Words, picture: Picture, period: str) -> list[Sentence | Table]:
    """Who owes a report for the quarter that has not come, with its sources; that nobody does is said too."""
    silent = [member for member in picture.members if member.missing]
    if not silent:
        return [words.sentence("nobody_silent" if source.has_rows("obligation") else "owed_not_known")]
    owed = counted(source, "obligation", period=period, received_at=None)
    headings = [words.text("network_organisation"), words.text("network_sources")]
    rows = [
        (
            source.name_of_organisation(m.org_id, words.lang),
            words.list_of(source.name_of_source(name, words.lang) for name in m.missing),
        )
        for m in silent
    ]
    return [
        words.sentence("silent", 1, owed=owed, period=period),
        Table(words.text("network_silent"), headings, rows, empty_text=not_known(words.lang)),
    ]
