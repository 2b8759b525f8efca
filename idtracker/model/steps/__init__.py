"""About the steps of the work: how far one has come, and the versions of what they make."""
