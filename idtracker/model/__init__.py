"""Values that everybody needs: tables, findings, reference data, definitions, periods. Knows no other package of the library."""
