"""What is overdue, and what would it tell? A marimo notebook: `marimo edit notebooks/what_is_overdue.py`, or run it as a script.

It reads what is published in IDTRACKER_HOME (./var without it) and nothing else.
"""

import marimo

app = marimo.App(width="medium", app_title="What is overdue?")


@app.cell
def _():
    import marimo as mo

    import idtracker

    tracker = idtracker.open()
    mo.md(f"# What is overdue, and what would it tell?\n\n{tracker.notice}\n\nAs known at {tracker.known_at:%Y-%m-%d}.")
    return mo, tracker


@app.cell
def _(mo, tracker):
    freshness = tracker.freshness()
    late = freshness[freshness["state"] != "FRESH"][["source_id", "state", "expected_next", "whose_turn", "why"]]
    mo.vstack([mo.md(f"## Whose turn it is\n\n{len(late)} of {len(freshness)} sources owe a report."), late])
    return freshness, late


@app.cell
def _(mo, tracker):
    missing = tracker.missing_reports()
    estimated = missing[missing["narrowing"].notna()]
    shown = estimated[["source_id", "report_period", "place_id", "period", "node_code", "width", "narrowing"]]
    text = (
        "## What each report would tell\n\nBy how many points the 90 % interval of a score would be narrower if it came, the most first; "
        f"of {len(missing) - len(estimated)} nothing can be said, or they would change nothing: `estimate` says why."
    )
    mo.vstack([mo.md(text), shown])
    return estimated, missing


@app.cell
def _(mo, tracker):
    resting = tracker.metrics()
    newest = resting["period"].max()
    stale = resting[(resting["period"] == newest) & resting["is_stale"].eq(True) & (resting["scope"] == "programme")]
    stale = stale[["metric_id", "measure", "value", "unit", "overdue_source_ids"]]
    mo.vstack([mo.md(f"## Metrics of {newest} whose inputs are stale"), stale])
    return newest, stale


if __name__ == "__main__":
    app.run()
