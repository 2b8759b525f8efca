"""What a programme states about the geography of its places."""
