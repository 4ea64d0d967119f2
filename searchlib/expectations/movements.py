"""Why a target has another rank than it had: words whose shares changed, by what, and which paragraphs came between.

The share of a word in a score is a product (`searchlib.model.ranking`). What changed in it is put in one after another,
and each time it is told what that made: first how rare the word is, then how long texts are on average, then weights
and parameters, then the text of the paragraph itself. So the parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Final

from searchlib.expectations.baselines import Answered, InField, ScoredHit, WordShare
from searchlib.expectations.queryfile import AnswerCheck, Target
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject, as_object
from searchlib.model.ranking import DEFAULT_RANKING

_LEAST: Final = 0.0005  # of a share: less is not shown
_MOST: Final = 5  # paragraphs that came between


@frozen
class Effect:
    """Something that changed in the share of a word, in words, and how much the share changed by it."""

    what: str
    by: float


@frozen
class WordMove:
    """The share of a word in the score of the target, before and after, and what changed it."""

    word: str
    before: float
    after: float
    effects: tuple[Effect, ...]

    def __str__(self) -> str:
        effects = "; ".join(f"{one.what} ({one.by:+.3f})" for one in self.effects)
        return f"{self.word} {self.before:.3f} → {self.after:.3f}" + (f": {effects}" if effects else "")


@frozen
class Rival:
    """A paragraph that stands before the target and did not, or did and does not: where it was, and why it is ahead.

    ``was`` and ``now`` are ranks, None where it has none that is known. ``state`` says what became of it. ``words`` are
    those that give it more than they give the target, with both shares: its own first.
    """

    id: str
    place: str
    was: int | None
    now: int | None
    state: str
    words: Mapping[str, tuple[float, float]]

    def __str__(self) -> str:
        shares = ", ".join(f"{word} {own:.3f} : {other:.3f}" for word, (own, other) in self.words.items())
        return f"{self.place}  {self.id}, {self.state}" + (f"; {shares}" if shares else "")


@frozen
class Movement:
    """From which rank to which a target went, with which scores, and why.

    ``instead`` says which paragraph met the target then and now, where that is another.
    """

    before: int | None
    after: int | None
    score_before: float | None
    score_after: float | None
    words: tuple[WordMove, ...] = ()
    came: tuple[Rival, ...] = ()
    left: tuple[Rival, ...] = ()
    more: int = 0
    instead: str = ""

    def lines(self) -> Iterator[str]:
        """For people: ranks and scores, then a line for each word and paragraph."""
        scores = [score for score in (self.score_before, self.score_after) if score is not None]
        score = f", score {' → '.join(f'{one:.3f}' for one in scores)}" if len(scores) == 2 else ""
        yield f"rank {_rank(self.before)} → {_rank(self.after)}{score}"
        if self.instead:
            yield self.instead
        yield from map(str, self.words)
        yield from (f"ahead now: {one}" for one in self.came)
        if self.more:
            yield f"and {self.more:,} more"
        yield from (f"ahead no more: {one}" for one in self.left)

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return as_object(self)


def movement(before: Answered, after: Answered, check: AnswerCheck, target: Target) -> Movement | None:
    """Why a target has another rank than before; None if it has the same, or none in both."""
    was, now = before.rank(check, target), after.rank(check, target)
    if was == now:
        return None
    old = before.hit(check, was) if was is not None else None
    new = after.hit(check, now) if now is not None else None
    own = check.options.get("ranking", {})
    rankings = {**before.ranking, **own}, {**after.ranking, **own}
    words = tuple(_words(old, new, *rankings)) if old is not None and new is not None else ()
    is_there = new is not None or (old is not None and after.has(old.id))
    came = list(_came(before, after, check, was, now, new)) if is_there else []
    left = list(_left(before, after, check, was, now))
    return Movement(
        was,
        now,
        old.score if old is not None else None,
        new.score if new is not None else None,
        words,
        tuple(came[:_MOST]),
        tuple(left[:_MOST]),
        max(len(came) - _MOST, 0),
        _instead(old, new),
    )


def _instead(old: ScoredHit | None, new: ScoredHit | None) -> str:
    if old is None or new is None or old.id == new.id:
        return ""
    return f"by {old.place}  {old.id} then, by {new.place}  {new.id} now"


def _words(
    old: ScoredHit, new: ScoredHit, ranking_before: Mapping[str, float], ranking_after: Mapping[str, float]
) -> Iterator[WordMove]:
    mine, theirs = ({one.word: one for one in hit.words} for hit in (old, new))
    moves = []
    for word in dict.fromkeys((*mine, *theirs)):
        before, after = mine.get(word), theirs.get(word)
        effects = tuple(_effects(before, after, ranking_before, ranking_after))
        shares = (before.share if before else 0.0, after.share if after else 0.0)
        if effects:
            moves.append(WordMove(word, *shares, effects))
    yield from sorted(moves, key=lambda one: (-abs(one.after - one.before), one.word))


def _effects(
    before: WordShare | None, after: WordShare | None, old: Mapping[str, float], new: Mapping[str, float]
) -> Iterator[Effect]:
    if before is None or after is None:
        found, share = (after, after.share) if after is not None else (before, -before.share if before else 0.0)
        if found is not None:
            yield Effect("is in it now" if after is not None else "is in it no more", share)
        return
    if not before.df or not after.df or not before.fields or not after.fields:
        if abs(after.share - before.share) >= _LEAST:
            yield Effect("counts otherwise", after.share - before.share)
        return
    steps = list(_steps(before, after, old, new))
    for (_, from_share), (what, to_share) in pairwise(steps):
        if what and abs(to_share - from_share) >= _LEAST:
            yield Effect(what, round(to_share - from_share, 6))


def _steps(
    before: WordShare, after: WordShare, old: Mapping[str, float], new: Mapping[str, float]
) -> Iterator[tuple[str, float]]:
    """What the share would be with one thing after another as it is now, and what that is."""
    whole = _share(before, old)
    factor = before.share / whole if whole else 1.0  # of what counts in part only
    yield "", before.share
    rare = replace(before, idf=after.idf, df=after.df, records=after.records)
    yield _rarity(before, after), factor * _share(rare, old)
    averages = {one.field: one.average for one in after.fields}
    long = replace(
        rare, fields=tuple(replace(one, average=averages.get(one.field, one.average)) for one in rare.fields)
    )
    yield _averages(before, after), factor * _share(long, old)
    weights = {(one.field, one.key): one.weight for one in after.fields}
    by_field = {one.field: one.weight for one in after.fields}
    weighed = tuple(
        replace(one, weight=weights.get((one.field, one.key), by_field.get(one.field, one.weight)))
        for one in long.fields
    )
    counted = replace(long, boost=after.boost, fields=weighed)
    yield _parameters(before, after, old, new), factor * _share(counted, new)
    yield _own_text(before, after), after.share


def _share(word: WordShare, ranking: Mapping[str, float]) -> float:
    """The formula."""
    formula = DEFAULT_RANKING.with_(ranking)
    tf = 0.0
    for one in word.fields:
        norm = formula.norm(one.length, one.average, formula.short_below(one.field, one.average))
        tf += one.weight * one.frequency / norm
    return float(formula.score(word.boost * word.idf, tf)) if tf else 0.0


def _rarity(before: WordShare, after: WordShare) -> str:
    return f"in {before.df:,} of {before.records:,} paragraphs then, in {after.df:,} of {after.records:,} now"


def _averages(before: WordShare, after: WordShare) -> str:
    averages = {one.field: one.average for one in before.fields}
    changed = [
        f"{one.field} {averages[one.field]:.1f} → {one.average:.1f} words long on average"
        for one in {one.field: one for one in after.fields}.values()
        if one.field in averages and averages[one.field] != one.average
    ]
    return ", ".join(changed)


def _parameters(before: WordShare, after: WordShare, old: Mapping[str, float], new: Mapping[str, float]) -> str:
    changed = [f"{name} {old[name]:g} → {new[name]:g}" for name in new if name in old and old[name] != new[name]]
    if before.boost != after.boost:
        changed.append(f"boost {before.boost:g} → {after.boost:g}")
    return ", ".join(changed) or "counts otherwise"


def _own_text(before: WordShare, after: WordShare) -> str:
    def told(one: InField) -> str:
        return f"{one.frequency} of {one.length} words in the {one.field}"

    mine, theirs = (sorted(map(told, word.fields)) for word in (before, after))
    return f"{', '.join(mine)} → {', '.join(theirs)}" if mine != theirs else "its own text"


def _came(
    before: Answered, after: Answered, check: AnswerCheck, was: int | None, now: int | None, new: ScoredHit | None
) -> Iterator[Rival]:
    """Those that stand before the target now and did not."""
    known = before.ranks(check)
    for hit, rank, then in _ahead(after, known, check, now or check.depth + 1, was):
        if then is not None:
            state = f"rank {then} then, {rank} now"
        elif before.has(hit.id) is False:
            state = f"new, rank {rank}"
        else:
            state = f"not among the first {len(known):,} then, rank {rank} now"
        yield Rival(hit.id, hit.place, then, rank, state, _more(hit, new))


def _left(before: Answered, after: Answered, check: AnswerCheck, was: int | None, now: int | None) -> Iterator[Rival]:
    """Those that stood before it and do not now."""
    for hit, rank, there in _ahead(before, after.ranks(check), check, was or 1, now):
        if there is not None:
            state = f"rank {rank} then, {there} now"
        else:
            state = f"rank {rank} then, gone now" if after.has(hit.id) is False else f"rank {rank} then, no hit now"
        yield Rival(hit.id, hit.place, rank, there, state, {})


def _ahead(
    answered: Answered, others: Mapping[str, int], check: AnswerCheck, target: int, other_target: int | None
) -> Iterator[tuple[ScoredHit, int, int | None]]:
    """The hits before the rank of the target, with their rank there, which are not before it among the others."""
    for rank in range(1, target):
        hit = answered.hit(check, rank)
        if hit is None:
            return
        other = others.get(hit.id)
        if other is None or (other_target is not None and other >= other_target):
            yield hit, rank, other


def _more(hit: ScoredHit, target: ScoredHit | None) -> dict[str, tuple[float, float]]:
    """The words that give a hit more than they give the target."""
    if target is None:
        return {}
    other = {one.word: one.share for one in target.words}
    found = {one.word: (one.share, other.get(one.word, 0.0)) for one in hit.words}
    ordered = sorted(found.items(), key=lambda one: one[1][1] - one[1][0])
    return {word: shares for word, shares in ordered[:2] if shares[0] - shares[1] >= _LEAST}


def _rank(rank: int | None) -> str:
    return "none" if rank is None else str(rank)
