"""Why did the score move? A marimo notebook: `marimo edit notebooks/why_did_the_score_move.py`, or run it as a script.

It reads what is published in IDTRACKER_HOME (./var without it) and nothing else.
"""

import marimo

app = marimo.App(width="medium", app_title="Why did the score move?")


@app.cell
def _():
    import marimo as mo

    import idtracker

    tracker = idtracker.open()
    mo.md(f"# Why did the score move?\n\n{tracker.notice}\n\nAs known at {tracker.known_at:%Y-%m-%d}.")
    return mo, tracker


@app.cell
def _(mo, tracker):
    root = tracker.sql("SELECT root_code FROM method WHERE role = 'headline'")["root_code"].iloc[0]
    scored = tracker.scores(node=root).dropna(subset=["score"])
    names = tracker.table("place").to_pandas().set_index("place_id")["name"]
    chosen_place = mo.ui.dropdown({names[code]: code for code in sorted(scored["place_id"].unique())}, label="Place")
    mo.hstack([chosen_place])
    return chosen_place, names, root, scored


@app.cell
def _(chosen_place, mo, scored):
    # As a script nobody chooses: the place that moved most since the quarter before.
    last = scored.sort_values("period").groupby("place_id").tail(2)
    spans = last.groupby("place_id")["score"].agg(lambda s: s.max() - s.min()).sort_values()
    place = chosen_place.value or (spans.index[-1] if len(spans) else None)
    series = scored[scored["place_id"] == place][["period", "score", "low", "high", "band"]]
    mo.vstack([series])
    return place, series


@app.cell
def _(mo, names, place, root, series, tracker):
    quarters = series["period"].tolist()
    if len(quarters) < 2:
        change, sentence = None, "Fewer than two quarters have a score."
    else:
        change = tracker.explain_score(place, quarters[-1], root, since=quarters[-2], limit=10)
        sentence = change.sentence
    mo.md(f"## {names.get(place, '')}\n\n{sentence}")
    return change, quarters, sentence


@app.cell
def _(mo, place, quarters, root, tracker):
    parts = tracker.sql(
        f"""SELECT c.cause, i.name AS indicator, o.short_name AS organisation, round(c.points, 2) AS points
        FROM score_change c LEFT JOIN indicator i USING (indicator_id)
          LEFT JOIN (SELECT org_id, max(short_name) AS short_name FROM organisation GROUP BY org_id) o USING (org_id)
        WHERE c.place_id = '{place}' AND c.node_code = '{root}' AND c.basis = 'PERIOD' AND c.period = '{quarters[-1] if quarters else ""}'
        ORDER BY abs(c.points) DESC NULLS LAST"""
    )
    mo.vstack([mo.md("Its parts in points of the score; together they are the whole difference."), parts])
    return (parts,)


if __name__ == "__main__":
    app.run()
