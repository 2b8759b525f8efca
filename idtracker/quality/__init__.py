"""Whether the store holds what it should: expectations over tables, and accounts from rows in to rows out."""
