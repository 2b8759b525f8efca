"""Schemes of codes that are read without naming their scheme."""

BARE_SCHEMES = ("iso3166-1-a2", "iso3166-2", "iso3166-1-a3")
