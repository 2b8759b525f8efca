"""The pages of the briefing, one module each with `pages(source, edition)`; `registry` says in which order."""
