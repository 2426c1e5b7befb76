"""Answers of the whole of Foz over real stores, against DuckDB over the same rows."""
