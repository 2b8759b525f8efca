"""What the commands about rounds do."""
