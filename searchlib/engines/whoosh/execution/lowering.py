"""From a query tree to scorers: what each node means in a segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, assert_never

import numpy as np

from searchlib.analysis import Form
from searchlib.engines.whoosh.execution import expansion
from searchlib.engines.whoosh.execution.extents import (
    Placed,
    PlacedAny,
    PlacedNear,
    PlacedPattern,
    PlacedPhrase,
    PlacedWord,
)
from searchlib.engines.whoosh.execution.groupscorers import AndScorer, BestScorer, NotScorer, OrScorer
from searchlib.engines.whoosh.execution.interface import Bools, Docs
from searchlib.engines.whoosh.execution.nearscorer import NearScorer
from searchlib.engines.whoosh.execution.phrasescorer import PhraseScorer
from searchlib.engines.whoosh.execution.prepared import Part, Weighed, Weighting, distinct_docs
from searchlib.engines.whoosh.execution.rescorers import ConstantScorer, OptionalScorer
from searchlib.engines.whoosh.execution.scorer import Scorer
from searchlib.engines.whoosh.execution.setscorers import EverythingScorer, PatternScorer, TestedScorer
from searchlib.engines.whoosh.execution.snapshot import Snapshot, View
from searchlib.engines.whoosh.execution.wordscorer import Rarity, WordScorer
from searchlib.guards.deadline import check
from searchlib.model.ranking import BM25F, idf
from searchlib.query.nodes import (
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Near,
    Node,
    Not,
    Optional,
    Or,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Wildcard,
    Word,
)

JOINTS = b"&", b"-"  # before a word that is joined (`searchlib.analysis.wordmarks`)
_FEW = 16  # of so many docs at most one holds a key: then docs are sorted instead of marked

_Keys: TypeAlias = "dict[bytes, list[tuple[float, frozenset[str] | None]]]"


class Lowering:
    """One query's lowering, in every segment of a snapshot. None is a scorer that matches nothing."""

    def __init__(self, snapshot: Snapshot, ranking: BM25F) -> None:
        self.snapshot = snapshot
        self.ranking = ranking

    def lower(self, node: Node, view: View) -> Scorer | None:  # noqa: PLR0911, PLR0912 - one for each class
        """The scorer of ``node``."""
        check()
        match node:
            case Word():
                return self.word(node, view)
            case Value():
                return self._value(node, view)
            case Phrase():
                return self._phrase(node, view)
            case Prefix() | Wildcard() | Fuzzy() | Range():
                return self._pattern(node, view)
            case Everything():
                return self._everything(node.field, node.boost, node, view)
            case And():
                return self._and(node, view)
            case Or() | Best():
                return self._any(node, view)
            case Not():
                inner = self.lower(node.node, view)
                return EverythingScorer(view, 0.0, node) if inner is None else NotScorer(inner)
            case Optional():
                inner, optional = self.lower(node.node, view), self.lower(node.optional, view)
                return inner if inner is None or optional is None else OptionalScorer(inner, optional, node)
            case Require():
                inner, required = self.lower(node.node, view), self.lower(node.required, view)
                if inner is None or required is None:
                    return None
                return AndScorer([inner, ConstantScorer(required, 0.0, node.required)], node)
            case Constant():
                inner = self.lower(node.node, view)
                return None if inner is None else ConstantScorer(inner, float(node.score), node)
            case Near():
                first, second = self.lower(node.first, view), self.lower(node.second, view)
                if first is None or second is None:
                    return None
                return NearScorer(first, second, self._placed(node, node.field, view), node)
        assert_never(node)

    def filtered(self, node: Node, kept: Node | None, view: View) -> Scorer | None:
        """The scorer of ``node``, where ``kept``, which does not score, matches too."""
        inner = self.lower(node, view)
        if inner is None or kept is None:
            return inner
        required = self.lower(kept, view)
        if required is None:
            return None
        parts = inner.children if isinstance(inner, AndScorer) else (inner,)
        return AndScorer([*parts, ConstantScorer(required, 0.0, kept)], Require(node, kept))

    # Words

    def frequency(self, word: Word) -> int:
        """In how many live records a word stands, as its rarity counts it: in the field where it is commonest."""
        return max((self._df(field, word) for field, _ in word.fields), default=0)

    def _df(self, field: str, word: Word) -> int:
        """In how many live records a word stands in a field, in any of its forms."""

        def count() -> int:
            keys = self._forms(field, word)
            return sum(_count(field, keys, view) for view in self.snapshot.views)

        return self.snapshot.counted((field, word.forms), count)

    def word(self, word: Word, view: View, boost: float = 1.0) -> WordScorer | None:
        """That of a word."""
        check()
        name = word.forms, word.fields, self.ranking
        made = view.made(name, lambda: self._weighed_word(word, view))
        if made is None:
            return None
        weighed, rarity = made
        synonyms: Mapping[bytes, Form] = {}
        if any(form.synonym_of for form in word.forms):
            synonyms = expansion.synonyms_among(word.forms, [key for part in weighed.parts for key in part.lists])
        return WordScorer(weighed, rarity, boost * word.boost, word, synonyms)

    def _phrase(self, node: Phrase, view: View) -> Scorer | None:
        words: list[WordScorer] = []
        for one in node.words:
            word = self.word(one, view, node.boost)
            if word is None:
                return None
            words.append(word)
        if len(words) <= view.tuning.most_leads:
            return PhraseScorer(words, node)
        # Of so many words only what is as long is looked at: that is hardly anything.
        lengths = [view.segment.lengths(part.field) for part in words[0].weighed.parts]
        name = "as long", len(words), tuple(part.field for part in words[0].weighed.parts)
        long = TestedScorer(
            view, lambda docs: np.any([one[docs] >= len(words) for one in lengths], axis=0), name, 0.0, node
        )
        return PhraseScorer(words, node, [long]) if long.cost else None

    def _value(self, node: Value, view: View) -> WordScorer | None:
        made = view.made((node.key, node.field, self.ranking), lambda: self._weighed_value(node, view))
        return None if made is None else WordScorer(*made, node.boost, node, {})

    def _weighed_word(self, word: Word, view: View) -> tuple[Weighed, Rarity] | None:
        wanted: list[tuple[str, bytes, Weighting]] = []
        for field, weight in word.fields:
            for key, weights in sorted(self._forms(field, word).items()):
                wanted.append((field, key, tuple((weight * counts, languages) for counts, languages in weights)))
        parts = self._parts(wanted, view)
        return self._weighed(parts, self.frequency(word), view) if parts else None

    def _weighed_value(self, node: Value, view: View) -> tuple[Weighed, Rarity] | None:
        key = node.key.encode("utf-8", "surrogatepass")
        wanted: Weighting = ((self.ranking.weight(node.field), None),)
        parts = self._parts([(node.field, key, wanted)], view)
        return self._weighed(parts, self.snapshot.df(node.field, key), view) if parts else None

    def _weighed(self, parts: Sequence[Part], df: int, view: View) -> tuple[Weighed, Rarity]:
        records = self.snapshot.records
        return Weighed(view, parts, self.ranking), Rarity(idf(records, df), df, records)

    def _parts(self, wanted: Iterable[tuple[str, bytes, Weighting]], view: View) -> list[Part]:
        # By what is in any segment, so that shares are added in the same order in each.
        alike: dict[tuple[str, Weighting], list[bytes]] = {}
        for field, key, weights in wanted:
            alike.setdefault((field, weights), []).append(key)
        parts = []
        for (field, weights), keys in alike.items():
            lists = {key: found for key in keys if (found := view.postings(field, key)) is not None}
            if lists:
                parts.append(Part(view, field, lists, view.norm(field, self.ranking), weights))
        return parts

    def _forms(self, field: str, word: Word) -> _Keys:
        keys: _Keys = {}
        for form in word.forms:
            exact = form.exact.encode("utf-8", "surrogatepass")
            joined = tuple(joint + exact for joint in JOINTS)
            if form.prefix:
                start: bytes = form.folded.encode("utf-8", "surrogatepass")
                stop: bytes | None = expansion.end_of_prefix(start)
            else:
                start, stop = expansion.variants(form.folded)
                if form.alone:
                    start = start + expansion.SEPARATOR + exact
                    stop = start + b"\0"
            counts = form.weight * (self.ranking.form if form.other else 1.0)
            for key in self.snapshot.keys(field, start, stop):
                written = key.rpartition(expansion.SEPARATOR)[2]
                equal = written.startswith(exact) if form.prefix else written == exact or written.endswith(joined)
                weight = counts * (1.0 if equal else self.ranking.variant(form.tonal))
                keys.setdefault(key, []).append((weight, form.languages))
        return keys

    # What counts the same for whatever it matches

    def _pattern(self, node: Pattern, view: View) -> Scorer | None:
        if isinstance(node, Range) and not isinstance(node.low, str) and not isinstance(node.high, str):
            found = [self._numbers(node, field, view) for field in node.fields]
            if any(found) or node.low is not None or node.high is not None:
                return _some(found, node)
        if expansion.is_anything(node):
            return _some([self._everything(field, node.boost, node, view) for field in node.fields], node)
        return PatternScorer(
            view,
            lambda: expansion.terms(view, node),
            expansion.kept_as(node, view),
            float(node.boost),
            node,
        )

    def _numbers(self, node: Range, field: str, view: View) -> Scorer | None:
        try:
            values = view.segment.column(field)
        except KeyError:
            return None

        def holds(docs: Docs | slice) -> Bools:
            own = values[docs]
            hits = np.ones(len(own), bool)
            if node.low is not None:
                hits &= own > node.low if node.open_low else own >= node.low
            if node.high is not None:
                hits &= own < node.high if node.open_high else own <= node.high
            return hits

        name = "numbers", field, node.low, node.high, node.open_low, node.open_high
        return TestedScorer(view, holds, name, float(node.boost), node)

    def _everything(self, field: str, boost: float, asked: Node, view: View) -> Scorer:
        if not field:
            return EverythingScorer(view, float(boost), asked)
        # Which docs have anything in the field: its lengths tell, where they are kept.
        if view.segment.length_sum(field) > 0:
            lengths = view.segment.lengths(field)
            return TestedScorer(view, lambda docs: lengths[docs] > 0, ("filled", field), float(boost), asked)
        every = Range("", None, (field,), open_low=True)  # the empty value is none
        name = expansion.kept_as(every, view)
        return PatternScorer(view, lambda: expansion.terms(view, every), name, float(boost), asked)

    # Groups

    def _and(self, node: And, view: View) -> Scorer | None:
        children = [self.lower(child, view) for child in node.nodes]
        there = [child for child in children if child is not None]
        if len(there) < len(children) or not there:
            return None
        return there[0] if len(there) == 1 else AndScorer(there, node)

    def _any(self, node: Or | Best, view: View) -> Scorer | None:
        children = [self.lower(child, view) for child in node.nodes]
        there = [child for child in children if child is not None]
        if len(there) > 1:
            there = [child for child in there if not _finds_nothing(child)] or there[:1]
        if len(there) < 2:
            return there[0] if there else None
        return OrScorer(there, node) if isinstance(node, Or) else BestScorer(there, node.tiebreak, node)

    # Places

    def _placed(self, node: Node, field: str, view: View) -> Placed:  # noqa: PLR0911 - one for each class
        """Where a node stands in a field."""
        check()
        match node:
            case Word() | Value():
                word = self.word(node, view) if isinstance(node, Word) else self._value(node, view)
                return PlacedAny(()) if word is None else PlacedWord(word.weighed, field)
            case Phrase(words, slop):
                return PlacedPhrase([self._placed(word, field, view) for word in words], slop, view.tuning.extents)
            case Prefix() | Wildcard() | Fuzzy() | Range():
                own = replace(node, fields=(field,) if field in node.fields else ())
                return PlacedPattern(view, field, lambda: expansion.terms(view, own), expansion.kept_as(own, view))
            case Or(nodes) | Best(nodes):
                return PlacedAny([self._placed(child, field, view) for child in nodes])
            case Constant(inner):
                return self._placed(inner, field, view)
            case Near(first, second, own_field, slop, ordered) if own_field == field:
                sides = self._placed(first, field, view), self._placed(second, field, view)
                return PlacedNear(*sides, slop, ordered, view.tuning.extents)
            case _:
                return PlacedAny(())


def _some(found: Sequence[Scorer | None], asked: Pattern) -> Scorer | None:
    """What any of some scorers matches."""
    there = [one for one in found if one is not None]
    if len(there) < 2:
        return there[0] if there else None
    return ConstantScorer(OrScorer(there, asked), float(asked.boost), asked)


def _finds_nothing(scorer: Scorer) -> bool:
    """Whether a phrase of a rare word, as one that is broken where a line ends, stands nowhere: that is soon known."""
    rare = isinstance(scorer, PhraseScorer) and scorer.cost <= scorer.view.tuning.looked_through
    return rare and not len(scorer.within(0, scorer.view.doc_count))


def _count(field: str, keys: _Keys, view: View) -> int:
    """How many live docs hold one of some keys, which counts in their language."""
    found: list[Docs] = []
    for key, weights in keys.items():
        postings = view.postings(field, key)
        if postings is None:
            continue
        languages = [spoken for _, spoken in weights if spoken is not None]
        if len(keys) == 1 and not languages and view.alive is None:
            return postings.df
        docs = postings.docs()
        found.append(docs if len(languages) < len(weights) else docs[view.speaks(frozenset().union(*languages))[docs]])
    if sum(map(len, found)) * _FEW < view.doc_count:
        return len(view.live(distinct_docs(found)))
    marks = np.zeros(view.doc_count, bool)
    for docs in found:
        marks[docs] = True
    return int(np.count_nonzero(marks if view.alive is None else marks & view.alive))
