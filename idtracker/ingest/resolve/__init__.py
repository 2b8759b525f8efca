"""Names and codes as typed become identifiers of the reviewed reference data; what is unknown becomes a finding."""
