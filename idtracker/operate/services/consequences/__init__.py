"""What rested on a submission: figures, claims, decisions, rounds and publications, by lineage and by recomputation."""
