"""What rested on facts that were withdrawn or corrected, as a table: by lineage, the moment before each act."""
