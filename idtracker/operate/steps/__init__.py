"""The steps of the pipeline over the store: each opens it in its turn, does one thing, and says what it did in figures."""
