"""searchlib, by its public interface."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import searchlib
from benchmarks.corpus import DOCUMENTS, Corpus
from benchmarks.engines.base import ASKS, MEMORY, SNIPPET, TOP, Asked, Changed
from benchmarks.queries import KINDS, Query

CHANGED = "changed"  # a folder: a seed has the name of its file


class Searchlib:
    """Implements `Engine`."""

    name = "searchlib"
    kinds = frozenset(KINDS)
    shown = kinds
    asks = ASKS
    setup = (
        f"build() of the documents in JSON Lines: loading and splitting are within its time; memory {MEMORY >> 20} MB, "
        "as many processes as it takes by default (searchlib-1: one); text, title and headings indexed with positions, "
        "metadata, all stored; searches all of these. Updated by build() of the file with the changed rows in it: "
        "finding out which they are is within its time. searchlib-compiled is open(compiled=True), of the extra fast"
    )

    def __init__(self, corpus: Corpus, processes: int | None = None, compiled: bool | None = None) -> None:
        self._corpus = corpus
        self._compiled = compiled
        self._processes = processes
        self._index: Any = None

    def version(self) -> str:
        """Of the package."""
        return version("searchlib")

    def _build(self, file: Path, index: Path) -> None:
        searchlib.build(file, index, language="en", processes=self._processes, memory=MEMORY).close()

    def build(self, index: Path) -> None:
        """From the documents, not the ready-made paragraphs."""
        self._build(self._corpus.documents_file, index)

    def update(self, index: Path, changed: Sequence[Changed]) -> None:
        """From the file that `prepare_update` wrote."""
        self._build(index.parent / CHANGED / DOCUMENTS, index)

    def prepare_update(self, index: Path, changed: Sequence[Changed]) -> None:
        """Write the file of documents with the changed rows in it."""
        rows = {found.document: found.row for found in changed}
        (index.parent / CHANGED).mkdir()
        with (
            self._corpus.documents_file.open(encoding="utf-8") as lines,
            (index.parent / CHANGED / DOCUMENTS).open("w", encoding="utf-8") as out,
        ):
            for number, line in enumerate(lines):
                out.write(json.dumps(rows[number], ensure_ascii=False) + "\n" if number in rows else line)

    def open(self, index: Path) -> None:
        """Open for reading."""
        self._index = searchlib.open(index, compiled=self._compiled)

    def close(self) -> None:
        """Release the files."""
        self._index.close()

    def text(self, query: Query) -> str:
        """In the query language."""
        return typed(query)

    def ids(self, asked: Asked) -> list[str]:
        """Of the hits."""
        return [hit.id for hit in self._index.search(asked.text, TOP)]

    def snippets(self, asked: Asked) -> list[str]:
        """Of the hits."""
        return [hit.snippet("html", SNIPPET) for hit in self._index.search(asked.text, TOP)]

    def total(self, asked: Asked) -> int:
        """Of a search for no hits."""
        return int(self._index.search(asked.text, 0).total)

    def facet(self, asked: Asked) -> Mapping[str, int]:
        """Of a search for no hits."""
        found = self._index.search(asked.text, 0, facets=["group"]).facets["group"]
        return {str(group): int(count) for group, count in dict(found).items()}

    def numbers(self, asked: Asked) -> list[int]:
        """From the path (``documents.jsonl#d17``) and the number of each hit."""
        return [
            self._corpus.number(int(hit.document.path.rpartition("#d")[2]), hit.paragraph.number)
            for hit in self._index.search(asked.text, TOP)
        ]

    def command(self, index: Path, asked: Asked) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", "searchlib", "query", "--index", str(index), "--", asked.text]


def typed(query: Query) -> str:
    """A query as most languages have it."""
    words = query.words
    if query.kind == "phrase":
        return f'"{" ".join(words)}"'
    if query.kind == "and":
        return " AND ".join(words)
    if query.kind == "bracketed":
        return f"({words[0]} OR {words[1]}) AND {words[2]}"
    if query.kind == "question":
        return " ".join(words).capitalize() + "?"
    return " ".join(words) + {"prefix": "*", "fuzzy": "~"}.get(query.kind, "")
