"""More like this: the query that a paragraph's own most telling words make.

A word tells the more of a paragraph, the more often it stands there and the fewer others have it: by its frequency qtf
times its idf, as Okapi BM25 weighs the words of long queries, ``(k3 + 1) * qtf / (k3 + qtf) * idf`` (S. Robertson et
al., Okapi at TREC-3, 1994). The best of them, any of which may match, are an ordinary query, boosted by the first
factor, and BM25F ranks what it finds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchlib.analysis import Lexicon
    from searchlib.engine.readers import Reader
    from searchlib.model.records import Record
    from searchlib.query.nodes import Node, Word

MOST_WORDS = 25
_K3 = 7.0
_RAREST = 8  # words by which copies are looked for
_CONSIDERED = 400  # words of a paragraph, the most frequent ones


def telling_words(reader: Reader, record: Record, most: int = MOST_WORDS) -> list[Word]:
    """The ``most`` telling words of a paragraph that another one has as well, as nodes of a query, best first."""
    from searchlib.model.ranking import idf

    counts: dict[Word, int] = {}
    for text, often in _words(record.paragraph.text).items():
        for word in _nodes(text, reader.lexicon):
            counts[word] = counts.get(word, 0) + often
    considered = sorted(counts, key=lambda word: -counts[word])[:_CONSIDERED]
    frequencies = dict(zip(considered, reader.frequencies(considered), strict=True))
    shared = [word for word in considered if frequencies[word] > 1]
    boosts = {word: (_K3 + 1) * counts[word] / (_K3 + counts[word]) for word in shared}
    records = reader.size
    shared.sort(key=lambda word: -boosts[word] * idf(records, frequencies[word]))
    return [replace(word, boost=boosts[word]) for word in shared[:most]]


def similar_query(reader: Reader, record: Record) -> Node:
    """The query for what is like a paragraph; it finds the paragraph itself, too."""
    from searchlib.query.nodes import Or

    words = telling_words(reader, record)
    return words[0] if len(words) == 1 else Or(tuple(words))


def copies(reader: Reader, record: Record, query: Node, filter: Node | None) -> tuple[Record, ...]:
    """The other paragraphs that match and say the same (`searchlib.paragraphs.saying`), in the order of the index.

    They have its rarest words: these are few paragraphs, whose texts are then compared.
    """
    from searchlib.engine.requests import DOCUMENT, Request, SortKey
    from searchlib.paragraphs.saying import said
    from searchlib.query.nodes import And

    text = said(record.paragraph.text)
    words = {word for one in _words(text) for word in _nodes(one, reader.lexicon)}
    considered = sorted(words, key=lambda word: (-len(word.text), word.text))[:_CONSIDERED]
    frequencies = dict(zip(considered, reader.frequencies(considered), strict=True))
    rarest = sorted(considered, key=frequencies.__getitem__)[:_RAREST]
    within = And((query, *rarest, *(() if filter is None else (filter,))))
    found = reader.search(Request(within, sort=(SortKey(DOCUMENT),), limit=None, records=True)).hits
    records = [hit.record for hit in found if hit.record is not None]
    return tuple(one for one in records if one.id != record.id and said(one.paragraph.text) == text)


def others_only(record: Record, within_document: bool) -> Node:
    """A filter that leaves the paragraph out; unless ``within_document``, with all of its document."""
    from searchlib.query.nodes import And, Everything, Not, Range, Value

    itself: Node = Value(record.document.path, "document")
    if within_document:
        number = record.paragraph.number
        itself = And((itself, Range(number, number, ("number",))))
    return And((Everything(), Not(itself)))


def _words(text: str) -> dict[str, int]:
    """The words of a text as they stand there, one spelling for each key, and how often."""
    from searchlib.analysis import tokens

    spelling: dict[str, str] = {}
    counts: dict[str, int] = {}
    for token in tokens(text):
        written = spelling.setdefault(token.key, text[token.start : token.end])
        counts[written] = counts.get(written, 0) + 1
    return counts


def _nodes(text: str, lexicon: Lexicon) -> list[Word]:
    """The words of the text field that a word makes; a single character of a script without spaces is none."""
    from searchlib.analysis import forms
    from searchlib.query.nodes import Word

    fields = (("text", 1.0),)
    return [Word(text, found, fields) for found in forms(text, lexicon) if not found[0].prefix]
