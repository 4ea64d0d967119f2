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

_TRIED, _TRIED_AT_LEAST = 2, 32  # docs that are scored to know what it takes to be among the k best


def many_words(scorer: Scorer) -> list[WordScorer]:
    """The words of a disjunction of enough of them, the most valuable first; none of any other scorer."""
    if type(scorer) is not OrScorer or len(scorer.children) < scorer.view.tuning.summed:
        return []
    words = [child for child in scorer.children if isinstance(child, WordScorer) and child.scale > 0]
    return sorted(words, key=lambda word: -word.most) if len(words) == len(scorer.children) else []


def promising(scorer: Scorer, words: Sequence[WordScorer], k: int, threshold: float) -> Docs:
    """The docs that may be among the ``k`` best, ascending; those that score below ``threshold`` are left out."""
    view = scorer.view
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
        if number & number + 1 == 0:  # 0, 1, 3, 7, 15 ...: what is best so far
            threshold = max(threshold, _kth_score(scorer, docs, totals[docs], k))
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


def _kth_score(scorer: Scorer, docs: Docs, totals: Floats, k: int) -> float:
    """A score that ``k`` docs reach: that of the k-th best of those whose totals are the greatest."""
    count = max(_TRIED * k, _TRIED_AT_LEAST)
    if len(docs) < k:
        return -np.inf
    if len(docs) > count:
        docs = np.sort(docs[totals.argpartition(len(docs) - count)[len(docs) - count :]])
    scores = scorer.at(Batch(docs), Need.SCORES).scores
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])
