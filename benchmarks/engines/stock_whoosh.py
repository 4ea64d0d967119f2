"""Whoosh as it is: its own codec, in a plain FileStorage."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import whoosh
from whoosh import analysis, fields, highlight, scoring
from whoosh.filedb.filestore import FileStorage
from whoosh.qparser import FuzzyTermPlugin, OrGroup, QueryParser

from benchmarks.corpus import Corpus, Paragraph
from benchmarks.engines.base import ASKS, SNIPPET, TOP, WORDS, Asked, Changed
from benchmarks.engines.ours import typed
from benchmarks.queries import KINDS, Query

_COMMAND = f"""
import sys
from whoosh.filedb.filestore import FileStorage
from whoosh.qparser import OrGroup, QueryParser
i = FileStorage(sys.argv[1]).open_index()
for hit in i.searcher().search(QueryParser("text", i.schema, group=OrGroup).parse(sys.argv[2]), limit={TOP}):
    print(hit["id"])
"""


class StockWhoosh:
    """Implements `Engine`."""

    name = "whoosh"
    kinds = frozenset(KINDS)
    shown = kinds
    asks = ASKS
    setup = (
        "StemmingAnalyzer without its stop words and with PyStemmer's English; text with positions, group and number "
        "of the document indexed, id, title and text stored; limitmb=512, one process; BM25F; highlights by "
        "hit.highlights() with an HtmlFormatter; facets by groupedby"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._index: Any = None
        self._searcher: Any = None
        self._parser: Any = None

    def version(self) -> str:
        """Of the package."""
        return ".".join(str(part) for part in whoosh.__version__)

    def build(self, index: Path) -> None:
        """One commit."""
        index.mkdir(parents=True)
        made = FileStorage(str(index)).create_index(_schema())
        writer = made.writer(limitmb=512)
        for record, document in self._corpus.numbered():
            _add(writer, record, document)
        writer.commit()
        made.close()

    def update(self, index: Path, changed: Sequence[Changed]) -> None:
        """One commit."""
        made = FileStorage(str(index)).open_index()
        writer = made.writer(limitmb=512)
        for document, _, _, records in changed:
            writer.delete_by_term("document", str(document))
            for record in records:
                _add(writer, record, document)
        writer.commit()
        made.close()

    def open(self, index: Path) -> None:
        """Open and get a searcher."""
        self._index = FileStorage(str(index)).open_index()
        self._searcher = self._index.searcher(weighting=scoring.BM25F())
        self._parser = QueryParser("text", self._searcher.schema, group=OrGroup)
        self._parser.add_plugin(FuzzyTermPlugin())

    def close(self) -> None:
        """Close the searcher."""
        self._searcher.close()
        self._index.close()

    def text(self, query: Query) -> str:
        """A question mark is its wildcard."""
        return typed(query).rstrip("?")

    def _found(self, asked: Asked, **options: Any) -> Any:
        return self._searcher.search(self._parser.parse(asked.text), limit=TOP, **options)

    def ids(self, asked: Asked) -> list[int]:
        """From the stored fields."""
        return [hit["id"] for hit in self._found(asked)]

    def snippets(self, asked: Asked) -> list[str]:
        """One fragment of each hit."""
        found = self._found(asked)
        found.formatter = highlight.HtmlFormatter()
        found.fragmenter = highlight.ContextFragmenter(maxchars=SNIPPET)
        return [hit.highlights("text", top=1) for hit in found]

    def total(self, asked: Asked) -> int:
        """The length of the results, which it goes through once more."""
        return len(self._found(asked))

    def facet(self, asked: Asked) -> Mapping[str, int]:
        """By groupedby, which has the numbers of the documents."""
        groups: Mapping[str, Iterable[int]] = self._found(asked, groupedby="group").groups("group")
        return {group: len(list(numbers)) for group, numbers in groups.items()}

    def numbers(self, asked: Asked) -> list[int]:
        """The ids are the numbers."""
        return [int(number) for number in self.ids(asked)]

    def command(self, index: Path, asked: Asked) -> list[str]:
        """A short program."""
        return [sys.executable, "-c", _COMMAND, str(index), asked.text]


def _schema() -> Any:
    words = analysis.RegexTokenizer(WORDS) | analysis.LowercaseFilter()
    return fields.Schema(
        id=fields.STORED,
        title=fields.STORED,
        text=fields.TEXT(analyzer=words | analysis.PyStemmerFilter("english"), stored=True),
        group=fields.ID,
        document=fields.ID,
    )


def _add(writer: Any, record: Paragraph, document: int) -> None:
    writer.add_document(id=record.id, title=record.title, text=record.text, group=record.group, document=str(document))
