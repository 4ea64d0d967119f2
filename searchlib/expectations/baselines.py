"""What was answered, and what the scores are made of: by an index that is open, or as it was written to a file.

A `Baseline` has, for each check by its name, the first hits and the ranks of its targets; of a hit what each word of
the query gave it, with the figures of the formula (`searchlib.model.ranking`). The file is JSON with a line for each
hit, to be kept beside the checks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from searchlib.errors import QueryError, SearchlibError, SettingsError
from searchlib.expectations.queryfile import AnswerCheck, Target
from searchlib.files.opening import read_file
from searchlib.frozen import frozen
from searchlib.guards.arguments import StrPath
from searchlib.model.jsonable import JsonObject, as_object
from searchlib.model.ranking import DEFAULT_RANKING

if TYPE_CHECKING:
    from searchlib import Hit, Index, Results
    from searchlib.engine.explaining import Explanation

LOOKED_AT: Final = 100
"""Hits of a query that are looked at, at least."""
KEPT: Final = 10
"""Hits of a query that a baseline has, at least."""
_VERSION: Final = 1
_MOST_BYTES: Final = 1 << 28
_DIGITS: Final = 6
_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {"str": str, "int": int, "float": (int, float)}
_Made = TypeVar("_Made")


@frozen
class InField:
    """A form of a word in a field of a hit, and what the formula saw of it."""

    field: str
    key: str
    frequency: int
    length: int
    average: float
    weight: float


@frozen
class WordShare:
    """What a word of a query gave to the score of a hit. ``df`` is 0 for what is no word, as a range."""

    word: str
    share: float
    df: int = 0
    records: int = 0
    idf: float = 0.0
    boost: float = 1.0
    fields: tuple[InField, ...] = ()


@frozen
class ScoredHit:
    """A hit, and what its score is made of."""

    rank: int
    id: str
    path: str
    paragraph: int
    line: int
    score: float
    words: tuple[WordShare, ...] = ()
    text: str = ""

    @property
    def place(self) -> str:
        """Where it stands."""
        return (f"{self.path}:{self.line}" if self.line else self.path) + f" ¶ {self.paragraph}"


class Answered(Protocol):
    """What was answered to checks, by one index at one time."""

    @property
    def ranking(self) -> Mapping[str, float]:
        """The parameters of the formula."""

    def rank(self, check: AnswerCheck, target: Target) -> int | None:
        """The rank of a target; None if it is not among what is known of the answer."""

    def hit(self, check: AnswerCheck, rank: int) -> ScoredHit | None:
        """The hit of a rank; None if it is not known."""

    def ranks(self, check: AnswerCheck) -> Mapping[str, int]:
        """The ranks that are known, by the ids of the hits."""

    def has(self, id: str) -> bool | None:
        """Whether there is a paragraph with this id; None if nobody knows."""


class Live:
    """What an index answers now. Raises SettingsError for a query that it cannot be asked, with its place."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._results: dict[str, Results] = {}
        self._scored: dict[tuple[str, int], ScoredHit] = {}

    @property
    def ranking(self) -> Mapping[str, float]:
        """The parameters of the formula."""
        return self.index.ranking.as_dict()

    def results(self, check: AnswerCheck) -> Results:
        """The first hits."""
        found = self._results.get(check.name)
        if found is None:
            with asking(check):
                found = self.index.search(check.query, max(LOOKED_AT, check.depth), **check.options)
                found.total  # noqa: B018 - while what is wrong is known to be of this check
            self._results[check.name] = found
        return found

    def rank(self, check: AnswerCheck, target: Target) -> int | None:
        """The rank of a target."""
        return next((hit.rank for hit in self.results(check) if target.is_met_by(hit.record)), None)

    def hit(self, check: AnswerCheck, rank: int) -> ScoredHit | None:
        """The hit of a rank, explained."""
        results = self.results(check)
        if not 1 <= rank <= len(results):
            return None
        key = check.name, rank
        if key not in self._scored:
            self._scored[key] = scored(results[rank - 1])
        return self._scored[key]

    def ranks(self, check: AnswerCheck) -> Mapping[str, int]:
        """The ranks of the first hits."""
        return {hit.id: hit.rank for hit in self.results(check)}

    def has(self, id: str) -> bool | None:
        """Whether there is a paragraph with this id."""
        return len(self.index.library(as_indexed=True).with_id(id)) > 0


class asking:  # noqa: N801 - a context that is named by what is done in it
    """Whatever is wrong with the query of a check is said with the place of the check."""

    def __init__(self, check: AnswerCheck) -> None:
        self._check = check

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, QueryError):
            raise SettingsError(f"{self._check.where}: {error.message} {error.advice}".rstrip()) from error
        if isinstance(error, SearchlibError):
            raise SettingsError(f"{self._check.where}: {error}") from error


@frozen
class KeptAnswer:
    """What is kept of the answer to a check: its hits by rank, the ranks of its targets by their text."""

    asked: Mapping[str, Any]
    targets: Mapping[str, int]
    hits: Mapping[int, ScoredHit]


@frozen
class Baseline:
    """What was answered when it was written: `Answered`."""

    digest: str
    ranking: Mapping[str, float]
    checks: Mapping[str, KeptAnswer]

    def rank(self, check: AnswerCheck, target: Target) -> int | None:
        """The rank of a target."""
        kept = self._kept(check)
        return kept.targets.get(str(target)) if kept is not None else None

    def hit(self, check: AnswerCheck, rank: int) -> ScoredHit | None:
        """The hit of a rank."""
        kept = self._kept(check)
        return kept.hits.get(rank) if kept is not None else None

    def ranks(self, check: AnswerCheck) -> Mapping[str, int]:
        """The ranks that are kept."""
        kept = self._kept(check)
        return {hit.id: rank for rank, hit in kept.hits.items()} if kept is not None else {}

    def has(self, id: str) -> bool | None:
        """True for what is kept; of all else nobody knows."""
        return True if any(hit.id == id for one in self.checks.values() for hit in one.hits.values()) else None

    def knows(self, check: AnswerCheck) -> bool:
        """Whether it has a check as it is asked now."""
        return self._kept(check) is not None

    def _kept(self, check: AnswerCheck) -> KeptAnswer | None:
        """What is kept of a check, if it asked the same."""
        kept = self.checks.get(check.name)
        return kept if kept is not None and kept.asked == _asked(check) else None


def write_baseline(file: StrPath, index: Index, checks: Iterable[AnswerCheck], live: Live | None = None) -> None:
    """Write what ``index`` answers to ``file``. Raises OSError."""
    live = live or Live(index)
    try:
        digest = index.digest
    except SettingsError:  # its engine has none
        digest = ""
    parts = [f'"searchlib": {_VERSION},', f'"digest": {json.dumps(digest)},', f'"ranking": {json.dumps(live.ranking)},']
    entries = [f" {json.dumps(check.name, ensure_ascii=False)}: {_entry(check, live)}" for check in checks]
    text = "{" + "\n".join([*parts, '"checks": {', ",\n".join(entries), "}"]) + "}\n"
    Path(file).write_text(text, encoding="utf-8", errors="surrogatepass")


def _entry(check: AnswerCheck, live: Live) -> str:
    targets = {str(one.target): live.rank(check, one.target) for one in check.expectations}
    ranks = {rank for rank in targets.values() if rank is not None}
    wanted = sorted(ranks | set(range(1, min(max(KEPT, check.depth), len(live.results(check))) + 1)))
    hits = []
    for rank in wanted:
        hit = live.hit(check, rank)
        assert hit is not None
        said = as_object(hit) if rank in ranks else as_object(hit, "text")
        hits.append(json.dumps(said, ensure_ascii=False))
    head = {"asked": _asked(check), "targets": {name: rank for name, rank in targets.items() if rank is not None}}
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "hits": [\n  ' + ",\n  ".join(hits) + "]}"


def _asked(check: AnswerCheck) -> Any:
    return json.loads(json.dumps(check.as_dict()))


def read_baseline(file: StrPath) -> Baseline:
    """The baseline that was written to ``file``. Raises SettingsError if there is none."""
    advice = "write one with: searchlib check QUERIES --write-baseline FILE"
    try:
        said = json.loads(read_file(file, _MOST_BYTES))
        if said["searchlib"] != _VERSION:
            raise SettingsError(f"{file} is a baseline of another version of searchlib: {advice}")
        ranking = DEFAULT_RANKING.as_dict() | said["ranking"]
        checks = {name: _kept(one) for name, one in said["checks"].items()}
        if not isinstance(said["digest"], str) or not all(isinstance(one, (int, float)) for one in ranking.values()):
            raise TypeError
        return Baseline(said["digest"], ranking, checks)
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}): {advice}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"{file} is no baseline: {advice}") from None


def _kept(said: JsonObject) -> KeptAnswer:
    hits = [_hit(one) for one in said["hits"]]
    targets = said["targets"]
    if not all(isinstance(rank, int) for rank in targets.values()):
        raise TypeError
    return KeptAnswer(said["asked"], targets, {hit.rank: hit for hit in hits})


def _hit(said: JsonObject) -> ScoredHit:
    words = tuple(
        _made(WordShare, {**word, "fields": tuple(_made(InField, one) for one in word["fields"])})
        for word in said["words"]
    )
    return _made(ScoredHit, {**said, "words": words})


def _made(made: Callable[..., _Made], said: JsonObject) -> _Made:
    """A value of what a file says. Raises TypeError where that is of another type than the field."""
    value = made(**said)
    for name, kind in made.__annotations__.items():
        if not isinstance(getattr(value, name), _KINDS.get(kind, object)):
            raise TypeError(name)
    return value


def scored(hit: Hit) -> ScoredHit:
    """A hit with what each word gave it."""
    record = hit.record
    shares: dict[str, WordShare] = {}
    for node, share in hit.explain().leaves():
        known = shares.get(node.text)
        shares[node.text] = _share(node, share + (known.share if known is not None else 0.0))
    words = sorted(shares.values(), key=lambda one: -one.share)
    paragraph = record.paragraph
    return ScoredHit(
        rank=hit.rank,
        id=hit.id,
        path=record.document.path,
        paragraph=paragraph.number,
        line=paragraph.line,
        score=round(hit.score, _DIGITS),
        words=tuple(words),
        text=paragraph.text,
    )


def _share(node: Explanation, share: float) -> WordShare:
    fields: Sequence[InField] = [
        InField(
            one.field,
            one.key,
            one.frequency,
            one.length,
            round(one.average_length, _DIGITS),
            round(one.weight, _DIGITS),
        )
        for one in node.occurrences
    ]
    return WordShare(
        node.text, round(share, _DIGITS), node.df, node.records, round(node.idf, _DIGITS), node.boost, tuple(fields)
    )
