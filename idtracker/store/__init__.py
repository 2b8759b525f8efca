"""The DuckDB store: schema, connections, vintages, views. The only writer of the database."""
