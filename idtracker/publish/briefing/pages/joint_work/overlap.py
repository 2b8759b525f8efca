"""The section about overlap: who is present in the same place and sector, which pairs meet, and whether anything ties them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idtracker.publish.briefing.pages.joint_work.metrics import PROGRAMME, Measured, measured_in
from idtracker.publish.briefing.pages.wording import MOST, Words, cut
from idtracker.publish.briefing.parts import Block, Chart, Edition, Listing, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

if TYPE_CHECKING:
    from idtracker.analyse.metrics.inputs import Inputs
    from idtracker.analyse.metrics.overlap.pairs import Meeting, Ties
    from idtracker.analyse.metrics.overlap.presence import Cell, Presence

_FIGURES = (
    ("IM-32", "value"), ("IM-33", "presence"), ("IM-34", "value"), ("IM-34", "unrated"),
    ("IM-35", "value"), ("IM-35", "without_joint"),
)  # fmt: skip
_STATES = ("alone", "tied", "untied")
_COLOURS = ["#d6dde4", "#6baed6", "#d95f0e"]


@dataclass(frozen=True, slots=True)
class Met:
    """Presence, meetings and ties of one quarter, as far as the rows of the publication show them."""

    measured: Measured
    present: Presence
    meetings: list[Meeting]
    ties: Ties
    is_whole: bool
    """Whether the published rate counts as many pairs, tied and not: else the publication leaves out rows that it rests on."""

    def is_tied(self, pair: Meeting) -> bool:
        """Whether anything says that a pair cooperates."""
        return (pair.a, pair.b) in self.ties.tied


def overlap_section(source: PublishedRows, edition: Edition, inputs: Inputs, measured: Measured) -> Section:
    """Overlap in the latest quarter in which anybody meets; that it is not the latest measured one is said first."""
    words = Words("integration", edition.lang)
    met = _met(source, edition, inputs, measured)
    if met is None:
        title = words.text("overlap_title", period=measured.period)
        said = [sentence for metric, name in _FIGURES for sentence in measured.sentences(metric, words, measure=name)]
        return Section("overlap", title, [words.sentence("overlap_empty", 1), Listing(said)])
    period = met.measured.period
    blocks: list[Block] = []
    if period != measured.period:
        blocks.append(words.sentence("overlap_earlier", 1, latest=measured.period, period=period))
    blocks.append(
        Listing([s for metric, name in _FIGURES for s in met.measured.sentences(metric, words, measure=name)])
    )
    blocks += [*cut(edition.lang, met.present.orgs), _map(source, words, met), *_pairs(source, words, met)]
    why = [words.sentence(name, 3) for name in ("overlap_why_cells", "overlap_why_ties")]
    return Section("overlap", words.text("overlap_title", period=period), blocks, why)


def _met(source: PublishedRows, edition: Edition, inputs: Inputs, measured: Measured) -> Met | None:
    """The latest quarter of the published metrics in which two organisations meet; None where there is none in a year."""
    from idtracker.analyse.metrics.overlap.pairs import meetings, ties
    from idtracker.analyse.metrics.overlap.presence import presence
    from idtracker.analyse.metrics.quarter import Quarter

    for quarter in reversed(Quarter.of(measured.period).window()):
        present = presence(inputs, quarter)
        pairs, known = meetings(present), ties(inputs, quarter)
        if pairs:
            here = measured if quarter.code == measured.period else measured_in(source, quarter.code, edition.lang)
            row = here.row("IM-34", "value", PROGRAMME)
            untied = sum((pair.a, pair.b) not in known.tied for pair in pairs)
            is_whole = row is not None and (row["numerator"], row["denominator"]) == (untied, len(pairs))
            return Met(here, present, pairs, known, is_whole)
    return None


def _map(source: PublishedRows, words: Words, met: Met) -> Chart:
    """Places by sectors: one organisation, several that are tied, or several of which a pair is not."""
    tied: dict[Cell, list[bool]] = {cell: [] for cell in met.present.orgs}
    for pair in met.meetings:
        for cell in pair.cells:
            tied[cell].append(met.is_tied(pair))
    states = _shown({cell: "alone" if not each else "tied" if all(each) else "untied" for cell, each in tied.items()})
    labels = {state: words.text(f"cell_{state}" if met.is_whole else f"cell_{state}_here") for state in _STATES}
    values = [
        {"place": source.name_of_place(place, words.lang), "sector": sector, "state": labels[state]}
        for (place, sector), state in states.items()
    ]
    rows = [
        (
            source.name_of_place(place, words.lang),
            sector,
            words.list_of(source.name_of_organisation(org, words.lang) for org in sorted(orgs)),
            labels[states[place, sector]],
        )
        for (place, sector), orgs in met.present.orgs.items()
        if (place, sector) in states
    ]
    headings = [words.text(f"overlap_{name}") for name in ("place", "sector", "organisations", "state")]
    table = Table(words.text("overlap_cells"), headings, rows, empty_text=words.text("overlap_empty"))
    at = sorted({source.name_of_place(place, words.lang) for (place, _), s in states.items() if s == "untied"})
    alt = words.text("overlap_alt", places=words.list_of(at) if at else words.text("nowhere"))
    return Chart(words.text("overlap_map"), map_spec(values, labels, words), alt, table)


def _shown(states: dict[Cell, str]) -> dict[Cell, str]:
    """The cells that a page bears: where there are too many, those in which organisations meet, those without a tie first."""
    if len(states) <= MOST:
        return states
    met = sorted(
        (cell for cell in states if states[cell] != "alone"), key=lambda cell: (states[cell] != "untied", cell)
    )
    kept = set(met[:MOST])
    return {cell: state for cell, state in states.items() if cell in kept}


def map_spec(values: list[dict[str, str]], labels: dict[str, str], words: Words) -> dict[str, Any]:
    """The Vega-Lite specification of the map of cells."""
    axis = {"title": None, "labelLimit": 240, "domain": False, "ticks": False}
    scale = {"domain": [labels[state] for state in _STATES], "range": _COLOURS}
    legend = {"title": words.text("overlap_state"), "orient": "bottom", "columns": 1, "labelLimit": 620}
    return {
        "width": {"step": 58},
        "padding": {"left": 40, "top": 5, "right": 40, "bottom": 5},
        "height": {"step": 24},
        "data": {"values": values},
        "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "sector", "type": "nominal", "axis": {**axis, "orient": "top", "labelAngle": -40}},
            "y": {"field": "place", "type": "nominal", "axis": axis},
            "color": {"field": "state", "type": "nominal", "scale": scale, "legend": legend},
        },
    }


def _pairs(source: PublishedRows, words: Words, met: Met) -> list[Sentence | Table]:
    """The pairs that meet, those that nothing ties first, with where they meet and what is known of them."""
    ordered = sorted(met.meetings, key=lambda pair: (met.is_tied(pair), pair.a, pair.b))
    rows = []
    for pair in ordered[:MOST]:
        cells = [f"{source.name_of_place(place, words.lang)} – {sector}" for place, sector in pair.cells]
        names = [source.name_of_organisation(org, words.lang) for org in (pair.a, pair.b)]
        rows.append((*names, words.list_of(cells), _what_ties(words, met, pair)))
    headings = [words.text(f"overlap_{name}") for name in ("first", "second", "where", "coordination")]
    table = Table(words.text("overlap_pairs"), headings, rows, empty_text=words.text("overlap_empty"))
    notes = [] if met.is_whole else [words.sentence("overlap_not_whole", 1)]
    return [*notes, *cut(words.lang, ordered), table]


def _what_ties(words: Words, met: Met, pair: Meeting) -> str:
    if met.is_tied(pair):
        return words.text("pair_tied")
    if not met.is_whole:
        return words.text("pair_untied_here")
    return words.text("pair_untied" if (pair.a, pair.b) in met.ties.rated else "pair_unrated")
