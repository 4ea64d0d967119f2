"""Every version of Python makes the same of a text, though each knows more of Unicode than the one before.

What is compared are figures of Python 3.11, whose Unicode is 14.0. Of the characters below Unicode 15.0 (Python 3.12)
has first: a letter with a compatibility mapping, an accent, digits and a small letter.
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from itertools import compress
from operator import not_

import pytest

from searchlib.analysis import fold, where_assigned
from searchlib.analysis.folding import all_assigned, is_assigned
from searchlib.analysis.natural import natural_key
from searchlib.paragraphs import sentences
from searchlib.query.valuekeys import date_key, whole_keys
from searchlib.query.values import metadata_field

MAPPED, ACCENT, BELOW, SMALL = "\U0001e030", "\U0001e4ec", "\U0001e4ee", "\U0001df25"
KAWI_SEVEN, THAI_SEVEN = "\U00011f57", "\u0e57"


@pytest.fixture(scope="module")
def characters() -> tuple[str, str]:
    """All that Unicode 14.0 has, and all that it does not have."""
    everything = list(map(chr, range(sys.maxunicode + 1)))
    known = list(map(is_assigned, everything))
    return "".join(compress(everything, known)), "".join(compress(everything, map(not_, known)))


def digest(text: str) -> str:
    return blake2b(text.encode("utf-32-le", "surrogatepass"), digest_size=8).hexdigest()


def test_the_characters_that_are_folded_are_those_of_unicode_14(characters: tuple[str, str]) -> None:
    known, unknown = characters
    assert (len(known), digest(known)) == (284_278, "8fd3ce1d909889ad")
    assert not any(map(all_assigned, unknown[::20]))


def test_each_character_of_unicode_14_folds_to_the_same_and_any_other_to_itself(characters: tuple[str, str]) -> None:
    known, unknown = characters
    assert digest(fold(" ".join(known))) == "166beb8ef463396d"
    assert fold(unknown) == unknown


@pytest.mark.parametrize("later", [MAPPED, ACCENT, BELOW, SMALL])
def test_what_stands_around_a_later_character_is_folded(later: str) -> None:
    assert fold(f"A{later}\u0301É{later}") == f"a{later}e{later}"
    assert whole_keys(f"A{later}") == [f"\x03a{later}"]


def test_names_of_fields_know_no_later_capitals() -> None:
    assert metadata_field(f"É {MAPPED} Σ") == f"é_{MAPPED}_σ"
    assert where_assigned("A\ua7cbB", str.lower) == "a\ua7cbb"  # a capital of Unicode 16.0


def test_dates_are_written_in_ascii_digits() -> None:
    assert whole_keys("2020-05-17") == ["\x032020-05-17", date_key("2020-05-17")]
    assert whole_keys("2020-05-1" + KAWI_SEVEN) == ["\x032020-05-1" + KAWI_SEVEN]
    assert whole_keys("2020-05-1" + THAI_SEVEN) == ["\x032020-05-1" + fold(THAI_SEVEN)]


def test_paths_are_ordered_by_the_digits_of_unicode_14() -> None:
    assert natural_key(f"a{THAI_SEVEN}b")[0] == ["a", 7, "b"]
    assert natural_key(f"a{KAWI_SEVEN}b1")[0] == [f"a{KAWI_SEVEN}b", 1, ""]


@pytest.mark.parametrize("later", [MAPPED, SMALL, KAWI_SEVEN])
def test_sentences_end_before_a_later_small_letter(later: str) -> None:
    assert len(sentences(f"It was so. {later}hen it was not.")) == 2
    assert len(sentences(f"It was {later}. Then.")) == len(sentences("It was \uffff. Then.")) == 2
