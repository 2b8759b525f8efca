"""Bytes to text cells with their place in the file. No typing, no names, no rules about values."""

from idtracker.read.raw import RawTable, Reading
from idtracker.read.reading import read

__all__ = ["RawTable", "Reading", "read"]
