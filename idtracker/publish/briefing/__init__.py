"""The briefing: a static site of one publication, for one audience and language, that opens without a network."""
