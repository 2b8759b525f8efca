"""The metrics themselves, one module per part of a family."""
