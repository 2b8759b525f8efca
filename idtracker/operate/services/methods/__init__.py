"""Methods at hand, one of them in words, and one computed on a file: what the commands `method …` do."""
