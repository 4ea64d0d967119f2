"""SQLite FTS5. Its stemmer is Porter's first, not Snowball's second, so some words have other variants."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.engines.base import SNIPPET, TOP
from benchmarks.queries import Query

_TOP = f"SELECT rowid, rank FROM paragraphs WHERE paragraphs MATCH ? ORDER BY rank LIMIT {TOP}"
_SNIPPET = f"snippet(paragraphs, 1, '<b>', '</b>', '…', {SNIPPET // 6})"
_COUNT = "SELECT count(*) FROM paragraphs WHERE paragraphs MATCH ?"


class FTS5:
    """Implements `Engine`. The query object is the text of the MATCH: SQLite has no other, and parses it each time."""

    name = "fts5"
    kinds = frozenset({"term", "and", "or", "phrase", "phrase-stop", "prefix", "filtered"})
    setup = (
        "tokenize='porter unicode61'; text and group indexed, title stored; one transaction without journal or "
        "sync, then 'optimize'; group has weight 0. Every search parses its MATCH text"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._db = sqlite3.connect(":memory:")

    def version(self) -> str:
        """Of SQLite."""
        return sqlite3.sqlite_version

    def build(self, index: Path) -> float:
        """One transaction."""
        index.mkdir(parents=True)
        began = time.perf_counter()
        db = sqlite3.connect(index / "fts5.db", isolation_level=None)
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -262144")
        db.execute(
            "CREATE VIRTUAL TABLE paragraphs USING fts5(title UNINDEXED, text, grp, tokenize = 'porter unicode61')"
        )
        db.execute("INSERT INTO paragraphs(paragraphs, rank) VALUES ('rank', 'bm25(0.0, 1.0, 0.0)')")
        records = self._corpus.records()
        db.execute("BEGIN")
        db.executemany("INSERT INTO paragraphs(rowid, title, text, grp) VALUES (?, ?, ?, ?)", records)
        db.execute("INSERT INTO paragraphs(paragraphs) VALUES ('optimize')")
        db.execute("COMMIT")
        db.close()
        return time.perf_counter() - began - records.seconds

    def open(self, index: Path) -> None:
        """With pages mapped and cached: SQLite's default cache is 2 MB."""
        self._db.close()
        self._db = sqlite3.connect(f"file:{index / 'fts5.db'}?mode=ro", uri=True)
        self._db.execute("PRAGMA mmap_size = 4294967296")
        self._db.execute("PRAGMA cache_size = -262144")
        self._db.execute("SELECT rowid FROM paragraphs LIMIT 1").fetchall()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def prepare(self, query: Query) -> str:
        """The MATCH text: words are quoted, so that none is an operator."""
        words = [f'"{word}"' for word in query.words]
        if query.kind.startswith("phrase"):
            return f'"{" ".join(query.words)}"'
        if query.kind == "or":
            return " OR ".join(words)
        if query.kind == "prefix":
            return words[0] + " *"
        return " AND ".join([*words, f"grp:{query.group}"] if query.group else words)

    def text(self, query: Query) -> str | None:
        """The same."""
        return self.prepare(query)

    def search_text(self, text: str) -> list[Any]:
        """The same."""
        return self.search(text)

    def search(self, prepared: str) -> list[Any]:
        """Rows of rowid and rank."""
        return self._db.execute(_TOP, (prepared,)).fetchall()

    def snippets(self, prepared: str, found: list[Any]) -> list[str]:
        """By its function, which counts words, not characters. It escapes nothing."""
        marks = ",".join("?" * len(found))
        shown = f"SELECT {_SNIPPET} FROM paragraphs WHERE paragraphs MATCH ? AND rowid IN ({marks})"
        return [str(row[0]) for row in self._db.execute(shown, (prepared, *(row[0] for row in found)))]

    def total(self, prepared: str) -> int:
        """Counted by SQLite."""
        return int(self._db.execute(_COUNT, (prepared,)).fetchone()[0])

    def ids(self, found: list[Any]) -> list[int]:
        """The rowid is the number."""
        return [int(row[0]) for row in found]
