"""What counts as valid: the canonical tables, the rules over them, the bounds of a source, and the one judge."""
