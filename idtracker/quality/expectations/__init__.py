"""What the merged tables must look like, derived from the data model and judged by Great Expectations.

`suite` says what follows from the data model, `declared` what people wrote down, `drift` what is unlike before; `run` puts
suites together, `judge` asks Great Expectations, `outcome` holds what came of it, `record` what it rested on, `pages` makes
the static pages. Importing this package does not import Great Expectations, which takes seconds; judging a table does.
"""
