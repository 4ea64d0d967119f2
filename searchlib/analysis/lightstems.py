"""Stems of languages that Snowball has no algorithm for: light stemmers, and first letters.

A *light* stemmer takes off what nouns and adjectives end with, and leaves most of verbs and what derives words alone
(Dolamic and Savoy, "Indexing and stemming approaches for the Czech language", Information Processing & Management
45(6), 2009). Of other languages that inflect at the end of words the *first letters* are the stem, as in McNamee and
Mayfield, "Character n-gram tokenization for European language text retrieval", Information Retrieval 7, 2004.

Where Apache Lucene has one, it is that algorithm, checked word by word against lucene-analysis-common 9.12.0:

* Bulgarian: Savoy, "Searching strategies for the Bulgarian language", Information Retrieval 10(6), 2007
* Latvian: Kreslins' algorithm, its endings of nouns and adjectives
* Bengali, by Sengupta and Chaudhuri's endings; Telugu; Sorani

The endings of Slovak and Ukrainian are our own lists, of nouns, adjectives and the commonest verbs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

VERSION = 2  # raised whenever a word would have another stem
_LETTERS = 6


class LightStemmer:
    """Takes off the longest ending that leaves enough letters; as a stemmer of PyStemmer is called."""

    def __init__(self, endings: str, least: int = 3) -> None:
        self._endings = frozenset(endings.split())
        self._longest = max(map(len, self._endings))
        self._least = least

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        for size in range(min(self._longest, len(word) - self._least), 0, -1):
            if word[-size:] in self._endings:
                return word[:-size]
        return word

    def stemWords(self, words: Sequence[str]) -> list[str]:  # noqa: N802
        """The stems of many words."""
        return [self.stemWord(word) for word in words]


class FirstLetters(LightStemmer):
    """Leaves the first six letters."""

    def __init__(self) -> None:
        pass

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        return word[:_LETTERS]


# An ending, what stands in its place, and how long a word is at least.
Rule = tuple[str, str, int]


def _replaced(word: str, rules: Sequence[Rule]) -> str:
    """``word`` by the first rule whose ending it has."""
    for ending, other, least in rules:
        if len(word) >= least and word.endswith(ending):
            return word[: -len(ending)] + other
    return word


_BULGARIAN_ARTICLES: Sequence[Rule] = (
    ("ият", "", 7), ("ът", "", 6), ("то", "", 6), ("те", "", 6), ("та", "", 6), ("ия", "", 6), ("ят", "", 5),
)  # fmt: skip
_BULGARIAN_PLURALS: Sequence[Rule] = (
    ("овци", "о", 7), ("ове", "", 7), ("еве", "й", 7), ("ища", "", 6), ("та", "", 6), ("ци", "к", 6), ("зи", "г", 6),
    *((f"е{letter}и", f"я{letter}", 6) for letter in "абвгдежзийклмнопрстуфхцчшщъьюя"),
    ("си", "х", 5), ("и", "", 5),
)  # fmt: skip
_BULGARIAN_GENDERS: Sequence[Rule] = (
    ("ая", "", 4), ("оя", "", 4), ("ея", "", 4), ("я", "", 4), ("а", "", 4), ("о", "", 4), ("е", "", 4),
)  # fmt: skip


class BulgarianStemmer(LightStemmer):
    """Takes off the article, then the plural, then the vowel of the gender, then a vowel that comes and goes."""

    def __init__(self) -> None:
        pass

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        if len(word) < 4:
            return word
        if len(word) > 5 and word.endswith("ища"):
            return word[:-3]
        word = _replaced(_replaced(word, _BULGARIAN_ARTICLES), _BULGARIAN_PLURALS)
        word = _replaced(_replaced(word, _BULGARIAN_GENDERS), (("ен", "н", 5),))
        return word[:-2] + word[-1] if len(word) > 5 and word[-2] == "ъ" else word


# An ending, how many vowels a word has more than at least, and whether what stands before it was softened by it.
_LATVIAN = (
    ("ajiem", 3, False), ("ajai", 3, False), ("ajam", 2, False), ("ajām", 2, False), ("ajos", 2, False),
    ("ajās", 2, False), ("iem", 2, True), ("ajā", 2, False), ("ais", 2, False), ("ai", 2, False), ("ei", 2, False),
    ("ām", 1, False), ("am", 1, False), ("ēm", 1, False), ("īm", 1, False), ("im", 1, False), ("um", 1, False),
    ("us", 1, True), ("as", 1, False), ("ās", 1, False), ("es", 1, False), ("os", 1, True), ("ij", 1, False),
    ("īs", 1, False), ("ēs", 1, False), ("is", 1, False), ("ie", 1, False), ("u", 1, True), ("a", 1, True),
    ("i", 1, True), ("e", 1, False), ("ā", 1, False), ("ē", 1, False), ("ī", 1, False), ("ū", 1, False),
    ("o", 1, False), ("s", 0, False), ("š", 0, False),
)  # fmt: skip
_LATVIAN_HARDENED: Sequence[Rule] = (
    ("pj", "p", 0), ("bj", "b", 0), ("mj", "m", 0), ("vj", "v", 0), ("šņ", "sn", 0), ("žņ", "zn", 0), ("šļ", "sl", 0),
    ("žļ", "zl", 0), ("ļņ", "ln", 0), ("ļļ", "ll", 0), ("č", "c", 0), ("ļ", "l", 0), ("ņ", "n", 0),
)  # fmt: skip


class LatvianStemmer(LightStemmer):
    """Takes off an ending, and hardens what it had softened."""

    def __init__(self) -> None:
        pass

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        vowels = sum(letter in "aeiouāīēū" for letter in word)
        for ending, more_than, softens in _LATVIAN:
            if vowels > more_than and len(word) >= len(ending) + 3 and word.endswith(ending):
                stem = word[: -len(ending)]
                of_plural = (("kš", "kst", 0), ("ņņ", "nn", 0)) if ending[0] == "u" else ()
                return _replaced(stem, (*of_plural, *_LATVIAN_HARDENED)) if softens else stem
        return word


_SORANI_POSTPOSITIONS: Sequence[Rule] = (("دا", "", 6), ("نا", "ن", 5), ("ەوە", "", 7))
_SORANI_POSSESSIVES: Sequence[Rule] = (("مان", "", 7), ("یان", "", 7), ("تان", "", 7))
_SORANI_ENDINGS: Sequence[Rule] = (
    ("ێکی", "", 7), ("یەکی", "", 8), ("ێک", "", 6), ("یەک", "", 7), ("ەکە", "", 7), ("کە", "", 6), ("ەکان", "", 8),
    ("کان", "", 7), ("یانی", "", 8), ("انی", "", 7), ("یان", "", 7), ("ان", "", 6), ("یانە", "", 8), ("انە", "", 7),
    ("ایە", "ا", 6), ("ەیە", "ە", 6), ("ە", "", 5), ("ی", "", 5),
)  # fmt: skip


class SoraniStemmer(LightStemmer):
    """Takes off a postposition, then a possessive, then the ending of a noun."""

    def __init__(self) -> None:
        pass

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        for rules in (_SORANI_POSTPOSITIONS, _SORANI_POSSESSIVES, _SORANI_ENDINGS):
            word = _replaced(word, rules)
        return word


_SLOVAK = (
    "atami ovia ovie iami ého ému ých ými ách ami ami och ami iach och ovi "
    "eho emu ich imi ej ou ám om ím ým ia iu ie ií iam iach ov ať ia aj at ät "
    "a e i o u y á é í ý ú ô"
)
_UKRAINIAN = (
    "ується юється уються юються ування ювання уванню уванням ування "
    "ового овому овими ення енню енням ання анню анням ість істю ості остей остям остями остях "
    "ього ьому ого ому ими іми ами ями ові еві єві ати яти ити іти ють уть ять ать ться тися ється ється "
    "ів їв ей ий ій їй ої єї ою ею єю их іх ам ям ах ях ом ем єм им ім ає ує ює іє "
    "ла ло ли ти ть а я о е є и і ї у ю ь й"
)
_BENGALI = (
    "িয়াছিলাম িতেছিলাম িতেছিলেন ইতেছিলেন িয়াছিলেন ইয়াছিলেন িতেছিলি িতেছিলে িয়াছিলা িয়াছিলে িতেছিলা িয়াছিলি "
    "য়েদেরকে িতেছিস িতেছেন িয়াছিস িয়াছেন েছিলাম েছিলেন েদেরকে িতেছি িতেছা িতেছে ছিলাম ছিলেন িয়াছি িয়াছা "
    "িয়াছে েছিলে েছিলা য়েদের দেরকে িলাম িলেন িতাম িতেন িবেন ছিলি ছিলে ছিলা তেছে িতেছ খানা খানি গুলো গুলি য়েরা "
    "েদের লাম িলি ইলি িলে ইলে লেন িলা ইলা তাম িতি ইতি িতে ইতে তেন িতা িবা ইবা িবি ইবি বেন িবে ইবে ছেন য়োন "
    "েরা দের িস েন লি লে লা তি তে তা বি বে বা ছি ছা ছে ুন ুক টা টি নি ের রা কে ি ী া ো ে ব ত"
)
_TELUGU = "ళ్ళు డ్లు డు ము వు లు ని ను చే కై లో ది కి సు వై పై ి ీ ు ూ ె ే ొ ో ా"

# No prefixes, many endings.
_BY_LETTERS = "az be gu is ka kk kn ky mk ml mn mr pa si sl sq tg tt ug ur uz"
_LIGHT = {
    "bg": ("bulgarian", BulgarianStemmer),
    "bn": ("bengali", lambda: LightStemmer(_BENGALI, least=2)),
    "ckb": ("sorani", SoraniStemmer),
    "lv": ("latvian", LatvianStemmer),
    "sk": ("slovak", lambda: LightStemmer(_SLOVAK)),
    "te": ("telugu", lambda: LightStemmer(_TELUGU, least=2)),
    "uk": ("ukrainian", lambda: LightStemmer(_UKRAINIAN)),
}


@cache
def light_stemmer(language: str) -> tuple[str, LightStemmer] | None:
    """What stems a language, and its name; None if nothing here does."""
    if language in _BY_LETTERS.split():
        return "letters", FirstLetters()
    if language not in _LIGHT:
        return None
    name, make = _LIGHT[language]
    return f"light {name}", make()
