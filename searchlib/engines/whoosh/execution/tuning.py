"""From which sizes on a query is executed in another way. Answers are the same for any of these numbers.

They belong to a `Snapshot`, so that whoever wants to can have a small index take the paths that a large one takes.
"""

from __future__ import annotations

from searchlib.frozen import frozen


@frozen
class Tuning:
    """Numbers that were measured; any others of 1 and more are as right, and slower."""

    at_once: int = 131_072
    """Docs that are looked up together at most."""
    sparse: int = 16_384
    """So many docs are asked for one by one rather than marked in a bitmap."""

    most_leads: int = 48
    """Leads or words: to look the docs of each up in all others takes the square of them."""
    summed: int = 7
    """So many words of a disjunction, or more, are added up one after another."""
    looked_through: int = 64
    """Docs of a phrase beside others that are looked through before: mostly it stands in none."""
    few: int = 4_096
    """Docs that are looked up without asking for a threshold first."""
    confirmed: int = 256
    """Docs that only may match, confirmed at a time."""
    beginning: int = 1_024
    """Docs in which the first hits of one score are looked for."""
    pruned: int = 512
    """Docs: to leave some out takes the time of looking up so many."""
    scores: int = 1 << 22
    """Scores of children that are kept until they are added up in the order of the query."""

    sieved: int = 4
    """A list has a sieve when one in so many of its docs was looked up."""

    run: int = 64
    """Docs under one maximum."""
    best: int = 128
    """Docs that are kept as the best of a word."""

    partly: int = 131_072
    """Longer lists may be read in part,"""
    per_block: int = 512
    """where no more than one in so many postings is looked for."""
    few_positions: int = 65_536
    """Lists of so many positions are decoded whole at once,"""
    many_positions: int = 1 << 20
    """those of so many the second time, longer ones never."""

    rare: int = 1_024
    """Docs of a term of a pattern: others are read in part."""
    portion: int = 131_072
    """Docs of terms that are read together."""
    listed: int = 65_536
    """Terms that are listed, rather than marked as they come."""
    kept_terms: int = 1_024
    """Terms of a pattern that are kept between queries."""

    asked: int = 1 << 14
    """Hits that are asked for to fill a page: who needs more of them is given all."""

    extents: int = 1 << 23
    """Extents that are made at once."""
    occurrences: int = 1 << 24
    """Occurrences of a pattern that are kept."""


TUNING = Tuning()
