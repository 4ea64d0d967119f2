"""Term vectors: the terms of one document in one field, with what a Whoosh format keeps of each.

A vector is one value (see `valuebytes`): a list of [terms, weights, kept], three lists of the same length; what is kept
of a term is bytes or a structure (see `formats`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from searchlib.engines.whoosh.compat.postingformats import PostingFormat
from searchlib.engines.whoosh.compat.valuebytes import ValueDamaged
from searchlib.engines.whoosh.compat.walked import ListedPostings

Vector = list[list[Any]]


def make_vector(items: Iterable[tuple[Any, float, bytes]], format_: Any) -> Vector:
    """The vector of (term, weight, value)."""
    posting_format = PostingFormat(format_)
    terms, weights, kept = [], [], []
    for term, weight, value in items:
        structure = posting_format.split(value)
        terms.append(term)
        weights.append(float(weight))
        kept.append(value if structure is None else structure)
    return [terms, weights, kept]


def listed(vector: Any, format_: Any) -> ListedPostings:
    """The postings of a vector.

    Raises:
        ValueDamaged: it is none.
    """
    try:
        terms, weights, kept = vector
        right = len(terms) == len(weights) == len(kept) and all(type(weight) is float for weight in weights)
    except (TypeError, ValueError):
        right = False
    if not right:
        raise ValueDamaged("not a vector")
    return ListedPostings(terms, weights, kept, format_)
