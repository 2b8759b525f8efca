"""Stored facts held against a reading of the same files by other libraries, which shares no code with the tool."""
