"""A publication as one folder of files for those who work without DuckDB: CSV, XLSX, Parquet, SDMX-CSV and their description."""
