"""Documents of commands by which people review and decide."""
