"""How names sound: by which spellings of one name in several languages and scripts are found.

* A word is *romanized* first, letter by letter (anyascii, of the extra ``names``), but for what letters say together
  (Greek ``μπ``) or do not say (the article of Arabic).
* Its *sounds* are a letter each: ``C`` for what ``ch``, ``tsch``, ``cz`` and ``ч`` write, a vowel for a vowel.
* Its *keys* are the consonants alone, and these by the part of the mouth they are made with: words that may be one name
  share one of them. There are several where a letter is heard in several ways (``w``, ``ch``, ``j``, ``г``).
* The *distance* of two words is what has to be changed to make the sounds of one those of the other, for each
  consonant: little for sounds that languages take for one another (b and p in Arabic), less still for vowels, which
  Arabic and Hebrew leave out; and more between words of one script, where what is written otherwise mostly is another
  word.

The idea of the keys is that of Soundex (R. C. Russell, US patent 1,261,167, 1918), and that of costs by sound is
Editex's (J. Zobel and P. Dart, Phonetic String Matching: Lessons from Information Retrieval, SIGIR 1996).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Final, Literal, TypeAlias

import numpy as np

from searchlib.errors import MissingExtra

Scripts: TypeAlias = Literal["one", "two", "vowelless"]
"""Of two words: whether they are of one script, of two, or of one (or two) that leaves vowels out."""

FARTHEST: Final[dict[Scripts, float]] = {"one": 0.14, "two": 0.18, "vowelless": 0.12}
"""The greatest distance of what counts as one name."""

_VOWELS: Final = "aeiou"
_TOGETHER: Final = (  # what letters say together, as the sounds that they are; the longest first
    ("schtsch=SC shch=SC szcz=SC tsch=C dsch=J dzh=J dsj=J tch=C tsj=C tsh=C sch=S cz=C ch=C cs=C sh=S sz=S sj=S zh=Z")
    + (" rz=Z dj=J dz=z kh=x gh=G gy=J ph=f th=t dh=d bh=b rh=r wh=w ck=k ts=c tz=c oo=u ou=u ee=i q=k x=ks y=i")
)
_CLOSE: Final = (  # sounds that languages take for one another, and what that costs in hundredths
    "kg40 kx30 kG40 gx40 gG10 gh35 xh10 xG30 Gh30 kh60 xC30 kC40 ck25 cs20 cC20 cz30 cJ30 CS25 Cs40 CJ30 CZ30 sS20 "
    "sz25 zZ20 SZ25 JZ20 Jg35 jJ10 jZ10 jg40 jx35 jh35 ji10 ct40 Ct60 zJ35 zC40 cS35 cZ40 zS35 Sk70 jS40 jz40 jC35 "
    "cg50 sZ35 Jd35 vf20 vw5 vb30 wb40 bp30 pf30 wf30 wu10 wo15 wa40 we40 wi40 vu30 vo40 fb50 vp50 td30 ds70 ts70 "
    "zd50 mn70 gi50 Ji40 ae15 ai35 ao15 au25 ei10 eo25 eu30 io45 iu35 ou5"
)
_TOLD_APART: Final = ("bp", "fb", "pf", "vb", "vp")  # by who writes in one script
_GREEK: Final = (
    ("ου", "u"),
    ("ει", "i"),
    ("οι", "i"),
    ("αι", "e"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("μπ", "b"),
    ("γκ", "g"),
)
_GREEK_D: Final = (re.compile("(?<![αεηιουω])ντ"), re.compile("ντ"))  # after a vowel it may be an n and a d
_HEBREW: Final = {ord("ו"): "w", ord("ב"): "b"}  # as the like of them in Arabic
_ARTICLE: Final = re.compile("^ال(?=...)", re.MULTILINE)
_FINAL: Final = re.compile("(?<=..)(?:(?:ie|io|i|o|e)[vw]|[io]f)$")  # Kharkiv is Kharkov, Gorbachev Gorbatschow
_TWICE: Final = re.compile(r"(.)\1+")
_LETTERS: Final = (  # blocks of the scripts with spaces, but for Latin
    *(range(0x370, 0x530), range(0x531, 0x588), range(0x5D0, 0x5F5), range(0x620, 0x6D6), range(0x900, 0xE00)),
    *(range(0x10D0, 0x1100), range(0x1200, 0x1380), range(0x1F00, 0x2000)),
)
_VOWELLESS: Final = re.compile("[\u0590-\u06ff]")
_GREEK_LETTERS: Final = re.compile("[\u0370-\u03ff]")
_HEARD_TWICE: Final = re.compile("[wjгوו]|ch")
"""Letters, of folded words, that are heard in two ways: as a consonant, or not at all."""
_W: Final = dict.fromkeys(map(ord, "wгوו"))
_SILENT_TOO: Final = (("w",), ("ch",), ("w", "ch"))
_HARD_G: Final = re.compile("ng(?![aeiouyhjw])")
_SPELT: Final = (("kh", ""), ("dj", "s"), ("dz", "s"), ("ts", "s"), ("tz", "s"), ("tc", "s"))
_PLACES: Final = {
    **{ord(letter): "P" for letter in "bpfvw"},
    **{ord(letter): "S" for letter in "cgkjqsxz"},
    **{ord(letter): "T" for letter in "dt"},
    **{ord(letter): "N" for letter in "mn"},
    **{ord("l"): "L", ord("r"): "R"},
    **dict.fromkeys(map(ord, "aeiouyh'`")),
}
"""Where consonants are made: at the lips, at the palate and behind it, at the teeth, through the nose."""


def keys_of(words: Sequence[str]) -> Iterator[tuple[Sequence[int], list[str]]]:
    """Numbers of some folded words, with a key of each: several times, as words have several keys."""
    _romans()  # or what needs a package would be said of some indexes only
    plain = [number for number, word in enumerate(words) if word.isascii()]
    others = [number for number, word in enumerate(words) if not word.isascii()]
    for numbers in filter(None, (plain, others)):  # apart, since those of one script are the quicker
        some = [words[number] for number in numbers]
        yield numbers, _keys(some)
        twice = [place for place, word in enumerate(some) if _HEARD_TWICE.search(word)]
        if twice:
            again = [numbers[place] for place in twice]
            for silent in _SILENT_TOO:
                yield again, _keys([some[place] for place in twice], silent)


def _keys(words: Sequence[str], silent: Sequence[str] = ()) -> list[str]:
    """The key of each word, where some letters are silent."""
    text = "\n".join(words)
    if "w" in silent:
        text = text.translate(_W)
    text = romanized(text)
    if "ch" in silent:
        text = text.replace("sch", "s").replace("tch", "s").replace("ch", "").replace("j", "")
    text = _HARD_G.sub("n", text)
    for letters, sound in _SPELT:
        text = text.replace(letters, sound)
    places = np.frombuffer(text.translate(_PLACES).encode("utf-32-le", "surrogatepass"), "<u4")
    first = np.ones(len(places), bool)  # of several that are the same
    first[1:] = (places[1:] != places[:-1]) | (places[1:] == ord("\n"))
    found: bytes = places[first].tobytes()
    return found.decode("utf-32-le", "surrogatepass").split("\n")


def romanized(text: str) -> str:
    """Folded words, a line each, in the letters a to z, and perhaps apostrophes."""
    if text.isascii():
        return text
    text = text.replace("ու", "u")  # Armenian
    if _GREEK_LETTERS.search(text):
        for letters, sound in _GREEK:
            text = text.replace(letters, sound)
        text = _GREEK_D[1].sub("nd", _GREEK_D[0].sub("d", text))
    return _ARTICLE.sub("", text).translate(_romans())


@cache
def _romans() -> dict[int, str]:
    try:
        from anyascii import anyascii
    except ImportError:
        raise MissingExtra("anyascii", "names") from None
    letters = [code for block in _LETTERS for code in block]
    found = {code: re.sub("[^a-z]+", "", anyascii(chr(code)).lower()) for code in (*letters, 0x259, 0x2BC)}
    return {**found, **_HEBREW}


@lru_cache(1 << 14)
def sounds(word: str) -> str:
    """The sounds of a folded word."""
    together, known = _sounds_together()
    said = together.sub(lambda match: known[match[0]], romanized(word).replace("'", ""))
    if not _VOWELLESS.search(word):  # where a letter that is doubled is written once
        said = _TWICE.sub(r"\1", said)
    return _FINAL.sub("ev", re.sub("ij$", "i", said))


@cache
def _sounds_together() -> tuple[re.Pattern[str], dict[str, str]]:
    known = dict(one.split("=") for one in _TOGETHER.split())
    return re.compile("|".join(known)), known


def scripts(word: str, other: str) -> Scripts:
    """What two words are written in."""
    if _VOWELLESS.search(word) or _VOWELLESS.search(other):
        return "vowelless"
    return "one" if _script(word) == _script(other) else "two"


@lru_cache(1 << 10)
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _script(word: str) -> str:
    return next((_script_of(letter) for letter in word if letter.isalpha()), "")


def is_one_name(word: str, other: str) -> float | None:
    """The distance of two folded words that may be one name; None if they are too far apart."""
    both = scripts(word, other)
    found = distance(sounds(word), sounds(other), both)
    return found if found <= FARTHEST[both] else None


def distance(said: str, other: str, both: Scripts) -> float:
    """What it takes to make some sounds of others, for each consonant of what has more."""
    costs, loses = _costs(both), [_left_out(other, place, both) for place in range(len(other))]
    row = [0.0]
    for lost in loses:
        row.append(row[-1] + lost)
    for place, one in enumerate(said):
        less, before = _left_out(said, place, both), row
        row = [before[0] + less]
        for column, two in enumerate(other):
            changed = before[column] if one == two else before[column] + costs.get((one, two), 1.0)
            row.append(min(changed, before[column + 1] + less, row[column] + loses[column]))
    return row[-1] / max(1, consonants(said), consonants(other))


def consonants(said: str) -> int:
    """How many of some sounds are consonants."""
    return sum(sound not in _VOWELS for sound in said)


@cache
def _costs(both: Scripts) -> dict[tuple[str, str], float]:
    """What it costs to take a sound for another."""
    found: dict[tuple[str, str], float] = {}
    for one, other in product(_VOWELS, "bcdfghjklmnprstvwxzCGJSZ"):
        found[one, other] = found[other, one] = 1.3
    for close in _CLOSE.split():
        cost, vowels = int(close[2:]) / 100, sum(sound in _VOWELS for sound in close[:2])
        if vowels and both == "vowelless":
            cost /= 2
        elif both == "one" and ((vowels and cost > 0.1) or close[:2] in _TOLD_APART):
            cost *= 2
        found[close[0], close[1]] = found[close[1], close[0]] = cost
    return found


def _left_out(said: str, place: int, both: Scripts) -> float:  # noqa: PLR0911 - one for each kind of sound
    """What it costs to leave out a sound."""
    sound, before, after = said[place], said[place - 1 : place], said[place + 1 : place + 2]
    if sound in _VOWELS:
        if both == "vowelless":
            return 0.04
        times = 2 if both == "one" else 1
        if (before and before in "aeiouj") or (after and after in _VOWELS):
            return 0.1 * times
        return (0.22 if after else 0.12 if sound == "e" else 0.25) * times
    match sound:
        case "h":
            return 0.2 if place else 0.3
        case "w" | "j":
            return 0.1 if both == "vowelless" or (sound == "j" and before == "i") else 0.35
        case "G":
            return 0.5
        case "g" if before == "n":
            return 0.35
        case "C" if before == "S":
            return 0.3
        case _:
            return 0.9 if sound == "t" else 1.0
