"""From a received file to judged rows: landing, reading, shaping, resolving, judging. One submission at a time."""
