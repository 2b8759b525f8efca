"""IATI activity and organisation files."""
