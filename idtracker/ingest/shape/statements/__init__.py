"""What a file states of itself, in its headings and cells, before what is declared of it."""
