"""tantivy, by tantivy-py, writing with one thread."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.corpus import Corpus, Paragraph
from benchmarks.engines.base import ASKS, MEMORY, SNIPPET, TOP, Asked, Changed
from benchmarks.engines.ours import typed
from benchmarks.queries import KINDS, Query

_ANALYZER = "english"
_FUZZY = {"prefix": {"text": (True, 0, True)}, "fuzzy": {"text": (False, 1, True)}}
_COMMAND = f"""
import sys, tantivy
t = tantivy
a = t.TextAnalyzerBuilder(t.Tokenizer.simple()).filter(t.Filter.remove_long(256)).filter(t.Filter.lowercase())
i = t.Index.open(sys.argv[1])
i.register_tokenizer("{_ANALYZER}", a.filter(t.Filter.stemmer("english")).build())
s = i.searcher()
for _, at in s.search(i.parse_query(sys.argv[2], ["text"]), {TOP}, count=False).hits:
    print(s.doc(at)["id"][0])
"""


class Tantivy:
    """Implements `Engine`."""

    name = "tantivy"
    kinds = frozenset(KINDS)
    shown = kinds - {"prefix", "fuzzy"}  # its generator marks nothing for these
    asks = ASKS
    setup = (
        f"one thread, heap of {MEMORY >> 20} MB; simple tokenizer, lower case, English stemmer, no stop words; text "
        "with positions, group (a fast field too, for facets) and number of the document indexed, id, title and text "
        "stored; merging threads waited for; prefixes and fuzzy words by the parser's fuzzy_fields; ids without a "
        "count; facets by its aggregation; updated by deleting documents and adding their paragraphs"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._index: Any = None
        self._searcher: Any = None

    def version(self) -> str:
        """Of tantivy-py."""
        return version("tantivy")

    def build(self, index: Path) -> None:
        """One commit."""
        index.mkdir(parents=True)
        schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("id", stored=True)
            .add_text_field("document", tokenizer_name="raw", index_option="basic")
            .add_text_field("title", stored=True, index_option="basic", tokenizer_name="raw")
            .add_text_field("text", stored=True, tokenizer_name=_ANALYZER)
            .add_text_field("group", tokenizer_name="raw", index_option="basic", fast=True)
            .build()
        )
        made = tantivy.Index(schema, path=str(index))
        made.register_tokenizer(_ANALYZER, _analyzer())
        writer = made.writer(MEMORY, 1)
        for record, document in self._corpus.numbered():
            _add(writer, record, document)
        writer.commit()
        writer.wait_merging_threads()

    def update(self, index: Path, changed: Sequence[Changed]) -> None:
        """One commit."""
        made = tantivy.Index.open(str(index))
        made.register_tokenizer(_ANALYZER, _analyzer())
        writer = made.writer(MEMORY, 1)
        for document, _, _, records in changed:
            writer.delete_documents_by_term("document", str(document))
            for record in records:
                _add(writer, record, document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, index: Path) -> None:
        """Open and get a searcher."""
        self._index = tantivy.Index.open(str(index))
        self._index.register_tokenizer(_ANALYZER, _analyzer())
        self._searcher = self._index.searcher()

    def close(self) -> None:
        """Let go of the searcher."""
        self._searcher = self._index = None

    def text(self, query: Query) -> str:
        """Prefixes and fuzzy words are typed as words: which they are is said in the call."""
        return query.words[0] if query.kind in _FUZZY else typed(query)

    def _parsed(self, asked: Asked) -> Any:
        return self._index.parse_query(asked.text, ["text"], fuzzy_fields=_FUZZY.get(asked.kind))

    def _hits(self, parsed: Any) -> Any:
        """Scores and addresses. Without a count, so that it may pass over what cannot be among the top."""
        return self._searcher.search(parsed, TOP, count=False).hits

    def ids(self, asked: Asked) -> list[int]:
        """From the stored documents."""
        return [self._searcher.doc(address)["id"][0] for _, address in self._hits(self._parsed(asked))]

    def snippets(self, asked: Asked) -> list[str]:
        """By its generator."""
        parsed = self._parsed(asked)
        made = tantivy.SnippetGenerator.create(self._searcher, parsed, self._index.schema, "text")
        made.set_max_num_chars(SNIPPET)
        return [made.snippet_from_doc(self._searcher.doc(address)).to_html() for _, address in self._hits(parsed)]

    def total(self, asked: Asked) -> int:
        """Counted by tantivy."""
        return int(self._searcher.search(self._parsed(asked), 1, count=True).count)

    def facet(self, asked: Asked) -> Mapping[str, int]:
        """By its aggregation."""
        groups = {"groups": {"terms": {"field": "group", "size": 20}}}
        found = self._searcher.aggregate(self._parsed(asked), groups)
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in found["groups"]["buckets"]}

    def numbers(self, asked: Asked) -> list[int]:
        """The ids are the numbers."""
        return self.ids(asked)

    def command(self, index: Path, asked: Asked) -> list[str]:
        """A short program."""
        return [sys.executable, "-c", _COMMAND, str(index), asked.text]


def _analyzer() -> Any:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(256))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _add(writer: Any, record: Paragraph, number: int) -> None:
    document = tantivy.Document()
    document.add_unsigned("id", record.id)
    document.add_text("document", str(number))
    document.add_text("title", record.title)
    document.add_text("text", record.text)
    document.add_text("group", record.group)
    writer.add_document(document)
