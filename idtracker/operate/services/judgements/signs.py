"""Indicators and warnings: what was named as a sign of a scenario, beside the warnings about it that stand."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from idtracker.model.messages import Lang
from idtracker.operate.documents.judgements import Sign
from idtracker.operate.services.warnings.standing import standing_warnings
from idtracker.store.tables import read_table


def signs_of(
    published: duckdb.DuckDBPyConnection, asked: Iterable[tuple[str | None, str | None]], lang: Lang = "en"
) -> list[list[Sign]]:
    """For each pair of place and indicators (`;` between) the signs, in order.

    A warning about an indicator, or about a node of the method, is one of a place where it speaks of that place or of one within
    it; of a scenario without a place, wherever it speaks of.
    """
    rules = published.execute("SELECT DISTINCT rule_id, coalesce(indicator_id, node_code) FROM warning").fetchall()
    subjects = dict(rules)
    warnings = [(subjects.get(w.rule), w) for w in standing_warnings(published, lang)]
    nodes = {code for (code,) in published.execute("SELECT DISTINCT node_code FROM score").fetchall()}
    known = {*read_table(published, "indicator")["indicator_id"], *nodes}
    place = read_table(published, "place")
    within = dict(zip(place["place_id"], place["parent_id"], strict=True))
    found = []
    for place_id, listed in asked:
        codes = [code.strip() for code in (listed or "").split(";") if code.strip()]
        found.append(
            [
                Sign(
                    code=code,
                    is_known=code in known,
                    warnings=[
                        w.sentence
                        for subject, w in warnings
                        if subject == code and place_id in (None, w.place_id, within.get(w.place_id))
                    ],
                )
                for code in codes
            ]
        )
    return found
