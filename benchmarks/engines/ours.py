"""searchlib, by its public API."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import searchlib
from benchmarks.corpus import Corpus
from benchmarks.engines.base import MEMORY, SNIPPET, TOP
from benchmarks.queries import Query
from searchlib.query import parse
from searchlib.query.nodes import Everything, Fuzzy, Prefix

_FIELDS = {"text": 1.0}
_METADATA = frozenset(["group"])


class Searchlib:
    """Implements `Engine`.

    ``index.search`` gives results that read a record when it is first looked at, so the ranked handles are what
    is timed, as for the others.
    """

    name = "searchlib"
    kinds = frozenset({"term", "and", "or", "phrase", "phrase-stop", "prefix", "fuzzy", "filtered"})
    setup = (
        f"build() of the documents in JSON Lines: loading and splitting are within its time; memory {MEMORY >> 20} MB, "
        "as many processes as it takes by default (searchlib-1: one); text, title and headings indexed with positions, "
        "metadata, all stored; searches of the field text. Keeps decoded posting lists between "
        "queries (up to twice the size of the index)"
    )

    def __init__(self, corpus: Corpus, processes: int | None = None, compiled: bool = False) -> None:
        self._corpus = corpus
        self._compiled = compiled
        self._processes = processes
        self._index: Any = None

    def version(self) -> str:
        """Of the package."""
        return version("searchlib")

    def build(self, index: Path) -> float:
        """From the documents, not the ready-made paragraphs."""
        began = time.perf_counter()
        searchlib.build(
            self._corpus.documents_file, index, language="en", processes=self._processes, memory=MEMORY
        ).close()
        return time.perf_counter() - began

    def open(self, index: Path) -> None:
        """Open for reading."""
        self._index = searchlib.open(index, compiled=self._compiled)

    def close(self) -> None:
        """Release the files."""
        self._index.close()

    def _parsed(self, text: str) -> Any:
        return parse(text, _METADATA, self._index._reader.lexicon, _FIELDS, strict=True).query

    def prepare(self, asked: Query) -> tuple[Any, Any]:
        """The nodes of the query language, and the filter; patterns alone, as the others have them."""
        within = self._parsed(f"group:{asked.group}") if asked.group else None
        if asked.kind == "prefix":
            return Prefix(asked.words[0], ("text",)), within
        if asked.kind == "fuzzy":
            return Fuzzy(asked.words[0], ("text",)), within
        return self._parsed(_words(asked)), within

    def text(self, asked: Query) -> str | None:
        """In the query language; the filter, which is a text of its own, stands after a tab."""
        text = f"text:({_words(asked)})" if len(asked.words) > 1 else f"text:{_words(asked)}"
        if asked.kind in ("phrase", "phrase-stop"):
            text = f"text:{_words(asked)}"
        return f"{text}\tgroup:{asked.group}" if asked.group else text

    def search_text(self, text: str) -> Any:
        """Parse and search."""
        words, _, within = text.partition("\t")
        return self._index.search(words, TOP, filter=within or None)

    def search(self, prepared: tuple[Any, Any]) -> Any:
        """Results whose records nobody has looked at."""
        asked, within = prepared
        return self._index.search(asked, TOP, filter=within)

    def total(self, prepared: tuple[Any, Any]) -> int:
        """The results' own count."""
        asked, within = prepared
        return int(self._index.search(asked, 0, filter=within).total)

    def snippets(self, prepared: Any, found: Any) -> list[str]:
        """Of fresh hits: records, spans and snippets are made when they are asked for."""
        return [hit.snippet("html", SNIPPET) for hit in found]

    def facets(self, prepared: tuple[Any, Any]) -> Any:
        """Counted with a search for no hits."""
        return self._index.search(prepared[0], 0, facets=["group"]).facets["group"]

    def everything(self) -> tuple[Any, Any]:
        """The node for every record."""
        return Everything(), None

    def suggestion(self, text: str) -> str | None:
        """Of a search for one hit, which is within the time."""
        found: str | None = self._index.search(text, 1).suggestion
        return found

    def complete(self, prefix: str) -> Any:
        """Ten words with their counts."""
        return self._index.complete(prefix, limit=10)

    def ids(self, found: Any) -> list[int]:
        """From the path (``documents.jsonl#d17``) and the number of each hit."""
        return [self._corpus.number(int(hit.document.path.rpartition("#d")[2]), hit.paragraph.number) for hit in found]


def _words(asked: Query) -> str:
    if asked.kind.startswith("phrase"):
        return f'"{" ".join(asked.words)}"'
    if asked.kind in ("and", "filtered"):
        return " AND ".join(asked.words)
    return " ".join(asked.words) + {"prefix": "*", "fuzzy": "~"}.get(asked.kind, "")
