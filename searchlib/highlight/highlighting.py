"""Highlights of a record: which parts of a paragraph, its title and its headings made it match.

A *span* is a range of code points of a text. Spans are sorted and do not overlap; those that overlap or touch
(neighbouring bigrams of Chinese, say) are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from searchlib.analysis import Token, split_key
from searchlib.concurrency.lazily import cached_property
from searchlib.frozen import frozen
from searchlib.highlight.leaves import Leaves
from searchlib.highlight.matching import Match, match
from searchlib.highlight.texts import RecordFields, Text, attributes_of
from searchlib.model.records import Record
from searchlib.query.nodes import Node, Word, words

Spans = tuple[tuple[int, int], ...]


@frozen
class Highlights:
    """What of a record made it match: spans of the paragraph's text, of the title, and of each heading above it."""

    matched: bool
    text: Spans = ()
    title: Spans = ()
    headings: tuple[Spans, ...] = ()


class Highlighter:
    """Highlights the records of one query. What it learns of words in one record, it knows in the next."""

    def __init__(self, query: Node) -> None:
        self.query = query
        self._leaves = Leaves(query)

    def match(self, record: Record) -> tuple[Match, Mapping[str, Sequence[Token]]]:
        """Evaluate the query over a record of the index; the second is the tokens that `Match` counts."""
        fields = RecordFields(record)
        return match(self.query, fields, record.document.language, attributes_of(record), self._leaves), fields

    def highlights(self, record: Record) -> Highlights:
        """All that made the record match."""
        found, fields = self.match(record)
        titles = self._spans(found, fields, "title")
        headings = _by_line(self._spans(found, fields, "headings"), record.paragraph.headings)
        return Highlights(found.matched, self._spans(found, fields, "text"), titles, headings)

    def spans(self, record: Record) -> Spans:
        """The code-point ranges of the paragraph's text that make the record match the query."""
        return self._spans(*self.match(record))

    def _spans(self, found: Match, fields: Mapping[str, Sequence[Token]], name: str = "text") -> Spans:
        indices = found.tokens.get(name, ())
        if not indices:
            return ()
        field = fields[name]
        if self._units:
            return _joined(self._units.ranges(field, indices))
        if isinstance(field, Text):
            ranges = field.ranges(indices[-1])
            return _joined([ranges[index] for index in indices])
        return _joined([(field[index].start, field[index].end) for index in indices])

    @cached_property
    def _units(self) -> _Units | None:
        asked = list(words(self.query))
        return _Units(asked) if any(form.prefix for word in asked for form in word.forms) else None


class _Units:
    """Single characters of scripts without spaces, which the index holds as beginnings of bigrams."""

    def __init__(self, words: Sequence[Word]) -> None:
        forms = [form for word in words for form in word.forms]
        self._single = tuple(form.folded for form in forms if form.prefix)
        self._whole = frozenset(form.folded for form in forms if not form.prefix)

    def ranges(self, field: Sequence[Token], indices: Iterable[int]) -> list[tuple[int, int]]:
        """The ranges of these tokens; of a bigram that only its first half made match, that half."""
        found = []
        for index in indices:
            token = field[index]
            end = token.end
            if index + 1 < len(field) and field[index + 1].start < end:  # a bigram
                folded = split_key(token.key)[0]
                if folded not in self._whole and folded.startswith(self._single):
                    end = field[index + 1].start
            found.append((token.start, end))
        return found


def _joined(ranges: Sequence[tuple[int, int]]) -> Spans:
    """Sorted ranges with those that overlap or touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and start <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _by_line(spans: Spans, lines: Sequence[str]) -> tuple[Spans, ...]:
    """Spans of lines joined by line breaks, for each line its own."""
    if not spans:
        return ((),) * len(lines)
    found = []
    begin = 0
    for line in lines:
        stop = begin + len(line)
        found.append(tuple((start - begin, end - begin) for start, end in spans if begin <= start < stop))
        begin = stop + 1
    return tuple(found)
