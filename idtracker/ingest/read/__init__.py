"""Bytes to text cells with their place in the file. No typing, no names, no rules about values."""
