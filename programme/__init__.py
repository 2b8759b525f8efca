"""The bundled country programme: a seeded generator of an invented inbox for Jordan.

Places and public bodies are real and named by their public identifiers; every figure, activity, judgement and survey
answer is invented, and no person appears. `python -m programme --into HOME` fills the inbox of a home. The generator
knows the reports as their senders would write them and nothing of how they are read.
"""
