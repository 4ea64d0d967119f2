"""tantivy, by tantivy-py, writing with one thread."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.corpus import Corpus
from benchmarks.engines.base import MEMORY, SNIPPET, TOP
from benchmarks.queries import Query

_ANALYZER = "english"


def _analyzer() -> Any:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(256))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


class Tantivy:
    """Implements `Engine`."""

    name = "tantivy"
    kinds = frozenset({"term", "and", "or", "phrase", "phrase-stop", "prefix", "fuzzy", "filtered"})
    setup = (
        f"one thread, heap of {MEMORY >> 20} MB; simple tokenizer, lower case, English stemmer, no stop words; text "
        "with positions and group indexed, id, title and text stored; merging threads waited for; searched without "
        "a count"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._analyzer = _analyzer()
        self._index: Any = None
        self._searcher: Any = None
        self._schema: Any = None

    def version(self) -> str:
        """Of tantivy-py."""
        return version("tantivy")

    def build(self, index: Path) -> float:
        """One commit."""
        index.mkdir(parents=True)
        began = time.perf_counter()
        schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("id", stored=True)
            .add_text_field("title", stored=True, index_option="basic", tokenizer_name="raw")
            .add_text_field("text", stored=True, tokenizer_name=_ANALYZER)
            .add_text_field("group", tokenizer_name="raw", index_option="basic")
            .build()
        )
        made = tantivy.Index(schema, path=str(index))
        made.register_tokenizer(_ANALYZER, self._analyzer)
        writer = made.writer(MEMORY, 1)
        records = self._corpus.records()
        for record in records:
            document = tantivy.Document()
            document.add_unsigned("id", record.id)
            document.add_text("title", record.title)
            document.add_text("text", record.text)
            document.add_text("group", record.group)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        return time.perf_counter() - began - records.seconds

    def open(self, index: Path) -> None:
        """Open and get a searcher."""
        self._index = tantivy.Index.open(str(index))
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    def close(self) -> None:
        """Let go of the searcher."""
        self._searcher = self._index = None

    def _term(self, stem: str) -> Any:
        return tantivy.Query.term_query(self._schema, "text", stem)

    def prepare(self, query: Query) -> Any:
        """A tree of tantivy's queries."""
        make = tantivy.Query
        if query.kind == "prefix":
            return make.regex_query(self._schema, "text", query.words[0] + ".*")
        if query.kind == "fuzzy":
            return make.fuzzy_term_query(self._schema, "text", query.words[0], 1, True)
        stems = [stem for word in query.words for stem in self._analyzer.analyze(word)]
        if query.kind.startswith("phrase"):
            return make.phrase_query(self._schema, "text", stems)
        occur = tantivy.Occur.Should if query.kind == "or" else tantivy.Occur.Must
        parts = [(occur, self._term(stem)) for stem in stems]
        if query.group:
            group = make.term_query(self._schema, "group", query.group, "basic")
            parts.append((tantivy.Occur.Must, make.const_score_query(group, 0.0)))
        return parts[0][1] if len(parts) == 1 else make.boolean_query(parts)

    def text(self, query: Query) -> str | None:
        """Its language has no fuzzy words, nor prefixes of a single word."""
        if query.kind in ("prefix", "fuzzy"):
            return None
        if query.kind.startswith("phrase"):
            return f'"{" ".join(query.words)}"'
        if query.kind in ("term", "or"):
            return " ".join(query.words)
        words = " ".join(f"+{word}" for word in query.words)
        return f"{words} +group:{query.group}^0" if query.group else words

    def search_text(self, text: str) -> Any:
        """Parse and search."""
        return self.search(self._index.parse_query(text, ["text"]))

    def search(self, prepared: Any) -> Any:
        """Scores and addresses. Without a count, so that it may pass over what cannot be among the top."""
        return self._searcher.search(prepared, TOP, count=False).hits

    def snippets(self, prepared: Any, found: Any) -> list[str]:
        """By its generator."""
        made = tantivy.SnippetGenerator.create(self._searcher, prepared, self._schema, "text")
        made.set_max_num_chars(SNIPPET)
        return [made.snippet_from_doc(self._searcher.doc(address)).to_html() for _, address in found]

    def typed_snippets(self, text: str) -> list[str]:
        """Parse, search, and make snippets."""
        parsed = self._index.parse_query(text, ["text"])
        return self.snippets(parsed, self.search(parsed))

    def total(self, prepared: Any) -> int:
        """Counted by tantivy."""
        return int(self._searcher.search(prepared, 1, count=True).count)

    def ids(self, found: Any) -> list[int]:
        """From the stored documents."""
        return [int(self._searcher.doc(address)["id"][0]) for _, address in found]
