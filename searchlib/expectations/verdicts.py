"""Whether answers have what they must have in them: a verdict for each expectation, and why it is missed.

A target that is not among the hits is looked for: it may be no more in the index, or edited, or there and not match.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from searchlib.citing.likeness import Change, closest, difference
from searchlib.citing.normal import normal
from searchlib.expectations.baselines import Answered, Live, asking
from searchlib.expectations.movements import Movement, movement
from searchlib.expectations.queryfile import AnswerCheck, Expectation, Target
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject, as_json
from searchlib.search.filtering import AnyOf

if TYPE_CHECKING:
    from searchlib import Index, Record

_ALIKE: Final = 0.4


@frozen
class Verdict:
    """Whether an expectation holds, the rank of its target (None: not among those looked at), and what is to be said.

    ``moved`` says why the target has another rank than in the baseline. ``diff`` is from what it was to the paragraph
    that is closest now, where it is no more.
    """

    expectation: Expectation
    held: bool
    rank: int | None
    said: str = ""
    moved: Movement | None = None
    diff: tuple[Change, ...] = ()

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        one = self.expectation
        return {
            "target": {key: value for key, value in as_json(one.target).items() if value},
            "expected": str(one),
            "held": self.held,
            "rank": self.rank,
            "said": self.said,
            "moved": self.moved.as_dict() if self.moved is not None else None,
            "diff": as_json(self.diff),
        }


@frozen
class Outcome:
    """A check with its verdicts."""

    check: AnswerCheck
    total: int
    verdicts: tuple[Verdict, ...]

    @property
    def held(self) -> bool:
        """Whether all expectations hold."""
        return all(one.held for one in self.verdicts)

    @property
    def moved(self) -> bool:
        """Whether a target has another rank than in the baseline."""
        return any(one.moved is not None for one in self.verdicts)

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {
            "name": self.check.name,
            "where": self.check.where,
            **self.check.as_dict(),
            "total": self.total,
            "held": self.held,
            "verdicts": [one.as_dict() for one in self.verdicts],
        }


@frozen
class CheckReport:
    """The outcomes of all checks. True if every expectation holds."""

    outcomes: tuple[Outcome, ...]

    def __bool__(self) -> bool:
        return all(one.held for one in self.outcomes)

    @property
    def counts(self) -> dict[str, int]:
        """How many checks were held and missed, and in how many a rank moved."""
        held = sum(one.held for one in self.outcomes)
        return {"held": held, "missed": len(self.outcomes) - held, "moved": sum(one.moved for one in self.outcomes)}

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {"checks": [one.as_dict() for one in self.outcomes], "counts": self.counts}


def check_answers(
    index: Index, checks: Sequence[AnswerCheck], baseline: Answered | None = None, live: Live | None = None
) -> CheckReport:
    """Ask each query of ``index``, and judge what is answered; with why ranks are not those of the ``baseline``.

    Raises SettingsError for a query that cannot be asked, with the line of its check.
    """
    judge = _Judge(index, live or Live(index), baseline)
    return CheckReport(tuple(judge.outcome(check) for check in checks))


class _Judge:
    def __init__(self, index: Index, live: Live, baseline: Answered | None) -> None:
        self._index = index
        self._live = live
        self._baseline = baseline

    def outcome(self, check: AnswerCheck) -> Outcome:
        total = self._live.results(check).total
        with asking(check):
            return Outcome(check, total, tuple(self._verdict(check, one) for one in check.expectations))

    def _verdict(self, check: AnswerCheck, one: Expectation) -> Verdict:
        rank = self._live.rank(check, one.target)
        moved = movement(self._baseline, self._live, check, one.target) if self._baseline is not None else None
        if one.absent:
            return self._absence(check, one, rank, moved)
        if rank is not None and one.within is not None and rank <= one.within:
            return Verdict(one, True, rank, f"rank {rank}", moved)
        if rank is not None:
            return Verdict(one, False, rank, f"rank {rank}, and not {one}", moved)
        said, diff = self._missing(check, one.target)
        return Verdict(one, False, None, said, moved, diff)

    def _absence(self, check: AnswerCheck, one: Expectation, rank: int | None, moved: Movement | None) -> Verdict:
        if rank is not None and (one.within is None or rank <= one.within):
            return Verdict(one, False, rank, f"rank {rank}, and it should be {one}", moved)
        if rank is None and one.within is None and self._matches(check, one.target):
            return Verdict(one, False, None, f"found, after the first {self._looked_at(check)}", moved)
        return Verdict(one, True, rank, f"rank {rank}" if rank is not None else "not found", moved)

    def _looked_at(self, check: AnswerCheck) -> str:
        return f"{len(self._live.results(check)):,}"

    def _missing(self, check: AnswerCheck, target: Target) -> tuple[str, tuple[Change, ...]]:
        """Why a target is not among the hits, and the difference to what it may have become."""
        if self._matches(check, target):
            return f"found, but after the first {self._looked_at(check)}", ()
        if next(self._candidates(target), None) is not None:
            return "it is in the index, and does not match the query", ()
        now, diff = self._became(check, target)
        if now is not None:
            return f"it is no more in the index; closest is {_place(now)}  {now.id}", diff
        if target.quote:
            return "nothing in the index says that", ()
        return "it is not in the index", ()

    def _became(self, check: AnswerCheck, target: Target) -> tuple[Record | None, tuple[Change, ...]]:
        """The paragraph that is closest to what the target was, by its quote or the baseline."""
        before, path = target.quote, target.document
        if self._baseline is not None and (was := self._baseline.rank(check, target)) is not None:
            hit = self._baseline.hit(check, was)
            if hit is not None:
                before, path = before or hit.text, path or hit.path
        if not before:
            return None, ()
        wanted = normal(before)
        library = self._index.library(as_indexed=True)
        for records in (library.document(path) if path else (), library.like(wanted, 20)):
            best = closest(wanted, records, bool(target.quote))
            if best is not None and best[1].ratio >= _ALIKE:
                said = normal(best[0].paragraph.text)
                said = said[best[1].start : best[1].end] if target.quote else said
                return best[0], difference(wanted, said)
        return None, ()

    def _candidates(self, target: Target) -> Iterator[Record]:
        """Records of the index that a target may be: of a document any."""
        library = self._index.library(as_indexed=True)
        found: Sequence[Record]
        if target.paragraph:
            found = library.with_id(target.paragraph)
        elif target.quote:
            found = library.saying(normal(target.quote))
        else:
            found = [hit.record for hit in self._index.search("*", 1, filter=_document(target.document))]
        return (record for record in found if target.is_met_by(record))

    def _matches(self, check: AnswerCheck, target: Target) -> bool:
        """Whether the query finds a target at all."""
        own = check.options.get("filter", [])
        options = {name: value for name, value in check.options.items() if name in ("synonyms", "names", "ranking")}
        if target.document and not target.paragraph and not target.quote:
            within: list[Any] = [_document(target.document)]
            return bool(self._index.search(check.query, 1, filter=[*own, *within], **options))
        for record in self._candidates(target):
            place = {"document": record.document.path, "number": record.paragraph.number}
            if self._index.search(check.query, 1, filter=[*own, place], **options):
                return True
        return False


def _document(path: str) -> AnyOf:
    from searchlib.query.nodes import Prefix

    return AnyOf(({"document": path}, Prefix(path + "#", ("document",))))


def _place(record: Record) -> str:
    line = record.paragraph.line
    return (f"{record.document.path}:{line}" if line else record.document.path) + f" ¶ {record.paragraph.number}"
