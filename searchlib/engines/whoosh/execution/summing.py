"""The best docs of a disjunction of many words, as a typed question is: a word at a time.

To look the docs of each word up in all others takes the square of the words. So the gains of the most valuable words
are added up, for all of their docs at once, until what the words that are left can add is less than what the k best
docs have already: then a doc of none but those cannot be among the best (MaxScore, as H. Turtle and J. Flood have it in
Query evaluation: strategies and optimizations, 1995, term at a time). The docs that can are looked up in the words that
are left, and fewer in each; those that remain are scored as ever.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchlib.engines.whoosh.execution.groupscorers import OrScorer
from searchlib.engines.whoosh.execution.interface import Docs, Floats
from searchlib.engines.whoosh.execution.prepared import distinct_docs
from searchlib.engines.whoosh.execution.scorer import SLACK, Batch, Need, Scorer, lowered
from searchlib.engines.whoosh.execution.wordscorer import WordScorer
from searchlib.guards.deadline import check

_TRIED, _TRIED_AT_LEAST = 2, 32  # docs that are looked up to know what the k best reach


def many_words(scorer: Scorer) -> list[WordScorer]:
    """The words of a disjunction of enough of them, the most valuable first; none of any other scorer."""
    if type(scorer) is not OrScorer or len(scorer.children) < scorer.view.tuning.summed:
        return []
    words = [child for child in scorer.children if isinstance(child, WordScorer) and child.scale > 0]
    return sorted(words, key=lambda word: -word.most) if len(words) == len(scorer.children) else []


def promising(words: Sequence[WordScorer], k: int, threshold: float) -> Docs:
    """The docs that may be among the ``k`` best, ascending; those that score below ``threshold`` are left out."""
    view = words[0].view
    mosts = [word.most for word in words]
    totals = np.zeros(view.doc_count)
    seen: list[Docs] = []
    for number, word in enumerate(words):
        check()
        if sum(mosts[number:]) * (1 + SLACK) < threshold:
            break
        docs = word.prepared.docs
        totals[docs] += word.scale * word.prepared.gains(None)
        seen.append(docs)
        if number > 1 and number & number + 1 == 0:  # 3, 7, 15 ...
            threshold = max(threshold, _reached(docs, totals[docs], words[number + 1 :], k))
    bound = lowered(threshold, sum(mosts[len(seen) :]))
    docs = distinct_docs([docs[totals[docs] >= bound] for docs in seen])
    partial = totals[docs]
    for number in range(len(seen), len(words)):
        check()
        if len(docs) <= view.tuning.pruned:
            break
        which, more = words[number].at(Batch(docs), Need.SCORES)
        partial[which] += more
        good = partial >= lowered(threshold, sum(mosts[number + 1 :]))
        docs, partial = docs[good], partial[good]
    return docs


def _reached(docs: Docs, totals: Floats, others: Sequence[WordScorer], k: int) -> float:
    """A score that ``k`` docs reach: of those whose totals are the greatest, with what the other words add to them."""
    count = max(_TRIED * k, _TRIED_AT_LEAST)
    if len(docs) < k:
        return -np.inf
    if len(docs) > count:
        best = np.sort(totals.argpartition(len(docs) - count)[len(docs) - count :])
        docs, totals = docs[best], totals[best]
    batch = Batch(docs)
    for word in others:
        which, more = word.at(batch, Need.SCORES)
        totals[which] += more
    return float(np.partition(totals, len(totals) - k)[len(totals) - k])
