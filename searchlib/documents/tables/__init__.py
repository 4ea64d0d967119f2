"""Rows, each of which is a document: CSV, TSV, JSON and JSON Lines."""
