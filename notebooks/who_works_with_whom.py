"""Who works with whom, and where? A marimo notebook: `marimo edit notebooks/who_works_with_whom.py`, or run it as a script.

It reads what is published in IDTRACKER_HOME (./var without it) and nothing else.
"""

import marimo

app = marimo.App(width="medium", app_title="Who works with whom?")


@app.cell
def _():
    import marimo as mo

    import idtracker

    tracker = idtracker.open()
    mo.md(f"# Who works with whom, and where?\n\n{tracker.notice}\n\nAs known at {tracker.known_at:%Y-%m-%d}.")
    return mo, tracker


@app.cell
def _(mo, tracker):
    every = tracker.pairs()
    quarters = sorted(every["period"].unique())
    chosen_quarter = mo.ui.dropdown(quarters, value=quarters[-1] if quarters else None, label="Quarter")
    mo.hstack([chosen_quarter])
    return chosen_quarter, every


@app.cell
def _(chosen_quarter, every, tracker):
    short = tracker.sql("SELECT org_id, max(coalesce(short_name, name)) AS name FROM organisation GROUP BY org_id")
    short = short.set_index("org_id")["name"]
    pairs = every[every["period"] == chosen_quarter.value].copy()
    for column in ("org_id", "other_org_id"):
        pairs[column.removesuffix("_id")] = pairs[column].map(lambda code: short.get(code, code))
    return (pairs,)


@app.cell
def _(mo, pairs):
    together = pairs.sort_values(["shared_activity_count", "shared_product_count"], ascending=False)
    together = together[
        ["org", "other_org", "shared_activity_count", "shared_product_count", "shared_item_count", "frey_level"]
    ]
    mo.vstack([mo.md("## Who shares most"), together.head(20)])
    return (together,)


@app.cell
def _(mo, pairs):
    apart = pairs[(pairs["shared_cell_count"] > 0) & ~pairs["is_coordinated"].astype(bool)]
    apart = apart[["org", "other_org", "shared_cells", "shared_item_count", "frey_level"]]
    text = (
        f"## Who is in the same place and sector without a sign of coordination\n\n{len(apart)} pairs. An empty level says that "
        "neither was asked about the other: that is not the same as no cooperation."
    )
    mo.vstack([mo.md(text), apart])
    return (apart,)


@app.cell
def _(mo, pairs):
    cells = pairs["shared_cells"].dropna().str.split(";").explode()
    where = cells.value_counts().rename_axis("place and sector").reset_index(name="pairs")
    mo.vstack([mo.md("## Where they meet"), where])
    return (where,)


if __name__ == "__main__":
    app.run()
