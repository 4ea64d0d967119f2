"""How far apart two words are, in edits.

An edit inserts, deletes or replaces a letter, or swaps two neighbours: optimal string alignment (Damerau, "A
technique for computer detection and correction of spelling errors", 1964), in which no letter is edited twice.
"""

from __future__ import annotations


def within(first: str, second: str, limit: int) -> bool:
    """Whether ``limit`` edits or fewer (0 or more) make ``second`` of ``first``."""
    if first == second:
        return True
    if abs(len(first) - len(second)) > limit:
        return False
    before: list[int] = []
    previous = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        current = [i]
        for j, other in enumerate(second, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit and min(previous) > limit:
            return False
        before, previous = previous, current
    return previous[-1] <= limit
