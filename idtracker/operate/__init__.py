"""The pipeline as one list of steps, and what stands behind the commands."""
