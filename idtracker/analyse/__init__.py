"""From facts to cells, scores and integration metrics."""
