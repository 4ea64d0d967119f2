"""How much a build works on at once. What is built from nothing is the same to the byte for any of these numbers.

A `WhooshWriter` is given them, so that whoever wants to can have a few documents built as very many are.
"""

from __future__ import annotations

from searchlib.frozen import frozen


@frozen
class Portions:
    """Numbers that were measured; any others of 1 and more are as right, and slower, or take more memory."""

    batch: int = 8 << 20
    """Code points of text that are inverted together at most, which takes some 20 bytes for each."""
    alone: int = 8 << 20
    """Code points: what is smaller than this is not worth a second process."""

    keys: int = 4_096
    """Keys of one source that a merge holds,"""
    postings: int = 1 << 16
    """postings, unless a single key has more,"""
    values: int = 8_192
    """and stored values."""
    encoded: int = 1 << 19
    """Postings that are encoded together, unless a single term has more."""

    words: int = 1 << 20
    """Distinct words that are counted in memory: about 100 MB."""
    spellings: int = 1 << 18
    """The same before case and accents are folded."""
    counts: int = 1 << 13
    """Words that are put aside, or merged, together."""

    segments: int = 8
    """Segments that an update leaves beside one another before it merges the smaller half."""


PORTIONS = Portions()
