"""What the commands over methods print."""
