"""Highlights of a record: which parts of a paragraph made it match.

A *span* is a range of code points of the paragraph's text. The spans of a hit are sorted and do not overlap;
those that overlap or touch (neighbouring bigrams of Chinese, say) are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from searchlib.analysis import Token
from searchlib.highlight.matching import Match, match
from searchlib.highlight.texts import LazyFields, Text
from searchlib.query.nodes import Word, WordPhrase
from searchlib.query.values import meta_keys, metadata_field
from searchlib.records import Record, Scalar

Spans = tuple[tuple[int, int], ...]


def spans(
    query: Any,
    text: str,
    language: str = "",
    fields: Mapping[str, str] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Spans:
    """The code-point ranges of ``text`` that make a record match ``query``; none if it does not.

    ``fields`` are the record's other prose fields (title, headings), ``attributes`` its other values.
    """
    prose = {**(fields or {}), "text": text}
    makers = {name: _analysing(value, language) for name, value in prose.items()}
    analysed = LazyFields(makers)
    return token_spans(match(query, analysed, language, attributes), analysed, query)


def match_record(query: Any, record: Record) -> tuple[Match, Mapping[str, Sequence[Token]]]:
    """Evaluate ``query`` over a record of the index; the second is the tokens that `Match` counts."""
    document, paragraph = record.document, record.paragraph
    language = document.language
    makers: dict[str, Callable[[], Sequence[Token]]] = {
        metadata_field(key): _keys_of(value) for key, value in document.metadata.items()
    }
    makers["text"] = _analysing(paragraph.text, language)
    makers["title"] = _analysing(document.title, language)
    makers["headings"] = _analysing("\n".join(paragraph.headings), language)
    attributes = {
        "id": record.id,
        "document": document.path,
        "type": document.type,
        "language": language,
        "kind": paragraph.kind,
        "number": paragraph.number,
        "line": paragraph.line,
        "start": paragraph.start,
        "end": paragraph.end,
    }
    fields = LazyFields(makers)
    return match(query, fields, language, attributes), fields


def record_spans(query: Any, record: Record) -> Spans:
    """The code-point ranges of the paragraph's text that make the record match ``query``."""
    return token_spans(*match_record(query, record), query)


def token_spans(found: Match, fields: Mapping[str, Sequence[Token]], query: Any, name: str = "text") -> Spans:
    """The ranges of the tokens that matched in the field ``name``, merged."""
    indices = found.tokens.get(name, ())
    if not indices:
        return ()
    field = fields[name]
    units = _single_units(query)
    merged: list[tuple[int, int]] = []
    for index in indices:
        token = field[index]
        start, end = token.start, token.end
        is_bigram = index + 1 < len(field) and field[index + 1].start < end
        if units and is_bigram and token.key.startswith(units) and not _wanted_whole(query, token.key):
            # The query asks for one character: the second half of the bigram is none of its business.
            end = field[index + 1].start
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _analysing(text: str, language: str) -> Callable[[], Sequence[Token]]:
    return lambda: Text(text, language)


def _keys_of(value: Scalar | tuple[Scalar, ...]) -> Callable[[], Sequence[Token]]:
    return lambda: [Token(key, 0, 0, position) for key, position in zip(*meta_keys(value), strict=True)]


def _words(query: Any) -> Iterator[Word]:
    for leaf in query.leaves():
        if isinstance(leaf, Word):
            yield leaf
        elif isinstance(leaf, WordPhrase):
            yield from leaf.words


def _single_units(query: Any) -> tuple[str, ...]:
    return tuple(form.folded for word in _words(query) for form in word.forms if form.prefix)


def _wanted_whole(query: Any, key: str) -> bool:
    return any(form.folded == key for word in _words(query) for form in word.forms if not form.prefix)
