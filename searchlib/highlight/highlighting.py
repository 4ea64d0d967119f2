"""Highlights of a record: which parts of a paragraph, its title and its headings made it match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from searchlib.analysis import Token, split_key
from searchlib.concurrency.lazily import cached_property
from searchlib.highlight.leaves import Leaves
from searchlib.highlight.matching import Match, match
from searchlib.highlight.spans import Highlights, Spans, by_line, joined
from searchlib.highlight.spotting import spotter
from searchlib.highlight.texts import RecordFields, Text, attributes_of
from searchlib.model.records import Record
from searchlib.query.nodes import Node, Word, without_segmented, words


class Highlighter:
    """Highlights the records of one query. What it learns of words in one record, it knows in the next."""

    def __init__(self, query: Node) -> None:
        self.query = query = without_segmented(query)
        self._leaves = Leaves(query)
        self._spotter = spotter(query, self._leaves)

    def match(self, record: Record) -> tuple[Match, Mapping[str, Sequence[Token]]]:
        """Evaluate the query over a record of the index; the second is the tokens that `Match` counts."""
        fields = RecordFields(record)
        return match(self.query, fields, record.document.language, attributes_of(record), self._leaves), fields

    def highlights(self, record: Record) -> Highlights:
        """All that made the record match."""
        spotted = self._spotter.highlights(record) if self._spotter is not None else None
        if spotted is not None:
            return spotted
        found, fields = self.match(record)
        titles = self._spans(found, fields, "title")
        headings = by_line(self._spans(found, fields, "headings"), record.paragraph.headings)
        return Highlights(found.matched, self._spans(found, fields, "text"), titles, headings)

    def spans(self, record: Record) -> Spans:
        """The code-point ranges of the paragraph's text that make the record match the query."""
        return self.highlights(record).text

    def _spans(self, found: Match, fields: Mapping[str, Sequence[Token]], name: str = "text") -> Spans:
        indices = found.tokens.get(name, ())
        if not indices:
            return ()
        field = fields[name]
        if self._units:
            return joined(self._units.ranges(field, indices))
        if isinstance(field, Text):
            ranges = field.ranges(indices[-1])
            return joined([ranges[index] for index in indices])
        return joined([(field[index].start, field[index].end) for index in indices])

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
