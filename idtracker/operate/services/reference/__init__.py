"""Reference data as a command checks, lists and shows it."""
