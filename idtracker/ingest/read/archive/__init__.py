"""ZIP and GZ: what is inside, within limits, in memory only."""
