"""What patterns accept is what their definitions say, and no pattern takes its time."""

from __future__ import annotations

import random
import time

import pytest
from execution import generate
from execution.oracle import accepts

from searchlib.query.nodes import Prefix, Range, Wildcard
from searchlib.query.patterns import in_range, literal_start, predicate

LETTERS = r"ab*?[\]!-"


@pytest.mark.parametrize("seed", range(20))
def test_patterns_accept_what_the_definitions_say(seed: int) -> None:
    rng = random.Random(seed)
    for number in range(60):
        odd = Wildcard("".join(rng.choices(LETTERS, k=rng.randint(0, 6))), ("text",))
        node = odd if number % 2 else generate.a_pattern(rng, ("text",))
        accept = predicate(node)
        some = ["".join(rng.choices(LETTERS, k=rng.randint(0, 5))) for _ in range(20)]
        for word in [*generate.FOLDED, *some]:
            assert accept(word) == accepts(node, word), (node, word)
            if isinstance(node, Wildcard) and accept(word):
                assert word.startswith(literal_start(node.pattern)), (node, word)


@pytest.mark.parametrize(
    ("pattern", "literal", "accepted", "refused"),
    [
        ("war*", "war", ["war", "wars", "war\n"], ["wa", "awar"]),
        ("w?r", "w", ["war", "wér"], ["wr", "waar"]),
        (r"a\*b\?", "a*b?", ["a*b?"], ["axb?", "a*bx"]),
        ("[a]", "[a]", ["[a]"], ["a"]),
        (r"a\\*", "a\\", ["a\\", "a\\b"], ["ab"]),
        ("a\\", "a", ["a\\"], ["a"]),
        ("", "", [""], ["a"]),
    ],
)
def test_a_backslash_takes_the_meaning_of_a_wildcard(
    pattern: str, literal: str, accepted: list[str], refused: list[str]
) -> None:
    accept = predicate(Wildcard(pattern, ("text",)))
    assert literal_start(pattern) == literal
    assert all(map(accept, accepted))
    assert not any(map(accept, refused))


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    began = time.process_time()
    assert not predicate(Wildcard("*a" * 30 + "b", ("text",)))("a" * 300)
    assert time.process_time() - began < 1


def test_words_are_in_no_range_of_numbers_nor_numbers_in_one_of_words() -> None:
    assert not in_range(Range(1, 9, ("number",)), "5")
    assert not in_range(Range("1", "9", ("number",)), 5)
    assert in_range(Range(1, None, ("number",)), 5)
    assert predicate(Prefix("", ("text",)))("")
