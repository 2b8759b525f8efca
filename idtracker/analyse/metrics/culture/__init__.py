"""Culture and enabling environment: what organisations say about each other and about the conditions they work in."""
