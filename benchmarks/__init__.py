"""Benchmarks: searchlib beside stock Whoosh, tantivy, SQLite FTS5 and bm25s, on the same paragraphs. See README.md."""
