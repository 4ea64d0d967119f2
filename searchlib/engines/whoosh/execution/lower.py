"""From a query tree to sources: what each node means in a segment.

Boosts multiply down to the leaves. Nodes are known by their exact class; any other class, a user's own, goes
to the snapshot's ``foreign`` evaluator. Where stock Whoosh is wrong, this is what is
right: AndNot is And with Not, a Prefix heeds its boost, an open range ends where its values do, Otherwise looks
at the whole index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np
from whoosh import query as wq
from whoosh.query import spans
from whoosh.query.compound import DefaultOr, PreloadedOr, SplitOr

from searchlib.deadline import check
from searchlib.engines.whoosh.execution import expand
from searchlib.engines.whoosh.execution.boolean import All, Best, Constant, Excluded, Optional, Some
from searchlib.engines.whoosh.execution.leaves import Part, Ranked, Rarity, Weights
from searchlib.engines.whoosh.execution.phrase import Phrase
from searchlib.engines.whoosh.execution.postings import Reader
from searchlib.engines.whoosh.execution.snapshot import FieldNorm, Snapshot, View
from searchlib.engines.whoosh.execution.source import MOST_DRIVERS, Everything, Marked, Nothing, Source
from searchlib.engines.whoosh.execution.topk import chunks
from searchlib.errors import QueryError
from searchlib.query import nodes
from searchlib.query.nodes import Word, WordPhrase
from searchlib.ranking import BM25F, idf

_Keys: TypeAlias = dict[bytes, list[tuple[float, frozenset[str] | None]]]


class Lowering:
    """One query's lowering, in every segment of a snapshot."""

    def __init__(self, snapshot: Snapshot, ranking: BM25F) -> None:
        self.snapshot = snapshot
        self.ranking = ranking
        self._answered: dict[int, bool] = {}
        self._norms: dict[tuple[int, str], FieldNorm] = {}
        self.placed: dict[tuple[int, int], Any] = {}  # see ``placing.place``

    def anew(self) -> Lowering:
        """The same for something that this one keeps, and that therefore may not keep it."""
        return Lowering(self.snapshot, self.ranking)

    def lower(self, query: Any, view: View, boost: float = 1.0) -> Source:
        """The source of ``query``, its scores multiplied by ``boost``."""
        check()
        return _LOWER.get(type(query), Lowering.foreign)(self, query, view, boost)

    # Words

    def _term(self, query: Any, view: View, boost: float) -> Source:
        key = self._bytes(query.fieldname, query.text)
        if key is None:
            return Nothing(view)
        return self._exact(view, query.fieldname, key, boost * query.boost, query)

    def _exact(self, view: View, field: str, key: bytes, boost: float, text: Any) -> Source:
        weights: Weights = ((self.ranking.weight(field), None),)
        return self._ranked(view, [(field, key, weights)], self.snapshot.df(field, key), boost, text) or Nothing(view)

    def _ranked(
        self,
        view: View,
        keys: Iterable[tuple[str, bytes, Weights]],
        df: int,
        boost: float,
        text: Any,
    ) -> Ranked | None:
        parts = []
        for field, key, weights in keys:
            postings = view.postings(field, key)
            if postings is not None:
                parts.append(Part(view, field, key, Reader(postings), self._norm(view, field), weights))
        if not parts:
            return None
        rarity = Rarity(text, boost, idf(self.snapshot.records, df), df, self.snapshot.records)
        return Ranked(view, parts, self.ranking, rarity)

    def _norm(self, view: View, field: str) -> FieldNorm:
        norm = self._norms.get((view.number, field))
        if norm is None:
            norm = self._norms[view.number, field] = view.norm(field, self.ranking)
        return norm

    def _word(self, query: Word, view: View, boost: float) -> Source:
        return self.ranked_word(query, view, boost) or Nothing(view)

    def ranked_word(self, query: Word, view: View, boost: float = 1.0) -> Ranked | None:
        """The source of a word; None if the segment does not have it."""
        check()
        wanted = []
        df = 0
        for field, weight in query.fields:
            for key, weights in sorted(self._forms(field, query).items()):
                df = max(df, self.snapshot.df(field, key))
                wanted.append((field, key, tuple((weight * counts, languages) for counts, languages in weights)))
        found = self._ranked(view, wanted, df, boost * query.boost, query)
        if found is not None and any(form.synonym_of for form in query.forms):
            found.synonyms = expand.synonyms_among(query.forms, [part.key for part in found.parts])
        return found

    def frequency(self, word: Word) -> int:
        """In how many live records a word stands, as its idf counts it: those of its commonest key."""
        keys = ((field, key) for field, _ in word.fields for key in self._forms(field, word))
        return max((self.snapshot.df(field, key) for field, key in keys), default=0)

    def _forms(self, field: str, query: Word) -> _Keys:
        keys: _Keys = {}
        for form in query.forms:
            if form.prefix:
                start = form.folded.encode("utf-8", "surrogatepass")
                ranges = [(start, expand.end_of_prefix(start))]
            else:
                ranges = list(expand.variants(form.folded))
            exact = form.exact.encode("utf-8", "surrogatepass")
            for start, stop in ranges:
                for key in self.snapshot.keys(field, start, stop):
                    written = key.rpartition(expand.SEPARATOR)[2]
                    equal = written.startswith(exact) if form.prefix else written == exact
                    weight = form.weight * (1.0 if equal else self.ranking.accent)
                    keys.setdefault(key, []).append((weight, form.languages))
        return keys

    def _phrase(self, query: Any, view: View, boost: float) -> Source:
        words = []
        for text in query.words:
            key = self._bytes(query.fieldname, text)
            word = key is not None and self._exact(view, query.fieldname, key, boost * query.boost, text)
            if not isinstance(word, Ranked):
                return Nothing(view)
            words.append(word)
        return _in_order(view, words, query.slop, query)

    def _word_phrase(self, query: WordPhrase, view: View, boost: float) -> Source:
        words = []
        for node in query.words:
            word = self.ranked_word(node, view, boost * query.boost)
            if word is None:
                return Nothing(view)
            words.append(word)
        return _in_order(view, words, query.slop, query)

    # Many terms

    def _pattern(self, query: Any, view: View, boost: float) -> Source:
        if isinstance(query, wq.Prefix | wq.Wildcard) and not query.text.strip("*"):
            return self._holding(query.fieldname, view, query.boost * boost, query)
        return self._expanded(query, view, boost, self.expansion(query, view))

    def expansion(self, query: Any, view: View) -> expand.Terms:
        """The terms of a segment that a pattern, a fuzzy term or a range of terms stands for."""
        match query:
            case wq.Wildcard():
                return expand.globbed(view, query.fieldname, query.text)
            case wq.Regex():
                return expand.matched(view, query.fieldname, query.text)
            case wq.FuzzyTerm():
                return expand.similar(view, query.fieldname, query.text, int(query.maxdist), query.prefixlength)
            case wq.TermRange():
                return self._in_range(query, view)
            case _:
                return expand.prefixed(view, query.fieldname, query.text)

    def is_costly(self, query: Any) -> bool:
        """Whether a pattern, a fuzzy term or a range of terms stands for more than `expand.MANY` terms."""
        return expand.is_costly(self.snapshot, query, lambda view: self.expansion(query, view))

    def _variations(self, query: Any, view: View, boost: float) -> Source:
        from whoosh.lang.morph_en import variations  # compiles many patterns

        words = []
        for text in sorted(set(variations(query.text))):
            key = self._bytes(query.fieldname, text)
            if key is not None:
                words.append(self._exact(view, query.fieldname, key, boost * query.boost, text))
        return _some(view, words, query)

    def _in_range(self, query: Any, view: View) -> expand.Terms:
        start = b"" if query.start is None else self._bytes(query.fieldname, query.start)
        end = None if query.end is None else self._bytes(query.fieldname, query.end)
        if start is None or (end is None and query.end is not None):
            return iter(())
        fold = self._number_field(query.fieldname) is None
        return expand.ranged(view, query.fieldname, start, end, query.startexcl, query.endexcl, fold)

    def _numeric_range(self, query: Any, view: View, boost: float) -> Source:
        field = self._number_field(query.fieldname)
        score = float(boost * query.boost)
        if field is None:
            return self._column_range(query, view, score)
        try:
            bounds = [None if end is None else field.to_bytes(end) for end in (query.start, query.end)]
        except (ValueError, TypeError, OverflowError) as error:
            raise QueryError(f"{query.fieldname} cannot be {query.start} to {query.end}: {error}") from error
        # Terms of other precisions of the same number begin with another byte.
        low = bounds[0] or b"\0"
        high = bounds[1] or b"\0" + b"\xff" * 16
        terms = expand.ranged(view, query.fieldname, low, high, query.startexcl, query.endexcl, False)
        return Marked(view, expand.mark(view, terms)[0], score, query)

    def _column_range(self, query: Any, view: View, score: float) -> Source:
        try:
            values = view.segment.column(query.fieldname)
        except KeyError:
            return Nothing(view)
        marks = np.ones(view.doc_count, bool)
        if query.start is not None:
            marks &= values > query.start if query.startexcl else values >= query.start
        if query.end is not None:
            marks &= values < query.end if query.endexcl else values <= query.end
        return Marked(view, marks, score, query)

    def _column(self, query: Any, view: View, boost: float) -> Source:
        try:
            values = view.segment.column(query.fieldname).tolist()
        except KeyError:
            return Nothing(view)
        wanted = query.condition
        accepts = wanted if callable(wanted) else wanted.__eq__
        return Marked(view, np.fromiter((accepts(value) is True for value in values), bool, len(values)), boost, query)

    def _every(self, query: Any, view: View, boost: float) -> Source:
        score = float(boost * query.boost)
        if query.fieldname in (None, "", "*"):
            return Everything(view, score)
        return self._holding(query.fieldname, view, score, query)

    def _holding(self, field: str, view: View, score: float, text: Any) -> Source:
        # Which docs have anything in the field: its lengths tell, where they are kept.
        if view.segment.length_sum(field) > 0:
            return Marked(view, view.segment.lengths(field) > 0, float(score), text)
        return Marked(view, expand.mark(view, view.segment.terms(field))[0], float(score), text)

    def _expanded(self, query: Any, view: View, boost: float, terms: expand.Terms) -> Source:
        boost = float(boost * query.boost)
        if query.constantscore:
            name = expand.kept_as(query, view)
            kept = self.snapshot.decoded.get(name)
            if kept is None:
                marks, number = expand.mark(view, terms)
                self.snapshot.decoded.put(name, (np.packbits(marks), np.array(number)))
            else:
                marks = np.unpackbits(kept[0], count=view.doc_count).view(bool)
            return Marked(view, marks, boost, query)
        # Scored term by term, into one array however many there are.
        marks, scores = np.zeros(view.doc_count, bool), np.zeros(view.doc_count)
        for key, _ in terms:
            check()
            word = self._exact(view, query.fieldname, key, boost, "")
            if isinstance(word, Ranked):
                docs, part = word.listed()
                marks[docs] = True
                scores[docs] += part
        return Marked(view, marks, scores, query)

    # Nodes of nodes

    def _and(self, query: Any, view: View, boost: float) -> Source:
        children = [self.lower(child, view, boost * query.boost) for child in query.subqueries]
        if not children or any(isinstance(child, Nothing) for child in children):
            return Nothing(view)
        return children[0] if len(children) == 1 else All(children, query)

    def _or(self, query: Any, view: View, boost: float) -> Source:
        if query.scale:  # Whoosh's bonus for matching more of the children
            return self.foreign(query, view, boost)
        return _some(view, [self.lower(child, view, boost * query.boost) for child in query.subqueries], query)

    def _max(self, query: Any, view: View, boost: float) -> Source:
        children = [self.lower(child, view, boost * query.boost) for child in query.subqueries]
        children = [child for child in children if not isinstance(child, Nothing)]
        if len(children) < 2:
            return children[0] if children else Nothing(view)
        return Best(children, query.tiebreak, query)

    def _not(self, query: Any, view: View, boost: float) -> Source:
        child = self.lower(query.query, view)
        return Everything(view, 0.0) if isinstance(child, Nothing) else Excluded(child)

    def _and_not(self, query: Any, view: View, boost: float) -> Source:
        kept, excluded = self.lower(query.a, view, boost), self.lower(query.b, view)
        if isinstance(kept, Nothing) or isinstance(excluded, Nothing):
            return kept
        return All([kept, Excluded(excluded)], query)

    def _and_maybe(self, query: Any, view: View, boost: float) -> Source:
        required, wanted = self.lower(query.a, view, boost), self.lower(query.b, view, boost)
        if isinstance(required, Nothing) or isinstance(wanted, Nothing):
            return required
        return Optional(required, wanted, query)

    def _require(self, query: Any, view: View, boost: float) -> Source:
        scored, required = self.lower(query.a, view, boost), self.lower(query.b, view)
        if isinstance(scored, Nothing) or isinstance(required, Nothing):
            return Nothing(view)
        return All([scored, Constant(required, 0.0, query.b)], query)

    def _otherwise(self, query: Any, view: View, boost: float) -> Source:
        return self.lower(query.a if self.answers(query.a) else query.b, view, boost)

    def _constant(self, query: Any, view: View, boost: float) -> Source:
        child = self.lower(query.child, view)
        return child if isinstance(child, Nothing) else Constant(child, float(boost * query.score), query)

    def _nothing(self, query: Any, view: View, boost: float) -> Source:
        return Nothing(view)

    def _span(self, query: Any, view: View, boost: float) -> Source:
        from searchlib.engines.whoosh.execution.placing import span_query  # few queries are of places

        return span_query(self, query, view, boost)

    def foreign(self, query: Any, view: View, boost: float) -> Source:
        """What Whoosh's own matchers find."""
        if self.snapshot.foreign is None:
            raise QueryError(f"{type(query).__name__} is not a kind of query that can be executed here")
        docs, values = self.snapshot.foreign(self.snapshot, query, view.number)
        marks, scores = np.zeros(view.doc_count, bool), np.zeros(view.doc_count)
        marks[docs] = True
        scores[docs] = np.asarray(values, np.float64) * boost
        return Marked(view, marks, scores, query, foreign=True)

    # Helpers

    def answers(self, query: Any) -> bool:
        """Whether a query matches any record of the snapshot."""
        if id(query) not in self._answered:
            self._answered[id(query)] = any(
                len(docs) for view in self.snapshot.views for docs in chunks(self.lower(query, view))
            )
        return self._answered[id(query)]

    def _bytes(self, field: str, value: Any) -> bytes | None:
        """The term for a value; None if the field cannot hold it."""
        if isinstance(value, bytes):
            return value
        if self.snapshot.schema is None:
            return str(value).encode("utf-8", "surrogatepass")
        if field not in self.snapshot.schema:
            return None
        try:
            return bytes(self.snapshot.schema[field].to_bytes(value))
        except (ValueError, TypeError, OverflowError):
            return None

    def _number_field(self, field: str) -> Any | None:
        """The field type, if it is one of Whoosh's numbers or dates, whose terms are packed bytes."""
        schema = self.snapshot.schema
        if schema is None or field not in schema or not hasattr(schema[field], "sortable_to_bytes"):
            return None
        return schema[field]


def _some(view: View, children: list[Source], text: Any) -> Source:
    children = [child for child in children if not isinstance(child, Nothing)]
    if len(children) < 2:
        return children[0] if children else Nothing(view)
    return Some(children, text)


def _in_order(view: View, words: list[Ranked], slop: int, text: Any) -> Source:
    if len(words) < 2:
        return words[0] if words else Nothing(view)
    if len(words) <= MOST_DRIVERS:
        return Phrase(words, slop, text)
    # Of so many words only what is as long is looked at: that is hardly anything.
    long = np.zeros(view.doc_count, bool)
    for part in words[0].parts:
        lengths = part.norm.lengths
        long |= True if lengths is None else lengths >= len(words)
    return Phrase(words, slop, text, [Marked(view, long, 0.0, "long")]) if long.any() else Nothing(view)


_SPANS = (
    *(nodes.Near, wq.Sequence, wq.Ordered, spans.SpanNear, spans.SpanNear2, spans.SpanFirst, spans.SpanOr),
    *(spans.SpanNot, spans.SpanContains, spans.SpanBefore, spans.SpanCondition),
)
_LOWER: dict[type, Callable[[Lowering, Any, View, float], Source]] = {
    Word: Lowering._word,
    WordPhrase: Lowering._word_phrase,
    wq.Term: Lowering._term,
    wq.Phrase: Lowering._phrase,
    wq.Prefix: Lowering._pattern,
    wq.Wildcard: Lowering._pattern,
    wq.Regex: Lowering._pattern,
    wq.FuzzyTerm: Lowering._pattern,
    nodes.Fuzzy: Lowering._pattern,
    wq.Variations: Lowering._variations,
    wq.TermRange: Lowering._pattern,
    wq.NumericRange: Lowering._numeric_range,
    wq.DateRange: Lowering._numeric_range,
    wq.ColumnQuery: Lowering._column,
    wq.Every: Lowering._every,
    wq.And: Lowering._and,
    wq.Or: Lowering._or,
    DefaultOr: Lowering._or,
    SplitOr: Lowering._or,
    PreloadedOr: Lowering._or,
    wq.DisjunctionMax: Lowering._max,
    wq.Not: Lowering._not,
    wq.AndNot: Lowering._and_not,
    wq.AndMaybe: Lowering._and_maybe,
    wq.Require: Lowering._require,
    wq.Otherwise: Lowering._otherwise,
    wq.ConstantScoreQuery: Lowering._constant,
    nodes.Constant: Lowering._constant,
    type(wq.NullQuery): Lowering._nothing,
    **dict.fromkeys(_SPANS, Lowering._span),
}
