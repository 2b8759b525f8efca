"""What goes back to a body that reports: what it sent, what became of it, how it is used, and what would help most next."""
