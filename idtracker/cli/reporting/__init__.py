"""Commands for the reporting officer: check, submit, template, held, withdraw."""
