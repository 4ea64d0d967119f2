"""SQLite FTS5. Its stemmer is Porter's first, not Snowball's second, so some words have other variants."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.engines.base import ASKS, SNIPPET, TOP, Asked, Changed
from benchmarks.engines.ours import typed
from benchmarks.queries import KINDS, Query

_TOP = f"SELECT rowid FROM paragraphs WHERE paragraphs MATCH ? ORDER BY rank LIMIT {TOP}"
_SNIPPETS = (
    f"SELECT snippet(paragraphs, 1, '<b>', '</b>', '…', {SNIPPET // 6}) FROM paragraphs WHERE paragraphs MATCH ? "
    f"ORDER BY rank LIMIT {TOP}"
)
_COUNT = "SELECT count(*) FROM paragraphs WHERE paragraphs MATCH ?"
_GROUPS = "SELECT grp, count(*) FROM paragraphs WHERE paragraphs MATCH ? GROUP BY grp"
_INSERT = "INSERT INTO paragraphs(rowid, title, text, grp) VALUES (?, ?, ?, ?)"
_COMMAND = f"""
import sys, sqlite3
for row in sqlite3.connect(sys.argv[1]).execute({_TOP!r}, (sys.argv[2],)):
    print(row[0])
"""


class FTS5:
    """Implements `Engine`."""

    name = "fts5"
    kinds = frozenset(KINDS) - {"fuzzy"}
    shown = kinds
    asks = ASKS
    setup = (
        "tokenize='porter unicode61'; text indexed, title and group stored beside it; one transaction without journal "
        "or sync, then 'optimize'; snippet() counts words, not characters, and escapes nothing; facets by GROUP BY; an "
        "update is a transaction that deletes and inserts rows, with its journal"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._db = sqlite3.connect(":memory:")

    def version(self) -> str:
        """Of SQLite."""
        return sqlite3.sqlite_version

    def build(self, index: Path) -> None:
        """One transaction."""
        index.mkdir(parents=True)
        db = sqlite3.connect(index / "fts5.db", isolation_level=None)
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -262144")
        db.execute(
            "CREATE VIRTUAL TABLE paragraphs USING fts5("
            "title UNINDEXED, text, grp UNINDEXED, tokenize = 'porter unicode61')"
        )
        db.execute("BEGIN")
        db.executemany(_INSERT, self._corpus.records())
        db.execute("INSERT INTO paragraphs(paragraphs) VALUES ('optimize')")
        db.execute("COMMIT")
        db.close()

    def update(self, index: Path, changed: Sequence[Changed]) -> None:
        """One transaction."""
        db = sqlite3.connect(index / "fts5.db", isolation_level=None)
        db.execute("PRAGMA cache_size = -262144")
        db.execute("BEGIN")
        for _, _, before, records in changed:
            db.execute("DELETE FROM paragraphs WHERE rowid >= ? AND rowid < ?", (before.start, before.stop))
            db.executemany(_INSERT, records)
        db.execute("COMMIT")
        db.close()

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

    def text(self, query: Query) -> str:
        """Words side by side must all be there, so OR is written; a question mark is a fault."""
        if query.kind == "prefix":
            return query.words[0] + "*"
        return " OR ".join(query.words) if query.kind in ("or", "question") else typed(query)

    def _rows(self, statement: str, asked: Asked) -> list[Any]:
        return self._db.execute(statement, (asked.text,)).fetchall()

    def ids(self, asked: Asked) -> list[int]:
        """The rowid is the number."""
        return [row[0] for row in self._rows(_TOP, asked)]

    def snippets(self, asked: Asked) -> list[str]:
        """By its function."""
        return [row[0] for row in self._rows(_SNIPPETS, asked)]

    def total(self, asked: Asked) -> int:
        """Counted by SQLite."""
        return int(self._rows(_COUNT, asked)[0][0])

    def facet(self, asked: Asked) -> Mapping[str, int]:
        """Grouped by SQLite."""
        return dict(self._rows(_GROUPS, asked))

    def numbers(self, asked: Asked) -> list[int]:
        """The rowid is the number."""
        return self.ids(asked)

    def command(self, index: Path, asked: Asked) -> list[str]:
        """A short program."""
        return [sys.executable, "-c", _COMMAND, str(index / "fts5.db"), asked.text]
