"""What we expect: source definitions, who owes what and when."""
