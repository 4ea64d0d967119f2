"""The best k docs of a source, without scoring what cannot be among them.

Words, and conjunctions and disjunctions of anything, are collected through the docs of one child, the *driver*: the
rarest of a conjunction, and of a disjunction each in turn, the most valuable first, until what is left cannot make a
doc good (MaxScore: H. Turtle and J. Flood, Query evaluation: strategies and optimizations, 1995). Every posting has a
bound of its score in one byte (see ``source.Promising``). The driver's best docs give a threshold; of its other docs
those are followed into the other children whose bounds, added up, reach it.

Any other tree goes by windows (see ``postings``): the most promising are evaluated first, a span of them at a time,
until no bound is as high as the k-th best score found so far, as with block maxima (S. Ding and T. Suel, Faster top-k
document retrieval using block-max indexes, SIGIR 2011), but with whole arrays. Before that, children of a disjunction
that are rare are read whole, and their docs evaluated wherever they are.

A bound that is equal to the threshold is still looked at: of equal scores the first doc counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from searchlib.deadline import check
from searchlib.engines.whoosh.execution.boolean import All, Some
from searchlib.engines.whoosh.execution.leaves import Ranked
from searchlib.engines.whoosh.execution.phrase import Phrase, Standing
from searchlib.engines.whoosh.execution.postings import Span
from searchlib.engines.whoosh.execution.segment import Bools, Docs, Floats
from searchlib.engines.whoosh.execution.source import FIRST, MOST_DRIVERS, Everything, Marked, Need, Source

SPARSE = 16_384  # docs that are evaluated wherever they are
FIRST_WINDOWS = 128  # what is evaluated to get a threshold
CHUNK_DOCS = 131_072  # the size of a span at most: arrays of 1 MB
VERIFIED = 256  # docs that only look like matches, checked at a time
_SLACK = 1e-9  # bounds may add up in another order than scores


class Top:
    """The k best docs so far of one segment, by score and then doc."""

    def __init__(self, k: int, threshold: float = -np.inf) -> None:
        self.k = k
        self.docs: Docs = np.empty(0, np.int32)
        self.scores: Floats = np.empty(0)
        self._floor = threshold

    @property
    def threshold(self) -> float:
        """No doc with a score below this can be among the k best."""
        return max(self._floor, float(self.scores[-1])) if len(self.scores) == self.k else self._floor

    def add(self, docs: Docs, scores: Floats) -> None:
        """Take the best of these docs in; a doc may be given again, with the same score."""
        good = scores >= self.threshold
        docs, scores = docs[good], scores[good]
        if len(scores) > 4 * self.k:
            good = scores >= np.partition(scores, len(scores) - self.k)[len(scores) - self.k]
            docs, scores = docs[good], scores[good]
        docs, scores = np.concatenate((self.docs, docs)), np.concatenate((self.scores, scores))
        best = np.lexsort((docs, -scores))
        docs, scores = docs[best], scores[best]
        first = np.ones(len(docs), bool)
        np.not_equal(docs[1:], docs[:-1], out=first[1:])  # a doc's score is always the same
        self.docs, self.scores = docs[first][: self.k], scores[first][: self.k]


def collect(source: Source, k: int, threshold: float = -np.inf) -> Top:
    """The ``k`` best live docs of a source; docs that score below ``threshold`` need not be found."""
    top = Top(k, threshold)
    if k > 0 and source.view.doc_count:
        if _maxscore(source, top):
            return top
        docs, rest = source.split(SPARSE)
        if docs is not None:
            _collect_at(source, source.view.live(docs), top)
        if rest is not None:
            _collect_windows(source, rest, top)
    return top


def chunks(source: Source) -> Iterator[Docs]:
    """The live docs that match, in order, a part at a time; memory for no more than a part is taken."""
    view = source.view
    if source.cost <= SPARSE:
        docs = view.live(source.candidates())
        yield docs[source.at(docs, Need.MATCHES)[0]]
        return
    step = max(1, CHUNK_DOCS >> view.bits)
    for first in range(0, view.windows, step):
        check()
        span = Span.run(first, min(first + step, view.windows), view.bits)
        hits, _ = source.dense(span, Need.MATCHES)
        yield view.live(span.docs(np.flatnonzero(hits)))


def scored_chunks(source: Source) -> Iterator[tuple[Docs, Floats]]:
    """The live docs that match, in order, and their scores, a part at a time."""
    for docs in chunks(source):
        yield docs, source.at(docs, Need.SCORES)[1]


def _maxscore(source: Source, top: Top) -> bool:
    """Collect from a word, a conjunction or a disjunction through the docs of a child; False if it is none of them."""
    plain = source.conjunction if isinstance(source, Standing) and source.guesses else source
    if plain is source and isinstance(plain, Everything | Marked) and isinstance(plain.score, float):
        # All score the same, so the first ones are the best.
        docs = source.view.live(plain.candidates())[: top.k]
        top.add(docs, np.full(len(docs), plain.score))
    elif isinstance(plain, Ranked):
        _drive(source, plain, [plain], top)
    elif isinstance(plain, All) and _listable(plain.rising[0]):
        _drive(source, plain, plain.rising, top)
    elif type(plain) is Some and len(plain.children) <= MOST_DRIVERS and all(map(_listable, plain.children)):
        falling = sorted(plain.children, key=lambda child: -child.bound())
        for number in range(len(falling)):
            # What has none of the children before must be good by these.
            left = falling[number:]
            if sum(child.bound() for child in left) * (1 + _SLACK) < top.threshold:
                break
            _drive(source, plain, left, top)
    else:
        return False
    return True


def _listable(source: Source) -> bool:
    """Whether all docs of a source can be had fast."""
    return isinstance(source, Ranked | Phrase) or source.cost <= source.view.doc_count // 2


def _drive(source: Source, plain: Source, children: list[Source], top: Top) -> None:
    """Consider the docs of the first of some children, the most promising first.

    In a conjunction these are all children; in a disjunction those that may still make a doc good.
    """
    driver, *others = children
    promising = driver.promising()
    if len(promising.docs) <= 2 * FIRST:
        _follow(source, plain, children, promising.docs, top)
        return
    _follow(source, plain, children, promising.best, top)
    more = sum(other.bound() for other in others)
    docs, bounds = promising.above(top.threshold - more - (abs(top.threshold) + more) * _SLACK)
    for other in others:
        bounds = bounds + other.upper(docs)
    bounds = _raised(bounds)
    wanted = 8 * FIRST
    while len(docs):
        check()
        good = np.flatnonzero(bounds >= top.threshold)
        docs, bounds = docs[good], bounds[good]
        taken = _greatest(bounds, wanted)
        _follow(source, plain, children, docs[taken], top)
        docs, bounds = docs[~taken], bounds[~taken]
        wanted = len(docs)


def _follow(source: Source, plain: Source, children: list[Source], docs: Docs, top: Top) -> None:
    """Look docs up in the children, leaving out on the way what cannot be among the best."""
    if source.view.alive is not None:
        docs = docs[source.view.alive[docs]]
    bounds = np.zeros(len(docs))
    for number, child in enumerate(children):
        hits, more = child.estimate(docs)
        bounds += more
        if isinstance(plain, Some):
            hits = np.ones(len(docs), bool)
        if top.threshold > -np.inf:
            left = sum(one.bound() for one in children[number + 1 :])
            hits &= _raised(bounds + left) >= top.threshold
        if not hits.all():
            docs, bounds = docs[hits], bounds[hits]
    bounds = _raised(bounds)
    need = Need.UPPER if source.guesses else Need.SCORES
    wanted = VERIFIED
    while len(docs):
        check()
        taken = _greatest(bounds, wanted)
        batch = docs[taken]
        hits, scores = plain.at(batch, need)
        _consider(source, batch[hits], scores[hits], top)
        left_over = ~taken & (bounds >= top.threshold)
        docs, bounds = docs[left_over], bounds[left_over]
        wanted *= 4


def _collect_at(source: Source, docs: Docs, top: Top) -> None:
    if len(docs) <= 2 * FIRST:
        _consider_at(source, docs, top)
        return
    bounds = _raised(source.windows()[docs >> source.view.bits])
    docs, bounds = docs[bounds >= 0], bounds[bounds >= 0]
    wanted = FIRST
    while len(docs):
        check()
        wanted = min(wanted, len(docs))
        taken = _greatest(bounds, wanted)
        _consider_at(source, docs[taken], top)
        left = ~taken & (bounds >= top.threshold)
        docs, bounds = docs[left], bounds[left]
        wanted *= 8


def _collect_windows(source: Source, rest: Source, top: Top) -> None:
    view = source.view
    bounds = _raised(rest.windows())
    windows = np.flatnonzero((bounds >= 0) & (bounds >= top.threshold))
    bounds = bounds[windows]
    wanted, most = FIRST_WINDOWS, max(1, CHUNK_DOCS >> view.bits)
    while len(windows):
        check()
        taken = _greatest(bounds, min(wanted, most, len(windows)))
        _consider_span(source, Span(windows[taken], view.bits), top)
        left = ~taken & (bounds >= top.threshold)
        windows, bounds = windows[left], bounds[left]
        wanted *= 4


def _consider_at(source: Source, docs: Docs, top: Top) -> None:
    need = Need.UPPER if source.guesses else Need.SCORES
    hits, scores = source.at(docs, need)
    places = np.flatnonzero(hits & (_raised(scores) >= top.threshold) if source.guesses else hits)
    _consider(source, docs[places], scores[places], top)


def _consider_span(source: Source, span: Span, top: Top) -> None:
    view = source.view
    hits, scores = source.dense(span, Need.UPPER if source.guesses else Need.SCORES)
    if top.threshold > -np.inf:
        hits &= _raised(scores) >= top.threshold
    places = np.flatnonzero(hits)
    docs = span.docs(places)
    if view.alive is not None:
        alive = view.alive[docs]
        docs, places = docs[alive], places[alive]
    _consider(source, docs, scores[places], top)


def _consider(source: Source, docs: Docs, scores: Floats, top: Top) -> None:
    if not source.guesses:
        if len(docs):
            top.add(docs, scores)
        return
    # The scores are bounds: find out from the greatest on.
    bounds = _raised(scores)
    wanted = VERIFIED
    while len(docs):
        check()
        taken = _greatest(bounds, min(wanted, len(docs)))
        if isinstance(source, Phrase):
            hits, exact = source.confirm(docs[taken]), scores[taken]
        else:
            hits, exact = source.at(docs[taken], Need.SCORES)
        if hits.any():
            top.add(docs[taken][hits], exact[hits])
        left = ~taken & (bounds >= top.threshold)
        docs, bounds, scores = docs[left], bounds[left], scores[left]
        wanted *= 4


def _raised(bounds: Floats) -> Floats:
    """Bounds that no rounding can have made too low."""
    raised: Floats = bounds + np.abs(bounds) * _SLACK
    return raised


def _greatest(values: Floats, count: int) -> Bools:
    """A mask of ``count`` of the greatest values."""
    if count >= len(values):
        return np.ones(len(values), bool)
    chosen = np.zeros(len(values), bool)
    chosen[np.argpartition(values, len(values) - count)[len(values) - count :]] = True
    return chosen
