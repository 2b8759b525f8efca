"""The scan for protective markings, before any byte of a file is kept."""
