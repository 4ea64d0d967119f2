"""Grapheme clusters end where Unicode says: the cases are those of its GraphemeBreakTest."""

from __future__ import annotations

import time

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.graphemes import boundaries, is_boundary

CR, LF, CONTROL, DIAERESIS = "\r", "\n", "\x00", "\u0308"
VIRAMA, GRAVE, ZWNJ, ZWJ, VISARGA = "\u094d", "\u0300", "\u200c", "\u200d", "\u0903"
REGIONAL, PREPEND, KA, COPYRIGHT, SPACE, UNASSIGNED = "\U0001f1e6", "\u06dd", "\u0915", "\xa9", " ", "\u0378"
L, V, T, LV, LVT = "\u1100", "\u1160", "\u11a8", "\uac00", "\uac01"
MARKS = (VIRAMA, GRAVE, ZWNJ, ZWJ, VISARGA)
BREAKING = (CR, LF, CONTROL)
EVERY = (*BREAKING, *MARKS, REGIONAL, PREPEND, L, V, T, LV, LVT, KA, COPYRIGHT, SPACE, UNASSIGNED)

# One character of each kind, and which others it holds to, marks apart: what follows it stays with it.
HOLDS = {
    CR: (LF,),
    REGIONAL: (REGIONAL,),
    PREPEND: tuple(one for one in EVERY if one not in BREAKING),
    L: (L, V, LV, LVT),
    V: (V, T),
    T: (T,),
    LV: (V, T),
    LVT: (T,),
}

SEQUENCES = """
    000D × 000A ÷ 0061 ÷ 000A ÷ 0308
    0020 × 200D ÷ 0646
    0646 × 200D ÷ 0020
    AC00 × 11A8 ÷ 1100
    AC01 × 11A8 ÷ 1100
    1F1E6 × 1F1E7 ÷ 1F1E8 ÷ 0062
    0061 ÷ 1F1E6 × 1F1E7 ÷ 1F1E8 ÷ 0062
    0061 ÷ 1F1E6 × 1F1E7 × 200D ÷ 1F1E8 ÷ 0062
    0061 ÷ 1F1E6 × 200D ÷ 1F1E7 × 1F1E8 ÷ 0062
    0061 ÷ 1F1E6 × 1F1E7 ÷ 1F1E8 × 1F1E9 ÷ 0062
    0061 × 0308 ÷ 0062
    0061 × 0903 ÷ 0062
    0061 ÷ 0600 × 0062
    1F476 × 1F3FF ÷ 1F476
    0061 × 1F3FF ÷ 1F476
    0061 × 1F3FF ÷ 1F476 × 200D × 1F6D1
    1F476 × 1F3FF × 0308 × 200D × 1F476 × 1F3FF
    1F6D1 × 200D × 1F6D1
    0061 × 200D ÷ 1F6D1
    2701 × 200D × 2701
    0061 × 200D ÷ 2701
    0915 ÷ 0924
    0915 × 094D × 0924
    0915 × 094D × 094D × 0924
    0915 × 094D × 200D × 0924
    0915 × 093C × 200D × 094D × 0924
    0915 × 093C × 094D × 200D × 0924
    0915 × 094D × 0924 × 094D × 092F
    0915 × 094D ÷ 0061
    0061 × 094D ÷ 0924
    003F × 094D ÷ 0924
    1019 × 1039 × 1018 ÷ 102C × 1037
    1004 × 103A × 1039 × 1011 × 1039 × 1011
    179F × 17D2 × 178F × 17D2 × 179A × 17B8
    1795 × 17D2 × 17AF ÷ 1798
    0E19 × 0E49 × 0E33 ÷ 0E19
    1F3F4 × E0067 × E007F ÷ 1F3F4
    2764 × FE0F × 200D × 1F525
    FF76 × FF9E ÷ FF76
    0061 ÷ 00AD ÷ 0062
    0061 ÷ D800 ÷ 0308
"""


def cuts(text: str) -> list[int]:
    """All places but the beginning."""
    found = list(boundaries(text))
    assert found == [index for index in range(1, len(text) + 1) if is_boundary(text, index)]
    return found


@pytest.mark.parametrize("first", EVERY, ids=ascii)
def test_two_characters_hold_together_as_unicode_has_it(first: str) -> None:
    for second in EVERY:
        joined = second in HOLDS.get(first, ()) or (second in MARKS and first not in BREAKING)
        assert cuts(first + second) == ([2] if joined else [1, 2]), ascii(second)
        places = [1] if first in BREAKING else []
        places += [2] if second not in MARKS else []
        assert cuts(first + DIAERESIS + second) == [*places, 3], ascii(second)


@pytest.mark.parametrize("sequence", SEQUENCES.strip().splitlines())
def test_sequences_hold_together_as_unicode_has_it(sequence: str) -> None:
    parts = sequence.split()
    text = "".join(chr(int(code, 16)) for code in parts[::2])
    assert cuts(text) == [place for place, mark in enumerate(parts[1::2], 1) if mark == "÷"] + [len(text)]


characters = st.sampled_from([*EVERY, DIAERESIS, "a", "\U0001f476", "\U0001f3ff", "\u0924", "\u0e33"]) | st.characters()


@examples(300)
@given(st.lists(characters, max_size=14).map("".join), st.data())
def test_one_place_is_judged_as_all_are(text: str, data: st.DataObject) -> None:
    """boundaries(text, start) == [i for i in start+1... if is_boundary(text, i, start)], from any boundary on too."""
    found = cuts(text)
    if found:
        start = data.draw(st.sampled_from(found))
        later = list(boundaries(text, start))
        assert later == [place for place in found if place > start]
        assert all(is_boundary(text, place, start) == (place in later) for place in range(start + 1, len(text)))


def test_long_runs_take_linear_time() -> None:
    for text in ("🇩🇪" * 50_000, "e" + "\u0301" * 100_000, "\u0915\u094d" * 50_000, "👩\u200d" * 50_000):
        began = time.thread_time()
        assert list(boundaries(text))[-1] == len(text)
        assert is_boundary(text, len(text) - 2) is not None
        assert time.thread_time() - began < 2
