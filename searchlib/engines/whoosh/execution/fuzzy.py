"""Words that are a few edits away: all words of a field at once.

An edit inserts, deletes or replaces a character, or swaps two neighbours (optimal string alignment). Distances to all
short ASCII words of the dictionary are computed together, a column of the classic table at a time and all its rows in
the bits of a number, by H. Hyyrö, A Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit Distances, Nordic
Journal of Computing 10, 2003. Other words are compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from searchlib.arrays import NDArray
from searchlib.engines.whoosh.execution.segment import Ints
from searchlib.engines.whoosh.execution.snapshot import View

_WIDTH = 24  # letters of a word in the table
_LONGEST = 62  # letters of a query whose rows fit the bits


def similar(view: View, field: str, text: str, distance: int, prefix: int) -> Iterator[bytes]:
    """Keys of a field whose folded part is within ``distance`` of ``text`` and begins as it does, sorted.

    ``prefix`` is how many characters must be equal at the beginning.
    """
    letters, lengths, blob, offsets = _vocabulary(view, field)
    listed = lengths <= _WIDTH
    places = np.flatnonzero(listed & (np.abs(lengths.astype(np.int64) - len(text)) <= distance))
    near = np.zeros(len(lengths), bool)
    if len(text) <= _LONGEST:
        near[places] = _distances(letters[places], lengths[places], text) <= distance
        one_by_one = np.flatnonzero(~listed)
    else:
        one_by_one = np.arange(len(lengths))
    for place in one_by_one.tolist():
        near[place] = within(_word(_key(blob, offsets, place)), text, distance)
    for place in np.flatnonzero(near).tolist():
        key = _key(blob, offsets, place)
        if _word(key)[:prefix] == text[:prefix]:
            yield key


def within(word: str, text: str, distance: int) -> bool:
    """Whether the optimal string alignment distance of two strings is at most ``distance``."""
    if abs(len(word) - len(text)) > distance:
        return False
    before: list[int] = []
    row = list(range(len(text) + 1))
    for i, letter in enumerate(word, 1):
        older, before = before, row
        row = [i]
        for j, other in enumerate(text, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == text[j - 2] and word[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > distance and min(before) >= distance:
            return False
    return row[-1] <= distance


def _distances(letters: NDArray[np.uint8], lengths: NDArray[np.uint8], text: str) -> Ints:
    """The distance of each word (a row of letters, filled up with zeros) to ``text``: as Hyyrö's figure 8 has it."""
    distances = np.full(len(lengths), len(text), np.int64)
    if not text:
        return lengths.astype(np.int64)
    result = distances.copy()
    pattern = np.zeros(256, np.uint64)
    for place, letter in enumerate(text):
        if ord(letter) < 128:
            pattern[ord(letter)] |= np.uint64(1 << place)
    one, last = np.uint64(1), np.uint64(1 << len(text) - 1)
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


def _vocabulary(view: View, field: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], Ints]:
    """All keys of a field: letters and lengths of their folded parts (255: not in the table), and the keys joined."""
    kept = view.snapshot.decoded.get((view.number, field, "vocabulary"))
    if kept is None:
        keys = list(view.keys(field, b"", None))
        words = [key.partition(b"\x1f")[0] for key in keys]
        lengths = np.fromiter(
            (len(word) if len(word) <= _WIDTH and word.isascii() and b"\0" not in word else 255 for word in words),
            np.uint8,
            len(words),
        )
        letters = np.array([word[:_WIDTH] for word in words], f"S{_WIDTH}").view(np.uint8).reshape(-1, _WIDTH)
        offsets = np.zeros(len(keys) + 1, np.int64)
        np.cumsum([len(key) for key in keys], out=offsets[1:])
        kept = letters, lengths, np.frombuffer(b"".join(keys), np.uint8), offsets
        view.snapshot.decoded.put((view.number, field, "vocabulary"), kept)
    letters, lengths, blob, offsets = kept
    return letters, lengths, blob, offsets


def _key(blob: NDArray[np.uint8], offsets: Ints, place: int) -> bytes:
    return blob[offsets[place] : offsets[place + 1]].tobytes()


def _word(key: bytes) -> str:
    return key.partition(b"\x1f")[0].decode("utf-8", "replace")
