"""How records are ranked: BM25F, with exact statistics.

* *idf* is how rare a word is among the live records; rare words tell more.
* *tf~* is how often it stands in a record: occurrences weighted by field and form, each divided by the *norm*
  of its field there, so that a long field needs more of them.
* A text of fewer than ``short`` tokens is mostly a heading or a line of a table of contents: it names a thing and says
  nothing of it. So it *counts* as the longer the shorter it is, as short**2 / length. Where texts are hardly longer on
  average, fewer tokens are short, and none where the average is half of ``short``.
* A word's score saturates in tf~: ten occurrences are not ten times as good as one.

For a word in fields f with weights w_f, where a key counts c_key (1, or less for another form or accentuation)::

    idf   = ln(1 + (N - df + 0.5) / (df + 0.5))
    norm  = 1 - b + b * counted length_f / average length_f
    tf~   = sum over f of w_f * sum over keys of c_key * tf / norm_f
    score = boost * idf * ((k1 + 1) * tf~ / (k1 + tf~) + delta)

Sources: S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, Foundations and
Trends in Information Retrieval 3(4), 2009 (section 3.6 for fields; combining before saturating is their point).
The 1 inside the logarithm keeps idf positive for words in more than half of the records, as in Lucene. ``delta``
is the lower bound of Y. Lv and C. Zhai, Lower-Bounding Term Frequency Normalization, CIKM 2011 (BM25+): with 0,
the default, this is plain BM25F.

Every function takes arrays or numbers and computes in float64, operation by operation in the order of the
formulas, so that a record's score has the same bits however records are grouped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from searchlib.frozen import frozen
from searchlib.model.fields import PROSE, TABLE

if TYPE_CHECKING:
    import numpy as np

    from searchlib.model.arrays import NDArray

    Floats: TypeAlias = NDArray[np.float64]

FIELD_WEIGHTS: Mapping[str, float] = MappingProxyType({name: TABLE[name].weight for name in PROSE})


@frozen
class BM25F:
    """The parameters of the formula.

    ``k1`` >= 0: how late a word's score saturates. ``b`` in 0..1: how much length counts. ``short``
    >= 0: the tokens of a text that is not short. ``delta`` >= 0: what a
    match is worth however long the field (BM25+). ``accent`` in 0..1: the weight of a key that equals the query's
    only without accents, its square in Vietnamese. ``form`` in 0..1: that of another form of a word than the one that
    was typed. ``function`` in 0..1: that of a function word beside others (`searchlib.query.compounds`). ``letters``,
    ``near`` and ``document`` >= 0: what is added for the first hits of a question (`searchlib.search.again`).
    ``weights``: of the fields; a field that is not there weighs 1.
    """

    k1: float = 1.2
    b: float = 0.75
    short: float = 12.0
    delta: float = 0.0
    accent: float = 0.3
    form: float = 0.8
    function: float = 0.25
    letters: float = 0.15
    near: float = 0.4
    document: float = 0.05
    weights: Mapping[str, float] = field(default_factory=lambda: FIELD_WEIGHTS, hash=False)

    def __reduce__(self) -> tuple[Any, ...]:
        values = {name: getattr(self, name) for name in self.__match_args__}
        return partial(BM25F, **values | {"weights": dict(self.weights)}), ()  # a view of a mapping has no pickle

    def __post_init__(self) -> None:
        if (
            self.k1 < 0
            or not 0 <= self.b <= 1
            or self.short < 0
            or self.delta < 0
            or not 0 <= self.accent <= 1
            or not 0 <= self.form <= 1
            or not 0 <= self.function <= 1
            or min(self.letters, self.near, self.document) < 0
        ):
            raise ValueError(f"ranking parameters out of range: {self}")
        if any(weight < 0 for weight in self.weights.values()):
            raise ValueError(f"a field weight is negative: {dict(self.weights)}")

    def with_(self, given: Mapping[str, float]) -> BM25F:
        """The same with other values for some parameters and weights of fields, by name."""
        own = {name: value for name, value in given.items() if name not in PROSE}
        weights = {name: value for name, value in given.items() if name in PROSE}
        return replace(self, **own, weights={**self.weights, **weights})

    def as_dict(self) -> dict[str, float]:
        """All parameters and weights by name, as `with_` takes them."""
        own = {name: getattr(self, name) for name in RANKING_RANGES if name not in PROSE}
        return {**own, **self.weights}

    def variant(self, tonal: bool) -> float:
        """What a key counts that equals the query's only without accents, where accents tell words apart or not."""
        return self.accent * self.accent if tonal else self.accent

    def weight(self, field: str) -> float:
        """The weight of a field."""
        return self.weights.get(field, 1.0)

    def norm(self, lengths: Any, average: float, short: float = 0.0) -> Any:
        """The norm of fields that are ``lengths`` tokens long (array or number); 1 where lengths are not kept.

        Fewer tokens than ``short`` are few: see `short_below`.
        """
        if average <= 0:
            return lengths * 0.0 + 1.0
        return (1.0 - self.b) + self.b * counted(lengths, short) / average

    def short_below(self, field: str, average: float) -> float:
        """Below how many tokens a field is short that has so many on average; titles and headings are so by nature."""
        return max(0.0, min(self.short, 2 * average - self.short)) if field == "text" else 0.0

    def score(self, scale: float, tf: Any) -> Any:
        """The score of records in which the word has tf~ ``tf`` > 0 (array or number); ``scale`` is boost * idf."""
        return scale * ((self.k1 + 1.0) * tf / (self.k1 + tf) + self.delta)


DEFAULT_RANKING: Final = BM25F()
RANKING_RANGES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "k1": 1000.0,
        "b": 1.0,
        "short": 1000.0,
        "delta": 1000.0,
        "accent": 1.0,
        "form": 1.0,
        "function": 1.0,
        "letters": 10.0,
        "near": 100.0,
        "document": 1.0,
        **dict.fromkeys(PROSE, 1000.0),
    }
)
"""What people may set, by name: the parameters, and the weight of each field of prose. From 0 to this."""


def counted(lengths: Any, short: float) -> Any:
    """How many tokens fields of these ``lengths`` (array or number) count as, that are short below so many."""
    if not short:
        return lengths
    is_short = lengths < short
    longer = max(lengths, 1) if isinstance(lengths, (int, float)) else lengths.clip(1)
    return is_short * (short * short / longer) + (1 - is_short) * lengths


def idf(records: int, df: int) -> float:
    """Inverse document frequency of a word that ``df`` of ``records`` live records hold: above 0."""
    return math.log(1.0 + (records - df + 0.5) / (df + 0.5))
