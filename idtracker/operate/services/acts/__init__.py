"""Acts on the record, listed and revoked."""
