"""Fuzzing of the readers: real files, mutated, must end as an assessment and nothing else."""
