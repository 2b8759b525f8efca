"""The archive of judged submissions: accepted rows, held rows and findings in Parquet. Opens no database."""
