"""One table of the formats of files, and what follows from it: what content is, and what a source or a name leads to expect."""
