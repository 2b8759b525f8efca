"""Proofs that take longer than a test may: past instants, any order of files, killed runs."""
