"""The formats a table can be written in."""

FORMATS = ("table", "csv", "json", "parquet")
