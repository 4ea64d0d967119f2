"""Whoosh as it is: its own codec, in a plain FileStorage."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import whoosh
from whoosh import analysis, fields, query, scoring
from whoosh.filedb.filestore import FileStorage
from whoosh.qparser import OrGroup, QueryParser

from benchmarks.corpus import Corpus
from benchmarks.engines.base import TOP, WORDS, stemmer
from benchmarks.queries import Query


def _schema() -> Any:
    words = analysis.RegexTokenizer(WORDS) | analysis.LowercaseFilter()
    return fields.Schema(
        id=fields.STORED,
        title=fields.STORED,
        text=fields.TEXT(analyzer=words | analysis.PyStemmerFilter("english"), stored=True),
        group=fields.ID,
    )


class StockWhoosh:
    """Implements `Engine`."""

    name = "whoosh"
    kinds = frozenset({"term", "and", "or", "phrase", "phrase-stop", "prefix", "fuzzy", "filtered"})
    setup = (
        "StemmingAnalyzer without its stop words and with PyStemmer's English; text with positions and group indexed, "
        "id, title and text stored; limitmb=512, one process; BM25F; a filter is evaluated with each search"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._stem = stemmer()
        self._searcher: Any = None
        self._parser: Any = None

    def version(self) -> str:
        """Of the package."""
        return ".".join(str(part) for part in whoosh.__version__)

    def build(self, index: Path) -> float:
        """One commit."""
        index.mkdir(parents=True)
        began = time.perf_counter()
        made = FileStorage(str(index)).create_index(_schema())
        writer = made.writer(limitmb=512)
        records = self._corpus.records()
        for record in records:
            writer.add_document(id=record.id, title=record.title, text=record.text, group=record.group)
        writer.commit()
        made.close()
        return time.perf_counter() - began - records.seconds

    def open(self, index: Path) -> None:
        """Open and get a searcher."""
        self._searcher = FileStorage(str(index)).open_index().searcher(weighting=scoring.BM25F())
        self._parser = QueryParser("text", self._searcher.schema, group=OrGroup)

    def close(self) -> None:
        """Close the searcher."""
        self._searcher.close()

    def prepare(self, asked: Query) -> tuple[Any, Any]:
        """Whoosh's nodes, and the filter."""
        within = query.Term("group", asked.group) if asked.group else None
        if asked.kind == "prefix":
            return query.Prefix("text", asked.words[0]), within
        if asked.kind == "fuzzy":
            return query.FuzzyTerm("text", asked.words[0], maxdist=1, prefixlength=0), within
        stems = [self._stem(word) for word in asked.words]
        if asked.kind.startswith("phrase"):
            return query.Phrase("text", stems), within
        terms = [query.Term("text", stem) for stem in stems]
        if len(terms) == 1:
            return terms[0], within
        return (query.Or if asked.kind == "or" else query.And)(terms), within

    def text(self, asked: Query) -> str | None:
        """Its parser needs a plugin for fuzzy words; a filter is no part of the text."""
        if asked.kind in ("fuzzy", "filtered"):
            return None
        if asked.kind.startswith("phrase"):
            return f'"{" ".join(asked.words)}"'
        return (" AND " if asked.kind == "and" else " ").join(asked.words) + "*" * (asked.kind == "prefix")

    def search_text(self, text: str) -> Any:
        """Parse and search."""
        return self.search((self._parser.parse(text), None))

    def search(self, prepared: tuple[Any, Any]) -> Any:
        """Scores and document numbers."""
        asked, within = prepared
        return self._searcher.search(asked, limit=TOP, filter=within).top_n

    def total(self, prepared: tuple[Any, Any]) -> int:
        """Counted by going through them."""
        asked, within = prepared
        return sum(1 for _ in self._searcher.docs_for_query(query.And([asked, within]) if within else asked))

    def ids(self, found: Any) -> list[int]:
        """From the stored fields."""
        return [int(self._searcher.stored_fields(number)["id"]) for _, number in found]
