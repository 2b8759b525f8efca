"""What changed, between two publications of one audience, in the figures that somebody follows."""
