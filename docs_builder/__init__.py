"""Reference pages and JSON Schemas, made from the definitions. Not part of the installed library."""
