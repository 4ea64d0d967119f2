"""Words that are a few edits away: all words of a field at once.

An edit inserts, deletes or replaces a character, or swaps two neighbours (optimal string alignment). It takes away at
most one ASCII character of a word's *set* of them and adds at most one; that, and the length, leaves few words of the
dictionary. Distances to all short ASCII words among these are computed together, a column of the classic table at a
time and all its rows in the bits of a number, by H. Hyyrö, A Bit-Vector Algorithm for Computing Levenshtein and
Damerau Edit Distances, Nordic Journal of Computing 10, 2003. Other words are compared one by one.

A set has 31 bits: characters share them. Characters of several bytes are in no set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from searchlib.analysis import folding
from searchlib.analysis.words import is_unspaced
from searchlib.engines.whoosh.execution.interface import Ints
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.engines.whoosh.format.terms import TermEntry
from searchlib.engines.whoosh.format.vocabulary import LONGEST, LONGEST_KEY
from searchlib.guards.deadline import check
from searchlib.model.arrays import NDArray
from searchlib.model.fields import PROSE
from searchlib.query.edits import within

_WIDTH = 24  # letters of a word whose distance is computed with others
_LONGEST = 62  # letters of a query whose rows fit the bits
_LONGEST_IN_BYTES = LONGEST_KEY // 8  # letters of at most four bytes, folded and as they are written
_BITS = np.zeros(256, np.uint32)
_BITS[:128] = np.uint32(1) << (np.arange(128, dtype=np.uint32) % np.uint32(31))
_BITS[0x1F] = 0
_SEPARATOR, _AFTER_SEPARATOR = folding.SEPARATOR.encode(), folding.AFTER_SEPARATOR.encode()


class _Keys(NamedTuple):
    """All keys of a field joined: key i is ``blob[offsets[i]:offsets[i + 1]]``, its folded part ends at ``ends[i]``."""

    blob: NDArray[np.uint8]
    offsets: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    lengths: NDArray[np.uint8]
    """Characters of the folded parts (255: so many or more)."""
    sets: NDArray[np.uint32]


def similar(view: View, field: str, text: str, distance: int, prefix: int) -> Iterator[tuple[bytes, TermEntry]]:
    """The terms of a field whose folded part is within ``distance`` of ``text`` and begins as it does, sorted.

    ``prefix`` is how many characters must be equal at the beginning.
    """
    check()
    near_words = view.snapshot.near
    if near_words is not None and field in PROSE and _is_of_words(text, distance):
        begin = text[:prefix].encode()
        # Which has words without their marks, so a word stands for all keys with its folded part.
        for folded in dict.fromkeys(key.partition(_SEPARATOR)[0] for key in near_words(text, distance)):
            check()
            if folded.startswith(begin):
                yield from view.segment.terms(field, folded, folded + _AFTER_SEPARATOR)
        return
    known = _vocabulary(view, field)
    check()
    places = _possible(known, text, distance)
    begins, ends = known.offsets[places].astype(np.int64), known.ends[places].astype(np.int64)
    sizes = ends - begins
    # Of words that are not ASCII the bytes are more than the characters.
    listed = (sizes <= _WIDTH) & (sizes == known.lengths[places]) & (len(text) <= _LONGEST)
    near = np.zeros(len(places), bool)
    rows = np.flatnonzero(listed)
    if len(rows):
        index = np.minimum(begins[rows, None] + np.arange(_WIDTH), len(known.blob) - 1)
        near[rows] = ascii_distances(known.blob[index], sizes[rows], text) <= distance
    for row in np.flatnonzero(~listed).tolist():
        check()
        near[row] = within(_text(known.blob, int(begins[row]), int(ends[row])), text, distance)
    for row in np.flatnonzero(near).tolist():
        if _text(known.blob, int(begins[row]), int(ends[row]))[:prefix] == text[:prefix]:
            check()
            key = known.blob[begins[row] : int(known.offsets[places[row] + 1])].tobytes()
            entry = view.segment.term(field, key)
            if entry is not None:
                yield key, entry


def _is_of_words(text: str, distance: int) -> bool:
    """Whether what is near is in a vocabulary: it has no long keys, and no single units of scripts without spaces."""
    longest = LONGEST if text.isascii() else _LONGEST_IN_BYTES
    return distance < len(text) <= longest - distance and not is_unspaced(text)


def _possible(known: _Keys, text: str, distance: int) -> Ints:
    """Which words may be near, by length and characters."""
    wanted = np.uint32(0)
    for letter in text:
        wanted |= _BITS[ord(letter)] if ord(letter) < 128 else np.uint32(0)
    low, high = min(max(len(text) - distance, 0), 255), min(len(text) + distance, 255)
    possible = np.flatnonzero((known.lengths >= low) & ((known.lengths <= high) | (high == 255)))
    near: Ints = possible[alike(known.sets[possible], wanted, distance)]
    return near


def keys_with(view: View, field: str, part: bytes) -> Iterator[bytes]:
    """The keys of a field that hold some bytes, in order; others may be among them."""
    known = _vocabulary(view, field)
    text = known.blob.tobytes()
    places = np.fromiter((match.start() for match in re.finditer(re.escape(part), text)), np.int64)
    numbers = np.searchsorted(known.offsets, places, "right") - 1
    for number in numbers[np.diff(numbers, prepend=-1) > 0].tolist():
        yield text[known.offsets[number] : known.offsets[number + 1]]


def alike(sets: NDArray[np.uint32], wanted: np.uint32, distance: int) -> NDArray[np.bool_]:
    """Which sets of characters lack at most ``distance`` of those wanted, and have at most so many others."""
    lacking, more = wanted & ~sets, sets & ~wanted
    for _ in range(distance):  # takes one bit out
        lacking &= lacking - np.uint32(1)
        more &= more - np.uint32(1)
    found: NDArray[np.bool_] = (lacking | more) == 0
    return found


def ascii_distances(letters: NDArray[np.uint8], lengths: Ints, text: str) -> Ints:
    """The distance of each ASCII word (a row of letters, filled up with anything) to ``text``."""
    pattern = np.zeros(256, np.uint64)
    for place, letter in enumerate(text):
        if ord(letter) < 128:
            pattern[ord(letter)] |= np.uint64(1 << place)
    return distances_by_pattern(letters, lengths, pattern, len(text))


def distances_by_pattern(
    letters: NDArray[np.unsignedinteger], lengths: Ints, pattern: NDArray[np.uint64], size: int
) -> Ints:
    """The distance of each word to a text of ``size`` letters (at most 63), as Hyyrö's figure 8 has it.

    Each word is a row of numbers for letters, filled up with anything; ``pattern`` has for each number the places of
    the text where its letter stands, as bits.
    """
    distances = np.full(len(lengths), size, np.int64)
    if not size:
        return lengths.astype(np.int64)
    result = distances.copy()
    one, last = np.uint64(1), np.uint64(1 << size - 1)
    vertical_up = np.full(len(lengths), ~np.uint64(0))
    vertical_down = np.zeros(len(lengths), np.uint64)
    diagonal, equal_before = vertical_down, vertical_down
    for column in range(int(lengths.max(initial=0))):
        equal = pattern[letters[:, column]]
        swapped = ((~diagonal & equal) << one) & equal_before
        diagonal = (((equal & vertical_up) + vertical_up) ^ vertical_up) | equal | vertical_down | swapped
        up = vertical_down | ~(diagonal | vertical_up)
        down = diagonal & vertical_up
        distances = distances + ((up & last) != 0) - ((down & last) != 0)
        up = (up << one) | one
        vertical_up = (down << one) | ~(diagonal | up)
        vertical_down = up & diagonal
        equal_before = equal
        ended = lengths == column + 1
        result[ended] = distances[ended]
    return result


def _vocabulary(view: View, field: str) -> _Keys:
    kept = view.decoded.get((view.number, field, "vocabulary"), _Keys)
    if kept is not None:
        return kept
    keys = list(view.keys(field, b"", None))
    offsets = np.zeros(len(keys) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, keys), np.int64, len(keys)), out=offsets[1:])
    blob = np.frombuffer(b"".join(keys) + b"\0", np.uint8)  # one more, so that every word has a byte to begin with
    ends = offsets[1:].copy()
    separators = np.flatnonzero(blob == 0x1F)[::-1]
    # Backwards: of several in a key the first one stays.
    ends[np.searchsorted(offsets, separators, "right") - 1] = separators
    pairs = np.stack((offsets[:-1], ends), axis=1).reshape(-1)
    empty = ends == offsets[:-1]
    lengths, sets = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.uint32)
    if keys:
        begins_character = ((blob & 0xC0) != 0x80).astype(np.uint16)
        lengths = np.where(empty, 0, np.add.reduceat(begins_character, pairs)[::2])
        sets = np.where(empty, np.uint32(0), np.bitwise_or.reduceat(_BITS[blob], pairs)[::2])
    known = _Keys(
        blob, offsets.astype(np.uint32), ends.astype(np.uint32), np.minimum(lengths, 255).astype(np.uint8), sets
    )
    view.decoded.put((view.number, field, "vocabulary"), known, sum(array.nbytes for array in known))
    return known


def _text(blob: NDArray[np.uint8], begin: int, end: int) -> str:
    return blob[begin:end].tobytes().decode("utf-8", "replace")
