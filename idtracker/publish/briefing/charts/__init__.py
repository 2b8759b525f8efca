"""Charts of the briefing: `specs` and `place_map` say what is drawn, `draw` makes pictures of it."""
